"""Runs filters as SQL on an engine, and compares the selected rows with those that they match.

Usage: compare.py ENGINE CASES, where CASES is the output of the example engine_cases.
"""

import json
import sys


def keys(path):
    """The keys of a property in JSON, in lowerCamelCase."""
    def camel(segment):
        first, *rest = segment.split("_")
        return first + "".join(word.capitalize() for word in rest)
    return [camel(segment) for segment in path.split(".")]


def value(document, path):
    for key in keys(path):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def tree(columns):
    """The structs of all columns: {"member": {"type": "text"}}."""
    root = {}
    for path, kind in columns:
        *parents, last = keys(path)
        node = root
        for key in parents:
            node = node.setdefault(key, {})
        node[last] = kind
    return root


class Table:
    """The rows of a method in a layout: the columns with their types, which are nested, and the values."""

    def __init__(self, case, layout, has_nanos):
        self.rows = []
        columns = case["columns"]
        if layout == "json":
            self.types = {"document": "json"}
        elif layout == "nested":
            self.types = tree(columns)
        else:
            self.types = {path.replace(".", "_"): kind for path, kind in columns}
            if layout == "flat with member":
                self.types["has_member"] = "text"
        for index, row in enumerate(case["rows"]):
            if layout != "json" and not row["is_micro"] and not has_nanos:
                continue
            document = json.loads(row["document"])
            if layout == "json":
                values = [row["document"]]
            elif layout == "nested":
                values = [self.struct(kind, document.get(key)) for key, kind in self.types.items()]
            else:
                values = [value(document, path) for path, _ in columns]
                if layout == "flat with member":
                    values.append(None if document.get("member") is None else "yes")
            self.rows.append((index, values))

    def struct(self, kind, found):
        if found is None or not isinstance(kind, dict):
            return found
        return {key: self.struct(kind, found.get(key)) for key, kind in kind.items()}


class Sqlite:
    dialect = "sqlite"
    layouts = ["flat", "flat with member", "json"]
    zones = [None]
    has_nanos = True

    def __init__(self):
        import sqlite3
        self.connection = sqlite3.connect(":memory:")
        print("SQLite", sqlite3.sqlite_version)

    def load(self, table):
        # Text that looks like a number stays text.
        types = {"boolean": "INTEGER"}
        columns = ", ".join(f"{name} {types.get(kind, 'TEXT')}" for name, kind in table.types.items())
        self.connection.execute("DROP TABLE IF EXISTS t")
        self.connection.execute(f"CREATE TABLE t (id INTEGER, {columns})")
        marks = ", ".join("?" for _ in range(len(table.types) + 1))
        self.connection.executemany(f"INSERT INTO t VALUES ({marks})", [[at, *values] for at, values in table.rows])

    def query(self, sql):
        return self.connection.execute(sql).fetchall()

    def select(self, predicates):
        for predicate in predicates:
            yield {row[0] for row in self.query(f"SELECT id FROM t WHERE {predicate}")}

    def values(self, expressions):
        for expression in expressions:
            yield dict(self.query(f"SELECT id, {expression} FROM t"))


class DuckDb(Sqlite):
    dialect = "duckdb"
    layouts = ["flat", "flat with member", "nested", "json"]
    zones = ["UTC", "America/New_York", "Pacific/Auckland"]
    has_nanos = False

    def __init__(self):
        import duckdb
        self.connection = duckdb.connect()
        print("DuckDB", duckdb.__version__)

    def zone(self, zone):
        self.connection.execute(f"SET TimeZone = '{zone}'")

    def type(self, kind):
        if isinstance(kind, dict):
            return "STRUCT(" + ", ".join(f'"{key}" {self.type(own)}' for key, own in kind.items()) + ")"
        return {"text": "VARCHAR", "boolean": "BOOLEAN", "timestamp": "TIMESTAMPTZ", "json": "VARCHAR"}[kind]

    def load(self, table):
        columns = ", ".join(f'"{name}" {self.type(kind)}' for name, kind in table.types.items())
        self.connection.execute("DROP TABLE IF EXISTS t")
        self.connection.execute(f"CREATE TABLE t (id INTEGER, {columns})")
        marks = ", ".join(f"CAST(? AS {self.type(kind)})" for kind in table.types.values())
        rows = [[at, *values] for at, values in table.rows]
        self.connection.executemany(f"INSERT INTO t VALUES (?, {marks})", rows)


class Postgres(DuckDb):
    dialect = "postgres"

    def __init__(self):
        import os
        import psycopg
        self.connection = psycopg.connect(os.environ["POSTGRES"], autocommit=True, cursor_factory=psycopg.ClientCursor)
        print("PostgreSQL", self.query("SHOW server_version")[0][0])

    def zone(self, zone):
        self.connection.execute(f"SET TIME ZONE '{zone}'")

    def type(self, kind):
        if isinstance(kind, dict):
            self.count = getattr(self, "count", 0) + 1
            name = f"struct{self.count}"
            fields = ", ".join(f'"{key}" {self.type(own)}' for key, own in kind.items())
            self.connection.execute(f"DROP TYPE IF EXISTS {name} CASCADE")
            self.connection.execute(f"CREATE TYPE {name} AS ({fields})")
            return name
        return {"text": "text", "boolean": "boolean", "timestamp": "timestamptz", "json": "jsonb"}[kind]

    def load(self, table):
        def literal(kind, found):
            from psycopg import sql
            if isinstance(kind, dict) and found is not None:
                return "ROW(" + ", ".join(literal(own, found[key]) for key, own in kind.items()) + ")"
            return sql.Literal(found).as_string(self.connection)
        types = {name: self.type(kind) for name, kind in table.types.items()}
        columns = ", ".join(f'"{name}" {own}' for name, own in types.items())
        self.connection.execute("DROP TABLE IF EXISTS t")
        self.connection.execute(f"CREATE TABLE t (id INTEGER, {columns})")
        for at, values in table.rows:
            values = [f"({literal(kind, found)})::{types[name]}"
                      for (name, kind), found in zip(table.types.items(), values)]
            self.connection.execute(f"INSERT INTO t VALUES ({at}, {', '.join(values)})")


