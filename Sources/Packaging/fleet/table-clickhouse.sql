-- SPDX-License-Identifier: Apache-2.0
-- For ClickHouse: the table that manifests are inserted into, ordered as the questions look for them, and the manifests that are below
-- the directory of user files (for clickhouse-local the working directory).
CREATE TABLE manifest (
    host LowCardinality(String), time_ns Int64, volume LowCardinality(String), netfs LowCardinality(String),
    server LowCardinality(String), export LowCardinality(String), object String, key String, path String, size_bytes Nullable(Int64),
    cached_bytes Int64, share Nullable(Float64), extents Int64, disk_bytes Int64, atime_ns Int64, version String,
    modified_ns Nullable(Int64), changed_ns Nullable(Int64), version_number Nullable(UInt64), dirty Nullable(Bool), pinned Bool,
    reachable Bool, version_order Int64)
ENGINE = MergeTree ORDER BY (path, key, host);
INSERT INTO manifest SELECT * FROM file('**/*.parquet', 'Parquet');
-- The projects that bytes are counted by: directories, without a slash at the end.
CREATE TABLE project (prefix String, name String) ENGINE = MergeTree ORDER BY prefix;
