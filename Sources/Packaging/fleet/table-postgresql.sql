-- SPDX-License-Identifier: Apache-2.0
-- For PostgreSQL: the table that manifests are copied into. Paths are bytes in order, whatever the locale.
CREATE TABLE manifest (
    host text NOT NULL, time_ns bigint NOT NULL, volume text NOT NULL, netfs text NOT NULL, server text NOT NULL,
    export text NOT NULL, object text NOT NULL, key text COLLATE "C" NOT NULL, path text COLLATE "C" NOT NULL, size_bytes bigint,
    cached_bytes bigint NOT NULL, share double precision, extents bigint NOT NULL, disk_bytes bigint NOT NULL,
    atime_ns bigint NOT NULL, version text NOT NULL, modified_ns bigint, changed_ns bigint, version_number numeric(20),
    dirty boolean, pinned boolean NOT NULL, reachable boolean NOT NULL, version_order bigint NOT NULL);
CREATE INDEX manifest_path ON manifest (path) WHERE path <> '';
CREATE INDEX manifest_host ON manifest (host, time_ns);
-- The projects that bytes are counted by: directories, without a slash at the end.
CREATE TABLE project (prefix text COLLATE "C" NOT NULL, name text NOT NULL);