class Spark:
    dialect = "spark"
    layouts = ["flat", "flat with member", "nested", "json"]
    zones = ["America/New_York"]
    has_nanos = False

    def __init__(self):
        from pyspark.sql import SparkSession
        self.session = (SparkSession.builder.master("local[2]")
                        .config("spark.ui.enabled", "false")
                        .config("spark.ui.showConsoleProgress", "false")
                        .config("spark.sql.shuffle.partitions", "1")
                        .config("spark.driver.memory", "3g")
                        .getOrCreate())
        self.session.sparkContext.setLogLevel("ERROR")
        print("Spark", self.session.version)

    def zone(self, zone):
        self.session.conf.set("spark.sql.session.timeZone", zone)

    def load(self, table):
        from pyspark.sql import functions, types

        def of(kind):
            if isinstance(kind, dict):
                return types.StructType([types.StructField(key, of(own)) for key, own in kind.items()])
            return types.BooleanType() if kind == "boolean" else types.StringType()
        schema = types.StructType([types.StructField("id", types.IntegerType())]
                                  + [types.StructField(name, of(kind)) for name, kind in table.types.items()])
        rows = [(at, *values) for at, values in table.rows]
        frame = self.session.createDataFrame(rows, schema)
        for name, kind in table.types.items():
            if kind == "timestamp":
                frame = frame.withColumn(name, functions.col(name).cast("timestamp"))
        self.frame = frame.coalesce(1).cache()
        self.frame.count()

    def columns(self, expressions):
        """Evaluates many expressions at once, because a query takes long to start."""
        from pyspark.sql import functions
        for start in range(0, len(expressions), 50):
            batch = expressions[start:start + 50]
            chosen = [functions.expr(own).alias(f"c{at}") for at, own in enumerate(batch)]
            rows = self.frame.select("id", *chosen).collect()
            for at in range(len(batch)):
                yield {row["id"]: row[f"c{at}"] for row in rows}

    def select(self, predicates):
        for at, (predicate, found) in enumerate(zip(predicates, self.columns(predicates))):
            selected = {row for row, own in found.items() if own}
            if at % 25 == 0:
                where = {row["id"] for row in self.frame.where(predicate).select("id").collect()}
                assert where == selected, predicate
            yield selected

    def values(self, expressions):
        yield from self.columns(expressions)


def run(engine, cases):
    """Compares everything; returns the number of differences."""
    wrong = compared = 0
    for case in cases:
        has_times = any(kind == "timestamp" for _, kind in case["columns"])
        for zone in engine.zones if has_times else engine.zones[:1]:
            if zone:
                engine.zone(zone)
            for layout in engine.layouts:
                if not any(f"{engine.dialect} {layout}" in own["sql"] for own in case["filters"]):
                    continue
                table = Table(case, layout, engine.has_nanos)
                engine.load(table)
                filters = [(own, own["sql"][f"{engine.dialect} {layout}"]) for own in case["filters"]]
                usable = [(own, sql) for own, sql in filters if "where" in sql]
                selected = engine.select([sql["where"] for _, sql in usable])
                values = engine.values([sql["value"] for _, sql in usable])
                for (own, sql), rows, value in zip(usable, selected, values):
                    for at, _ in table.rows:
                        compared += 1
                        expected = own["matches"][at] == "1"
                        if (at in rows) != expected or value[at] is None or bool(value[at]) != expected:
                            wrong += 1
                            if wrong <= 10:
                                print("WRONG", case["method"], layout, zone, own["text"], sql["where"],
                                      case["rows"][at], "expected", expected, "value", value[at], sep="\n  ")
                print(f"{case['method']}, {layout}, {zone or 'no'} time zone: {len(usable)} filters"
                      f" ({len(filters) - len(usable)} refused), {len(table.rows)} rows")
    print(f"{compared} comparisons, {wrong} wrong")
    return wrong


def parse(cases):
    """Parses the text for BigQuery; returns the number of errors."""
    import sqlglot
    print("sqlglot", sqlglot.__version__)
    count = wrong = 0
    for case in cases:
        for own in case["filters"]:
            for name, sql in own["sql"].items():
                if name.startswith("bigquery ") and "where" in sql:
                    for text in [sql["where"], sql["value"]]:
                        count += 1
                        try:
                            sqlglot.parse_one(f"SELECT * FROM t WHERE {text}", dialect="bigquery")
                        except sqlglot.errors.SqlglotError as error:
                            wrong += 1
                            print("WRONG", text, error, sep="\n  ")
    print(f"{count} texts parsed, {wrong} wrong")
    return wrong


def main():
    engine, path = sys.argv[1:]
    with open(path) as file:
        cases = [json.loads(line) for line in file]
    if engine == "bigquery":
        sys.exit(parse(cases) > 0)
    engines = {"sqlite": Sqlite, "duckdb": DuckDb, "postgres": Postgres, "spark": Spark}
    sys.exit(run(engines[engine](), cases) > 0)


main()
