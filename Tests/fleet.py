#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the questions of Docs/Fleet.md of a made-up fleet, in every engine, and compares the answers.

    Tests/fleet.py [--nodes N] [--objects N] [--engines LIST] [--programs DIR] [--keep DIR] [--dump]

The fleet is made by DuckDB from a seed: each node has some of the files of all projects, whole or in part, some in an old version, and
an earlier manifest. The answers of DuckDB, ClickHouse (chdb) and PostgreSQL must be equal, and for a small fleet equal to those that plain
Python works out from the rows. Then `cachefiles manifest` is put through the same files, and `cachefiles where` asks them.

DuckDB and chdb come from PyPI (a virtual environment: .ci/run makes one), PostgreSQL's server from Debian; it is started below a temporary
directory, as nobody where this runs as root. An engine that is missing is an error, unless --engines leaves it out."""

import argparse
import collections
import csv
import glob
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLEET = ROOT / "Sources/Packaging/fleet"
COLUMNS = ("host time_ns volume netfs server export object key path size_bytes cached_bytes share extents disk_bytes atime_ns version "
           "modified_ns changed_ns version_number dirty pinned reachable version_order").split()
PROJECTS = 20
# A project whose name needs care in every language that it passes through.
ODD = "/proj/it's a \"test\" %_\\\\"
NOW = 1_795_000_000_000_000_000
DAY = 86_400_000_000_000

# Each file of the fleet is one of a universe, five times as many as a node has; which of them a node has, and how much, its number tells.
GENERATOR = """
COPY (
    WITH numbers AS (
        SELECT range AS i, (hash(range, {node}) % {universe})::BIGINT AS file FROM range({objects})),
    chosen AS (SELECT DISTINCT ON (file) i, file FROM numbers),
    facts AS (
        SELECT i, file, (file % {projects})::BIGINT AS project, (file % 4)::BIGINT AS export,
               (hash(file, 1) % 3000000 + hash(file, 2) % 50000)::BIGINT AS current_size,
               hash(file, {node}, 3) % 100 < 7 AS is_old, (hash(file, {node}, 4) % 4)::BIGINT AS part
        FROM chosen),
    sized AS (
        SELECT *, CASE WHEN is_old THEN current_size // 2 ELSE current_size END AS size_bytes FROM facts)
    SELECT 'node' || lpad('{node}', 3, '0') AS host, {time}::BIGINT AS time_ns,
           'nfs,4.2,2,108,' || export || ',,,,,80000,80000,' || ({node} % 3) AS volume, 'nfs' AS netfs,
           '192.168.0.' || export AS server, '1:' || export AS export,
           'cache/Infs,4.2,2,108,' || export || '/@' || printf('%02x', file % 256) || '/T' || printf('%x', file) AS object,
           printf('%032x', file) AS key,
           CASE WHEN {node} % 4 = 0 THEN
               (CASE WHEN project = 0 THEN $odd ELSE '/proj/show' || project END)
               || '/shot' || (file // {projects}) % 50 || '/frame' || file || '.exr'
           ELSE '' END AS path,
           size_bytes,
           CASE part WHEN 0 THEN size_bytes // 2 // 4096 * 4096 ELSE size_bytes END AS cached_bytes,
           round(CASE WHEN size_bytes = 0 THEN 1 ELSE cached_bytes / size_bytes END, 4)::DOUBLE AS share, 1::BIGINT AS extents,
           (cached_bytes + 4095) // 4096 * 4096 AS disk_bytes, ({time} - hash(file, {node}, 5) % 5000000000000000)::BIGINT AS atime_ns,
           printf('%016x', CASE WHEN is_old THEN 1 ELSE 2 END) AS version, {time}::BIGINT AS modified_ns,
           CASE WHEN is_old THEN 1700000000000000000 ELSE 1750000000000000000 END::BIGINT + file AS changed_ns,
           (file + 9223372036854775808)::UBIGINT AS version_number, false AS dirty, file % 97 = 0 AS pinned,
           hash(file, {node}, 6) % 1000 <> 0 AS reachable, changed_ns AS version_order
    FROM sized ORDER BY path, key)
TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def translate(sql, text, number):
    """The parameters of a query, which are written as psql has them, in the form of another engine."""
    sql = re.sub(r":'(\w+)'", text, sql)
    return re.sub(r"(?<![:\w]):(\w+)", number, sql)


def questions(small):
    show = "/proj/show3"
    return [
        ("where", {"path": show}), ("where", {"path": show + "/shot7"}), ("where", {"path": ODD}), ("where", {"path": "/proj/show"}),
        ("shared", {"nodes": 3 if small else 60, "rows": 1000}), ("projects", {}),
        ("missing", {"host": "node001", "path": show, "rows": 100000 if small else 1000}),
        ("missing", {"host": "node000", "path": ODD, "rows": 500}), ("growth", {}),
    ]


def escaped(value):
    """A parameter as ClickHouse takes it: in the form of its tab-separated texts."""
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def plain(value):
    if value is None or isinstance(value, str):
        return value
    return int(value)


class DuckDB:
    name = "DuckDB"

    def __init__(self, files, work):
        import duckdb
        self.connection = duckdb.connect()
        self.connection.execute("SET enable_progress_bar = false")
        os.chdir(files)
        self.connection.execute((FLEET / "table-duckdb.sql").read_text())
        self.connection.execute((FLEET / "views.sql").read_text())
        self.connection.executemany("INSERT INTO project VALUES (?, ?)", projects())

    def ask(self, sql, parameters):
        sql = translate(sql, r"$\1", r"$\1")
        cursor = self.connection.execute(sql, parameters) if parameters else self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(plain, row))) for row in cursor.fetchall()]


