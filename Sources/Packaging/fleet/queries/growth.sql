-- SPDX-License-Identifier: Apache-2.0
-- Growth: what each manifest of each machine held, and how much more than the one before.
SELECT t.host AS host, t.time_ns AS time_ns, t.objects AS objects, t.cached_bytes AS cached_bytes,
       t.objects - lag(t.objects, 1, t.objects) OVER (PARTITION BY t.host ORDER BY t.time_ns) AS more_objects,
       t.cached_bytes - lag(t.cached_bytes, 1, t.cached_bytes) OVER (PARTITION BY t.host ORDER BY t.time_ns) AS more_bytes
FROM (SELECT m.host AS host, m.time_ns AS time_ns, sum(CASE WHEN m.object <> '' THEN 1 ELSE 0 END) AS objects, sum(m.cached_bytes) AS cached_bytes
      FROM manifest m GROUP BY m.host, m.time_ns) t
ORDER BY host, time_ns;
