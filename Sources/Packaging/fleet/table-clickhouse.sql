-- SPDX-License-Identifier: Apache-2.0
-- For ClickHouse: Parquet files below the directory of user files, or for clickhouse-local below the working directory, as they are.
CREATE VIEW manifest AS SELECT * FROM file('**/*.parquet', 'Parquet');
-- The projects that bytes are counted by: directories, without a slash at the end.
CREATE TABLE project (prefix String, name String) ENGINE = Memory;
