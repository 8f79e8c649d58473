-- SPDX-License-Identifier: Apache-2.0
-- Which nodes have this data set, and how much of it?   path: a file or directory, without a slash at the end
--
-- The data set is what any node has cached below the path. Only copies of the newest version that any node has count; the others are
-- stale_bytes. Several copies of a file on one node (other mount options) count once.
WITH members AS (
    SELECT DISTINCT netfs, server, export, key FROM names
    WHERE path = :'path' OR (path >= :'path' || '/' AND path < :'path' || '0')),
found AS (
    SELECT c.host AS host, c.netfs AS netfs, c.server AS server, c.export AS export, c.key AS key,
           c.size_bytes AS size_bytes, c.cached_bytes AS cached_bytes, c.version_order AS version_order
    FROM copies c
    JOIN members m ON c.netfs = m.netfs AND c.server = m.server AND c.export = m.export AND c.key = m.key),
newest AS (
    SELECT o.netfs AS netfs, o.server AS server, o.export AS export, o.key AS key, max(o.version_order) AS version_order
    FROM found o GROUP BY o.netfs, o.server, o.export, o.key),
files AS (
    SELECT f.host AS host, f.netfs AS netfs, f.server AS server, f.export AS export, f.key AS key,
           max(CASE WHEN f.version_order = n.version_order THEN f.size_bytes END) AS size_bytes,
           max(CASE WHEN f.version_order = n.version_order THEN f.cached_bytes ELSE 0 END) AS cached_bytes,
           max(CASE WHEN f.version_order < n.version_order THEN f.cached_bytes ELSE 0 END) AS stale_bytes
    FROM found f
    JOIN newest n ON f.netfs = n.netfs AND f.server = n.server AND f.export = n.export AND f.key = n.key
    GROUP BY f.host, f.netfs, f.server, f.export, f.key),
whole AS (
    SELECT count(*) AS files, sum(s.bytes) AS bytes
    FROM (SELECT max(i.size_bytes) AS bytes FROM files i GROUP BY i.netfs, i.server, i.export, i.key) s)
SELECT f.host AS host, sum(CASE WHEN f.cached_bytes > 0 OR f.size_bytes = 0 THEN 1 ELSE 0 END) AS files,
       sum(f.cached_bytes) AS cached_bytes, sum(f.stale_bytes) AS stale_bytes, max(w.files) AS total_files,
       max(w.bytes) AS total_bytes
FROM files f CROSS JOIN whole w
GROUP BY f.host
ORDER BY cached_bytes DESC, host;
