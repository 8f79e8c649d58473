-- SPDX-License-Identifier: Apache-2.0
-- Which nodes have this data set, and how much of it?   path: a file or directory, without a slash at the end
--
-- The data set is what any node has cached below the path. Only copies of the newest version that any node has count; the others are
-- stale_bytes. Several copies of a file on one node (other mount options) count once.
WITH members AS (
    SELECT DISTINCT n.netfs AS netfs, n.server AS server, n.export AS export, n.key AS key FROM names n
    WHERE n.path = :'path' OR (n.path >= :'path' || '/' AND n.path < :'path' || '0')),
found AS (
    SELECT c.host AS host, c.netfs AS netfs, c.server AS server, c.export AS export, c.key AS key, c.size_bytes AS size_bytes,
           c.cached_bytes AS cached_bytes, c.version_order AS version_order,
           max(c.version_order) OVER (PARTITION BY c.netfs, c.server, c.export, c.key) AS newest
    FROM copies c
    JOIN members m ON c.netfs = m.netfs AND c.server = m.server AND c.export = m.export AND c.key = m.key),
files AS (
    SELECT f.host AS host, f.netfs AS netfs, f.server AS server, f.export AS export, f.key AS key,
           max(CASE WHEN f.version_order = f.newest THEN f.size_bytes END) AS size_bytes,
           max(CASE WHEN f.version_order = f.newest THEN f.cached_bytes ELSE 0 END) AS cached_bytes,
           max(CASE WHEN f.version_order < f.newest THEN f.cached_bytes ELSE 0 END) AS stale_bytes
    FROM found f
    GROUP BY f.host, f.netfs, f.server, f.export, f.key),
sizes AS (
    SELECT s.host AS host, s.size_bytes AS size_bytes, s.cached_bytes AS cached_bytes, s.stale_bytes AS stale_bytes,
           max(s.size_bytes) OVER (PARTITION BY s.netfs, s.server, s.export, s.key) AS file_bytes,
           row_number() OVER (PARTITION BY s.netfs, s.server, s.export, s.key ORDER BY s.host) AS number
    FROM files s),
totals AS (
    SELECT t.host AS host, t.size_bytes AS size_bytes, t.cached_bytes AS cached_bytes, t.stale_bytes AS stale_bytes,
           sum(CASE WHEN t.number = 1 THEN 1 ELSE 0 END) OVER () AS total_files,
           sum(CASE WHEN t.number = 1 THEN t.file_bytes ELSE 0 END) OVER () AS total_bytes
    FROM sizes t)
SELECT a.host AS host, sum(CASE WHEN a.cached_bytes > 0 OR a.size_bytes = 0 THEN 1 ELSE 0 END) AS files,
       sum(a.cached_bytes) AS cached_bytes, sum(a.stale_bytes) AS stale_bytes, max(a.total_files) AS total_files,
       max(a.total_bytes) AS total_bytes
FROM totals a
GROUP BY a.host
ORDER BY cached_bytes DESC, host;
