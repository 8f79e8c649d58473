-- SPDX-License-Identifier: Apache-2.0
-- For DuckDB: the rows of manifests, ready to be written as Parquet. Texts that a manifest leaves out are empty, so that files can be
-- compared across machines; numbers are null.
--
--     duckdb -c ".read manifest.sql" \
--         -c "COPY (FROM manifest_lines('node1.jsonl') ORDER BY path) TO 'fleet/node1.parquet' (COMPRESSION zstd)"
--
-- Files may be compressed (.gz, .zst), and names may be patterns: 'incoming/*.jsonl.zst'.
CREATE OR REPLACE MACRO manifest_lines(files) AS TABLE
SELECT host, time_ns, volume, netfs, coalesce(server, '') AS server, coalesce(export, '') AS export, object,
       coalesce(key, '') AS key, coalesce(path, '') AS path, size_bytes, cached_bytes, share, extents, disk_bytes, atime_ns,
       coalesce(version, '') AS version, modified_ns, changed_ns, version_number, dirty, pinned, reachable,
       -- Copies of a file can be put in the order of its versions by this.
       coalesce(changed_ns, try_cast(version_number AS BIGINT), 0) AS version_order
FROM read_json(files, format = 'newline_delimited', columns = {
    schema: 'VARCHAR', host: 'VARCHAR', time_ns: 'BIGINT', volume: 'VARCHAR', netfs: 'VARCHAR', server: 'VARCHAR', export: 'VARCHAR',
    object: 'VARCHAR', key: 'VARCHAR', path: 'VARCHAR', size_bytes: 'BIGINT', cached_bytes: 'BIGINT', share: 'DOUBLE',
    extents: 'BIGINT', disk_bytes: 'BIGINT', atime_ns: 'BIGINT', version: 'VARCHAR', modified_ns: 'BIGINT', changed_ns: 'BIGINT',
    version_number: 'UBIGINT', dirty: 'BOOLEAN', pinned: 'BOOLEAN', reachable: 'BOOLEAN'})
-- Rows of a later version may mean something else.
WHERE CASE WHEN schema = 'cachefiles.manifest/1' THEN true
    ELSE error('not a row of cachefiles.manifest/1: ' || coalesce(schema, 'without a schema')) END;
