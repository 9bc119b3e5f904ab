"""Matches a dump with DuckDB on two threads: FILE CONDITION OUTPUT COLUMNS.

Prints the seconds that the query took, without starting Python and the database.
"""

import sys
import time

import duckdb

file, condition, output, columns = sys.argv[1:]
connection = duckdb.connect()
connection.execute("SET threads = 2")
start = time.perf_counter()
connection.execute(f"""
    COPY (
        SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {columns})
        WHERE {condition}
    ) TO '{output}' (FORMAT json)
""")
print(time.perf_counter() - start)