class ClickHouse:
    name = "ClickHouse"

    def __init__(self, files, work):
        from chdb import session
        self.session = session.Session(str(work / "chdb"))
        os.chdir(files)
        table = (FLEET / "table-clickhouse.sql").read_text()
        # The embedded engine reads files by their paths,.
        for statement in (table.replace("'**/", f"'{files}/**/") + (FLEET / "views.sql").read_text()).split(";"):
            if re.sub(r"--.*", "", statement).strip():
                self.session.query(statement)
        for prefix, name in projects():
            self.session.query("INSERT INTO project VALUES ({prefix:String}, {name:String})", params={"prefix": escaped(prefix), "name": name})

    def ask(self, sql, parameters):
        sql = translate(sql, r"{\1:String}", r"{\1:UInt64}").strip().rstrip(";")
        result = self.session.query(sql, "JSONEachRow", params={name: escaped(value) for name, value in parameters.items()})
        return [{name: plain(int(value) if name in NUMBERS else value) for name, value in json.loads(line).items()}
                for line in result.bytes().decode().splitlines()]


NUMBERS = set("files cached_bytes stale_bytes total_files total_bytes nodes size_bytes objects disk_bytes last_use_ns missing_bytes time_ns "
              "more_objects more_bytes".split())


class PostgreSQL:
    name = "PostgreSQL"

    def __init__(self, files, work):
        import duckdb
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            raise SystemExit("PostgreSQL's server is missing: apt-get install postgresql")
        self.programs, self.place = pathlib.Path(programs[-1]), work / "postgresql"
        self.place.mkdir()
        # The server does not run as root.
        self.drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        if self.drop:
            os.chown(self.place, 65534, 65534)
        self.run("initdb", "-D", self.place / "data", "-U", "fleet", "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8")
        settings = (f"-k {self.place} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
                    "-c max_wal_size=8GB -c work_mem=256MB -c shared_buffers=1GB -c jit=off")
        self.run("pg_ctl", "-D", self.place / "data", "-l", self.place / "log", "-w", "-o", settings, "start")
        self.address = f"postgresql:///postgres?host={self.place}&user=fleet"
        self.psql(FLEET / "table-postgresql.sql")
        rows = duckdb.connect()
        rows.execute("SET enable_progress_bar = false")
        for path in sorted(files.rglob("*.parquet")):
            process = subprocess.Popen(self.command("-c", "COPY manifest FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL (server, export, key, "
                                                    "path, version))"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            target = f"/dev/fd/{process.stdin.fileno()}"
            rows.execute(f"COPY (SELECT {', '.join(COLUMNS)} FROM read_parquet('{path}')) TO '{target}' (FORMAT csv, HEADER)")
            process.stdin.close()
            if process.wait():
                raise SystemExit(f"{path}: PostgreSQL does not take it")
        self.psql(FLEET / "views.sql")
        for prefix, name in projects():
            self.ask("INSERT INTO project VALUES (:'prefix', :'name');", {"prefix": prefix, "name": name})
        subprocess.run(self.command("-c", "ANALYZE"), check=True, stdout=subprocess.DEVNULL)

    def run(self, program, *arguments):
        subprocess.run([*self.drop, str(self.programs / program), *map(str, arguments)], check=True, stdout=subprocess.DEVNULL,
                       cwd=self.place)

    def command(self, *more):
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--csv", "-d", self.address, *more]

    def psql(self, path):
        subprocess.run(self.command("-f", str(path)), check=True, stdout=subprocess.DEVNULL)

    def ask(self, sql, parameters):
        variables = [part for name, value in parameters.items() for part in ("-v", f"{name}={value}")]
        text = subprocess.run(self.command(*variables), input=sql, text=True, check=True, capture_output=True).stdout
        return [{name: plain(int(value) if name in NUMBERS else value) for name, value in row.items()}
                for row in csv.DictReader(io.StringIO(text, newline=""))]

    def close(self):
        self.run("pg_ctl", "-D", self.place / "data", "-m", "immediate", "-w", "stop")


ENGINES = {"duckdb": DuckDB, "clickhouse": ClickHouse, "postgresql": PostgreSQL}


def projects():
    return [(ODD if n == 0 else f"/proj/show{n}", f"project {n}") for n in range(PROJECTS)]


def make_fleet(files, nodes, objects):
    """Writes the Parquet files: an earlier manifest with half the objects, and the last one."""
    import duckdb
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    for folder, moment, count in (("earlier", NOW - 7 * DAY, objects // 2), ("last", NOW, objects)):
        (files / folder).mkdir(parents=True, exist_ok=True)
        for node in range(nodes):
            connection.execute(
                GENERATOR.format(node=node, universe=objects * 5, objects=count, projects=PROJECTS, time=moment,
                                 target=files / folder / f"node{node:03}.parquet"), {"odd": ODD})


class Plain:
    """The same questions, answered by loops over rows."""

    def __init__(self, files):
        import duckdb
        cursor = duckdb.execute(f"SELECT {', '.join(COLUMNS)} FROM read_parquet('{files}/**/*.parquet')")
        self.rows = [dict(zip(COLUMNS, row)) for row in cursor.fetchall()]
        last = {}
        for row in self.rows:
            last[row["host"]] = max(last.get(row["host"], 0), row["time_ns"])
        self.copies = [row for row in self.rows if row["time_ns"] == last[row["host"]] and row["reachable"] and row["key"]]
        self.names = {}
        for row in self.copies:
            if row["path"]:
                self.names[self.file(row)] = max(self.names.get(self.file(row), ""), row["path"])

    @staticmethod
    def file(row):
        return row["netfs"], row["server"], row["export"], row["key"]

    def members(self, path):
        return {file for file, name in self.names.items() if name == path or name.startswith(path + "/")}

    def newest(self, path):
        """The copies of a data set by file and node, in the newest version; and those in older ones."""
        newest, current, stale = {}, {}, {}
        chosen = [row for row in self.copies if self.file(row) in self.members_of(path)]
        for row in chosen:
            newest[self.file(row)] = max(newest.get(self.file(row), 0), row["version_order"])
        for row in chosen:
            target = current if row["version_order"] == newest[self.file(row)] else stale
            key = self.file(row), row["host"]
            size, cached = target.get(key, (0, 0))
            target[key] = max(size, row["size_bytes"]), max(cached, row["cached_bytes"])
        return current, stale

    def members_of(self, path):
        if not hasattr(self, "known"):
            self.known = {}
        if path not in self.known:
            self.known[path] = self.members(path)
        return self.known[path]

    def where(self, path):
        current, stale = self.newest(path)
        sizes = {}
        for (file, _), (size, _) in current.items():
            sizes[file] = max(sizes.get(file, 0), size)
        hosts = {host for _, host in [*current, *stale]}
        rows = [{"host": host,
                 "files": sum(cached > 0 or size == 0 for (_, node), (size, cached) in current.items() if node == host),
                 "cached_bytes": sum(cached for (_, node), (_, cached) in current.items() if node == host),
                 "stale_bytes": sum(cached for (_, node), (_, cached) in stale.items() if node == host),
                 "total_files": len(sizes), "total_bytes": sum(sizes.values())} for host in hosts]
        return sorted(rows, key=lambda row: (-row["cached_bytes"], row["host"]))

    def shared(self, nodes, rows):
        files = collections.defaultdict(dict)
        for row in self.copies:
            if row["cached_bytes"] > 0:
                path, size, cached = files[self.file(row)].get(row["host"], ("", 0, 0))
                files[self.file(row)][row["host"]] = (
                    max(path, row["path"]), max(size, row["size_bytes"]), max(cached, row["cached_bytes"]))
        found = [dict(zip(("netfs", "server", "export", "key"), file), path=max(facts[0] for facts in hosts.values()), nodes=len(hosts),
                      size_bytes=max(facts[1] for facts in hosts.values()), cached_bytes=sum(facts[2] for facts in hosts.values()))
                 for file, hosts in files.items() if len(hosts) > nodes]
        return sorted(found, key=lambda row: (-row["nodes"], -row["cached_bytes"], row["key"], row["export"], row["server"]))[:rows]

    def projects(self):
        result = []
        for prefix, name in projects():
            rows = [row for row in self.copies if self.names.get(self.file(row), "").startswith(prefix + "/")]
            if rows:
                result.append({"project": name, "nodes": len({row["host"] for row in rows}), "objects": len(rows),
                               "cached_bytes": sum(row["cached_bytes"] for row in rows),
                               "disk_bytes": sum(row["disk_bytes"] for row in rows),
                               "last_use_ns": max(row["atime_ns"] for row in rows)})
        return sorted(result, key=lambda row: (-row["cached_bytes"], row["project"]))

    def missing(self, host, path, rows):
        current, _ = self.newest(path)
        files = collections.defaultdict(dict)
        for (file, node), facts in current.items():
            files[file][node] = facts
        result = []
        for file, nodes in files.items():
            size = max(size for size, _ in nodes.values())
            gap = size - nodes.get(host, (0, 0))[1]
            if gap > 0:
                result.append({"path": self.names[file], "size_bytes": size, "missing_bytes": gap,
                               "nodes": sum(node != host and cached == own for node, (own, cached) in nodes.items())})
        return sorted(result, key=lambda row: (-row["missing_bytes"], row["path"], row["size_bytes"]))[:rows]

    def growth(self):
        sums = collections.defaultdict(lambda: [0, 0])
        for row in self.rows:
            sums[row["host"], row["time_ns"]][0] += 1
            sums[row["host"], row["time_ns"]][1] += row["cached_bytes"]
        result = []
        for host, moment in sorted(sums):
            objects, cached = sums[host, moment]
            before = result[-1] if result and result[-1]["host"] == host else None
            result.append({"host": host, "time_ns": moment, "objects": objects, "cached_bytes": cached,
                           "more_objects": objects - before["objects"] if before else 0,
                           "more_bytes": cached - before["cached_bytes"] if before else 0})
        return result


# A clickhouse-client that asks the embedded engine, with the options that the program gives it.
CLIENT = """#!{python}
import sys
from chdb import session
parameters, query, form, rest = {{}}, None, None, sys.argv[2:]
while rest:
    option = rest.pop(0)
    if option.startswith("--param_"):
        name, value = option[len("--param_"):].split("=", 1)
        parameters[name] = value
    elif option == "--query":
        query = rest.pop(0)
    elif option == "--format":
        form = rest.pop(0)
    else:
        sys.exit(f"{{option}}: no option that is known here")
sys.stdout.write(session.Session("{place}").query(query.strip().rstrip(";"), form, params=parameters).bytes().decode())
"""


def ask_program(programs, work, files, engines, answers, small):
    """`cachefiles where` through each client: the same nodes as the question itself has."""
    wrong = []
    tools = work / "tools"
    tools.mkdir()
    (tools / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tools / "clickhouse-client").write_text(CLIENT.format(python=sys.executable, place=work / "chdb"))
    for tool in tools.iterdir():
        tool.chmod(0o755)
    sources = {"DuckDB": str(files), "ClickHouse": "clickhouse://localhost/default"}
    for engine in engines:
        if engine.name == "PostgreSQL":
            sources["PostgreSQL"] = engine.address
        if engine.name == "ClickHouse":
            # One process at a time has the embedded engine's directory.
            engine.session.close()
    for engine in engines:
        for number, (name, parameters) in enumerate(questions(small)):
            if name != "where":
                continue
            # The text of a manifest is escaped; an argument is not.
            path = parameters["path"].replace("\\\\", "\\")
            command = [programs / "cachefiles", "where", "--json", "--fleet", sources[engine.name], path]
            result = subprocess.run(command, capture_output=True, text=True,
                                    env=dict(os.environ, PATH=f"{tools}:/usr/bin:/bin"))
            if result.returncode:
                wrong.append(f"where {path}: {engine.name}: {result.stderr.strip()}")
                continue
            document = json.loads(result.stdout)
            [data_set] = document.get("data_sets", [document])
            nodes = [(node["host"], node["files"], node["cached_bytes"], node["stale_bytes"]) for node in data_set["nodes"]]
            expected = [(row["host"], row["files"], row["cached_bytes"], row["stale_bytes"]) for row in answers[number]]
            if nodes != expected:
                wrong.append(f"where {path}: {engine.name}: {nodes[:2]} in place of {expected[:2]}")
        print(f"cachefiles where: {engine.name}")
    return wrong


def put_through(programs, work):
    """A manifest on its way into Parquet: nothing is lost and nothing changes, as lines and as comma-separated values."""
    import duckdb
    cache, wrong = work / "cache", []
    subprocess.run([programs / "cachefiles", "sample", "--quiet", "--objects", "3000", "--seed", "19", cache], check=True)
    lines = work / "node.jsonl"
    subprocess.run([programs / "cachefiles", "manifest", "-q", "--host", "node", "--output", lines, cache], check=True)
    target = work / "node.parquet"
    connection = duckdb.connect()
    connection.execute((FLEET / "manifest.sql").read_text())
    connection.execute(f"COPY (FROM manifest_lines('{lines}') ORDER BY path) TO '{target}' (COMPRESSION zstd)")
    cursor = connection.execute(f"SELECT * FROM '{target}'")
    names = [column[0] for column in cursor.description]
    if names != COLUMNS:
        wrong.append(f"the columns of Parquet: {names}")
    written = {row["object"]: row for row in (dict(zip(names, values)) for values in cursor.fetchall())}
    rows = [json.loads(line) for line in open(lines)]
    for row in rows:
        stored = written.pop(row["object"])
        for name in COLUMNS:
            value = row.get(name, "" if name in ("server", "export", "key", "path", "version") else None)
            if name == "version_order":
                value = row.get("changed_ns", row.get("version_number", 0))
            if stored[name] != value:
                wrong.append(f"{row['object']}: {name}: {value} became {stored[name]}")
    if written or len(rows) != 3000:
        wrong.append(f"{len(rows)} lines, {len(written)} rows of Parquet without one")
    print(f"{len(rows)} objects put through")
    return wrong[:10]


def last_manifest_counts(programs, work):
    """A cache that was emptied has a manifest, and a file that was renamed is found by each of its paths."""
    import duckdb
    place, wrong = work / "last", []
    (place / "fleet").mkdir(parents=True)
    cache = place / "cache"
    subprocess.run([programs / "cachefiles", "sample", "--quiet", "--objects", "50", "--seed", "19", cache], check=True)
    manifests = []
    for name, host, now in (("a", "n1", 1000), ("b", "n2", 1000), ("c", "n1", 2000)):
        if name == "c":
            subprocess.run([programs / "cachefiles", "purge", "-q", "--all", "--include-dirty", "--yes", cache], check=True)
        lines = place / f"{name}.jsonl"
        subprocess.run([programs / "cachefiles", "manifest", "-q", "--host", host, "--now", str(now), "--output", lines, cache],
                       check=True)
        rows = [json.loads(line) for line in open(lines)]
        for number, row in enumerate(rows):
            if row["reachable"]:
                row["path"] = f"/show/{host}/{number}"
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
        manifests.append(rows)
        connection = duckdb.connect()
        connection.execute((FLEET / "manifest.sql").read_text())
        connection.execute(f"COPY (FROM manifest_lines('{lines}')) TO '{place}/fleet/{name}.parquet'")
    if [(row["object"], row["cached_bytes"]) for row in manifests[2]] != [("", 0)]:
        wrong.append(f"the manifest of an empty cache: {manifests[2][:1]}")
    known = sum(row["reachable"] for row in manifests[0])
    engine = DuckDB(place / "fleet", work)
    for path, hosts in (("/show", ["n2"]), ("/show/n2", ["n2"]), ("/show/n1", [])):
        rows = engine.ask((FLEET / "queries/where.sql").read_text(), {"path": path})
        if [row["host"] for row in rows] != hosts:
            wrong.append(f"where {path}: {rows}")
    growth = engine.ask((FLEET / "queries/growth.sql").read_text(), {})
    if [(row["host"], row["objects"]) for row in growth] != [("n1", 50), ("n1", 0), ("n2", 50)]:
        wrong.append(f"growth: {growth}")
    (place / "fleet/c.parquet").unlink()
    for path in ("/show/n1", "/show/n2"):
        rows = DuckDB(place / "fleet", work).ask((FLEET / "queries/where.sql").read_text(), {"path": path})
        if [row["host"] for row in rows] != ["n1", "n2"] or not known or rows[0]["total_files"] != rows[1]["total_files"]:
            wrong.append(f"a renamed file: where {path}: {rows}")
    for schema in ("cachefiles.manifest/2", None):
        row = dict(manifests[0][0], schema=schema)
        (place / "other.jsonl").write_text("".join(json.dumps(row) + "\n" for row in manifests[1][:9] + [row]))
        try:
            connection.execute(f"SELECT count(host) FROM manifest_lines('{place}/other.jsonl')").fetchall()
            wrong.append(f"rows with the schema {schema} are taken")
        except duckdb.Error as error:
            if "cachefiles.manifest/1" not in str(error):
                wrong.append(f"a row with the schema {schema}: {error}")
    print("the last manifest counts, and all paths")
    return wrong


def differences(name, left, right, kind):
    """Where two answers differ; the order of columns does not matter."""
    if left == right:
        return []
    pairs = [(a, b) for a, b in zip(left, right) if a != b]
    return [f"{kind}: {name}: {len(left)} and {len(right)} rows, first difference: {pairs[:1]}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=12)
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--engines", default="duckdb,clickhouse,postgresql")
    parser.add_argument("--programs", default=str(ROOT / ".build/debug"))
    parser.add_argument("--keep", help="make the fleet in this directory, or use the one that is there")
    parser.add_argument("--dump", action="store_true", help="print the first rows of each answer")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(dir="/var/tmp", prefix="fleet."))
    work.chmod(0o755)
    files = pathlib.Path(arguments.keep).resolve() if arguments.keep else work / "files"
    small = arguments.nodes * arguments.objects <= 200_000
    wrong, engines = [], []
    try:
        started = time.monotonic()
        if not files.exists():
            make_fleet(files, arguments.nodes, arguments.objects)
        size = sum(path.stat().st_size for path in files.rglob("*.parquet"))
        print(f"{arguments.nodes} nodes, {arguments.objects} objects each: {size / 2**20:.0f} MiB of Parquet, "
              f"{time.monotonic() - started:.1f} s")
        answers = {}
        for kind in arguments.engines.split(","):
            started = time.monotonic()
            engine = ENGINES[kind](files, work)
            engines.append(engine)
            print(f"{engine.name}: ready after {time.monotonic() - started:.1f} s")
            for number, (name, parameters) in enumerate(questions(small)):
                started = time.monotonic()
                rows = engine.ask((FLEET / f"queries/{name}.sql").read_text(), parameters)
                print(f"  {time.monotonic() - started:8.2f} s {len(rows):7} rows  {name} {parameters}", flush=True)
                if arguments.dump:
                    print("\n".join(map(str, rows[:3])))
                if number in answers:
                    wrong += differences(f"{name} {parameters}", answers[number], rows, engine.name)
                else:
                    answers[number] = rows
        if small:
            reference = Plain(files)
            for number, (name, parameters) in enumerate(questions(small)):
                expected = getattr(reference, name)(**parameters)
                wrong += differences(f"{name} {parameters}", expected, answers[number], "the rows")
                if not expected and parameters.get("path") != "/proj/show":
                    wrong.append(f"{name} {parameters}: nothing to compare")
            wrong += last_manifest_counts(pathlib.Path(arguments.programs).resolve(), work)
            wrong += ask_program(pathlib.Path(arguments.programs).resolve(), work, files, engines, answers, small)
            wrong += put_through(pathlib.Path(arguments.programs).resolve(), work)
    finally:
        for engine in engines:
            getattr(engine, "close", lambda: None)()
        os.chdir("/")
        shutil.rmtree(work, ignore_errors=True)
    if wrong:
        raise SystemExit("\n".join(wrong))
    print("all answers are equal")


if __name__ == "__main__":
    main()
