-- SPDX-License-Identifier: Apache-2.0
-- What would a node miss of a data set?   host: the node; path: a file or directory, without a slash at the end; rows: a number
--
-- One row a file that the node does not have whole in the newest version that any node has, the largest gap first; nodes: how many
-- others have all of it, so that it need not come from the server.
WITH members AS (
    SELECT n.netfs AS netfs, n.server AS server, n.export AS export, n.key AS key, n.path AS path FROM names n
    WHERE n.path = :'path' OR (n.path >= :'path' || '/' AND n.path < :'path' || '0')),
found AS (
    SELECT c.host AS host, c.netfs AS netfs, c.server AS server, c.export AS export, c.key AS key, m.path AS path,
           c.size_bytes AS size_bytes, c.cached_bytes AS cached_bytes, c.version_order AS version_order,
           max(c.version_order) OVER (PARTITION BY c.netfs, c.server, c.export, c.key) AS newest
    FROM copies c
    JOIN members m ON c.netfs = m.netfs AND c.server = m.server AND c.export = m.export AND c.key = m.key),
files AS (
    SELECT f.host AS host, f.netfs AS netfs, f.server AS server, f.export AS export, f.key AS key, max(f.path) AS path,
           max(f.size_bytes) AS size_bytes, max(f.cached_bytes) AS cached_bytes
    FROM found f
    WHERE f.version_order = f.newest
    GROUP BY f.host, f.netfs, f.server, f.export, f.key)
SELECT max(s.path) AS path, max(s.size_bytes) AS size_bytes,
       max(s.size_bytes) - max(CASE WHEN s.host = :'host' THEN s.cached_bytes ELSE 0 END) AS missing_bytes,
       sum(CASE WHEN s.host <> :'host' AND s.cached_bytes = s.size_bytes THEN 1 ELSE 0 END) AS nodes
FROM files s
GROUP BY s.netfs, s.server, s.export, s.key
HAVING max(s.size_bytes) > max(CASE WHEN s.host = :'host' THEN s.cached_bytes ELSE 0 END)
ORDER BY missing_bytes DESC, path, size_bytes
LIMIT :rows;
