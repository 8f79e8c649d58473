-- SPDX-License-Identifier: Apache-2.0
-- What is cached on more than N nodes?   nodes, rows: numbers
SELECT f.netfs AS netfs, f.server AS server, f.export AS export, f.key AS key, max(f.path) AS path, count(*) AS nodes,
       max(f.size_bytes) AS size_bytes, sum(f.cached_bytes) AS cached_bytes
FROM (SELECT c.host AS host, c.netfs AS netfs, c.server AS server, c.export AS export, c.key AS key, max(c.path) AS path,
             max(c.size_bytes) AS size_bytes, max(c.cached_bytes) AS cached_bytes
      FROM copies c WHERE c.cached_bytes > 0 GROUP BY c.host, c.netfs, c.server, c.export, c.key) f
GROUP BY f.netfs, f.server, f.export, f.key
HAVING count(*) > :nodes
ORDER BY nodes DESC, cached_bytes DESC, key, export, server
LIMIT :rows;
