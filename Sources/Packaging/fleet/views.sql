-- SPDX-License-Identifier: Apache-2.0
-- For all engines: what the queries stand on.

-- The last manifest of each machine. One of an empty cache has a row without an object.
CREATE VIEW latest AS
SELECT m.host AS host, m.time_ns AS time_ns, m.volume AS volume, m.netfs AS netfs, m.server AS server, m.export AS export,
       m.object AS object, m.key AS key, m.path AS path, m.size_bytes AS size_bytes, m.cached_bytes AS cached_bytes,
       m.share AS share, m.extents AS extents, m.disk_bytes AS disk_bytes, m.atime_ns AS atime_ns, m.version AS version,
       m.modified_ns AS modified_ns, m.changed_ns AS changed_ns, m.version_number AS version_number, m.dirty AS dirty,
       m.pinned AS pinned, m.reachable AS reachable,
       m.version_order AS version_order
FROM manifest m
JOIN (SELECT i.host AS host, max(i.time_ns) AS time_ns FROM manifest i GROUP BY i.host) t ON m.host = t.host AND m.time_ns = t.time_ns;

-- Copies that a kernel would find. A file is known by its key on what its server exports, whatever the options it is mounted with.
CREATE VIEW copies AS
SELECT l.* FROM latest l WHERE l.reachable AND l.key <> '' AND l.size_bytes IS NOT NULL;

-- The paths of files. One machine that looked for them is enough for all, and a renamed file has each of its paths.
CREATE VIEW names AS
SELECT DISTINCT c.netfs AS netfs, c.server AS server, c.export AS export, c.key AS key, c.path AS path
FROM copies c WHERE c.path <> '';
