-- SPDX-License-Identifier: Apache-2.0
-- For DuckDB, in a directory with Parquet files below it: the table is those files.
CREATE OR REPLACE VIEW manifest AS SELECT * FROM read_parquet('**/*.parquet');
-- The projects that bytes are counted by: directories, without a slash at the end.
CREATE TABLE IF NOT EXISTS project (prefix VARCHAR NOT NULL, name VARCHAR NOT NULL);
