-- SPDX-License-Identifier: Apache-2.0
-- Bytes by project. The table project has a name for each directory.
SELECT p.name AS project, count(DISTINCT c.host) AS nodes, count(*) AS objects, sum(c.cached_bytes) AS cached_bytes,
       sum(c.disk_bytes) AS disk_bytes, max(c.atime_ns) AS last_use_ns
FROM (SELECT DISTINCT n.netfs AS netfs, n.server AS server, n.export AS export, n.key AS key, j.name AS name
      FROM names n CROSS JOIN project j
      WHERE n.path >= j.prefix || '/' AND n.path < j.prefix || '0') p
JOIN copies c ON c.netfs = p.netfs AND c.server = p.server AND c.export = p.export AND c.key = p.key
GROUP BY p.name
ORDER BY cached_bytes DESC, project;
