"""Row groups that engines read for filters as SQL, and the time beside SQL written by hand.

Usage: pushdown.py PROGRAM FOLDER [ROWS], where PROGRAM is gchat-filter, and FOLDER has the Parquet file,
which is created if it is not there: 20 row groups, of which each has one role and one type, except for a few
rows without a type in every fifth group. Prints the table of benches/README.md.
"""

import os
import shutil
import subprocess
import sys
import time

GROUPS = 20

# A filter, the SQL that a person would write, and whether a group can have matches, by its role and
# types.
QUERIES = [
    ('member.type != "BOT"', "(member.type <> 'BOT' OR member.type IS NULL)",
     lambda role, types: types != {"BOT"}),
    ('role = "ROLE_MANAGER" AND member.type = "HUMAN"', "role = 'ROLE_MANAGER' AND member.type = 'HUMAN'",
     lambda role, types: role == "ROLE_MANAGER" and "HUMAN" in types),
    ('(role = "ROLE_MANAGER" AND member.type = "HUMAN") OR (role = "ROLE_MEMBER" AND member.type = "BOT")',
     "((role = 'ROLE_MANAGER' AND member.type = 'HUMAN') OR (role = 'ROLE_MEMBER' AND member.type = 'BOT'))",
     lambda role, types: role == "ROLE_MANAGER" and "HUMAN" in types or role == "ROLE_MEMBER" and "BOT" in types),
    ('role = "ROLE_MANAGER" OR role = "ROLE_MEMBER"', "(role = 'ROLE_MANAGER' OR role = 'ROLE_MEMBER')",
     lambda role, types: role in ["ROLE_MANAGER", "ROLE_MEMBER"]),
    ('member.type != "BOT" AND member.type != "HUMAN"',
     "((member.type <> 'BOT' AND member.type <> 'HUMAN') OR member.type IS NULL)",
     lambda role, types: bool(types - {"BOT", "HUMAN"})),
]

ROLES = ["ROLE_MEMBER", "ROLE_MANAGER", "ROLE_ASSISTANT_MANAGER"]


def group(index):
    """The role and the types of a row group."""
    return ROLES[index % 3], {"BOT" if index % 4 == 1 else "HUMAN"} | ({None} if index % 5 == 0 else set())


def create(path, rows):
    import duckdb
    size = rows // GROUPS
    connection = duckdb.connect()
    parts = []
    for index in range(GROUPS):
        role, types = group(index)
        kind = f"'{(types - {None}).pop()}'"
        if None in types:
            kind = f"CASE WHEN i % 50 = 0 THEN NULL ELSE {kind} END"
        parts.append(f"SELECT {index} * {size} + i AS id, '{role}' AS role, {{'name': 'users/' || i, 'type': {kind}}}"
                     f" AS member FROM range({size}) r(i)")
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET threads = 1")
    connection.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {size})")
    found = connection.execute(f"SELECT DISTINCT row_group_num_rows FROM parquet_metadata('{path}')").fetchall()
    assert found == [(size,)], found


class DuckDb:
    rounds = 9

    def __init__(self, path, rows):
        import duckdb
        self.name = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 2")
        self.path, self.size = path, rows // GROUPS

    def count(self, predicate):
        query = f"SELECT count(*), sum(id) FROM '{self.path}' WHERE {predicate}"
        return self.connection.execute(query).fetchone()

    def groups(self, predicate):
        """Counts the groups whose damage makes the query fail."""
        import duckdb
        chunks = self.connection.execute(
            "SELECT min(coalesce(dictionary_page_offset, data_page_offset)),"
            " max(coalesce(dictionary_page_offset, data_page_offset) + total_compressed_size)"
            f" FROM parquet_metadata('{self.path}') GROUP BY row_group_id").fetchall()
        read = 0
        damaged = f"{self.path}.damaged.parquet"
        for start, end in chunks:
            shutil.copyfile(self.path, damaged)
            with open(damaged, "r+b") as file:
                file.seek(start)
                file.write(b"\xff" * (end - start))
            try:
                duckdb.connect().execute(f"SELECT sum(id) FROM '{damaged}' WHERE {predicate}").fetchall()
            except duckdb.Error:
                read += 1
        os.remove(damaged)
        return read


class Spark:
    rounds = 3

    def __init__(self, path, rows):
        from pyspark.sql import SparkSession
        self.session = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
                        .config("spark.ui.showConsoleProgress", "false")
                        .config("spark.sql.adaptive.enabled", "false")
                        .config("spark.driver.memory", "4g").getOrCreate())
        self.session.sparkContext.setLogLevel("ERROR")
        self.name = f"Spark {self.session.version}"
        self.frame = self.session.read.parquet(path)
        self.size = rows // GROUPS

    def selected(self, predicate):
        from pyspark.sql import functions
        return self.frame.where(predicate).agg(functions.count("*"), functions.sum("id"))

    def count(self, predicate):
        return tuple(self.selected(predicate).collect()[0])

    def groups(self, predicate):
        frame = self.selected(predicate)
        frame.collect()
        leaves = frame._jdf.queryExecution().executedPlan().collectLeaves()
        return leaves.head().metrics().apply("numOutputRows").value() / self.size


def median(values):
    return sorted(values)[len(values) // 2]


def measured(engine, sql, by_hand):
    """The row groups that are read, the time, and its ratio to that of SQL written by hand."""
    assert engine.count(sql) == engine.count(by_hand), sql
    times = {sql: [], by_hand: []}
    ratios = []
    for _ in range(engine.rounds):
        for predicate, own in times.items():
            start = time.perf_counter()
            engine.count(predicate)
            own.append(time.perf_counter() - start)
        ratios.append(times[sql][-1] / times[by_hand][-1])
    ratio = "–" if sql == by_hand else f"{median(ratios):.2f}"
    return f"{engine.groups(sql):g} | {median(times[sql]):.3f} | {ratio}"


def main():
    program, folder, *rest = sys.argv[1:]
    rows = int(rest[0]) if rest else 20_000_000
    path = os.path.join(folder, f"members-{rows}.parquet")
    if not os.path.exists(path):
        create(path, rows)
    engines = [DuckDb(path, rows), Spark(path, rows)]
    print(f"{rows:,} rows\n")
    heads = " ".join(f"{engine.name}: read | seconds | ratio |" for engine in engines)
    print(f"| filter | groups with matches | {heads}")
    print("|---" * (2 + 3 * len(engines)) + "|")
    for text, by_hand, has_matches in QUERIES:
        cells = [f"`{text}`", str(sum(has_matches(*group(index)) for index in range(GROUPS)))]
        for engine in engines:
            dialect = engine.name.split()[0].lower()
            command = [program, "sql", "--dialect", dialect, "--layout", "nested", text]
            sql = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
            cells.append(measured(engine, sql, by_hand))
        print(f"| {' | '.join(cells)} |", flush=True)


main()
