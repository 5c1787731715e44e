"""Work out the counts on /numbers/ again, from the files of the registry.

    python counts.py FOLDER-OR-ADDRESS [FILTERS]

FOLDER-OR-ADDRESS holds partnerships.csv and the others: the folder of an unpacked
registry.zip, or the registry's own address, such as https://registry.example.org.
FILTERS are those of the page, such as "status=ended". Needs pandas. Prints each figure
with its key, as the page has it.
"""

import sys

import pandas as pd


def table(name):
    where, *filters = sys.argv[1:]
    query = f"?{filters[0]}" if filters and filters[0] else ""
    # As text: a column of dates that are all years would be read as numbers.
    return pd.read_csv(f"{where.rstrip('/')}/{name}.csv{query}", dtype=str)


def show(key, value):
    print(f"{key}\t{value}")


partnerships = table("partnerships")
total = len(partnerships)
show("total", total)

for name in ("status", "delivery_model", "relationship"):
    for value, number in partnerships[name].value_counts().items():
        show(f"{name}/{value}", f"{number} of {total}")

functions = table("functions")
for value, number in functions["function"].value_counts().items():
    show(f"function/{value}", f"{number} of {total}")

# Each arrangement once for each nation that a member is in.
nations = (
    partnerships.set_index("slug")["council_nations"].dropna().str.split("; ").explode()
)
nations = nations.reset_index().drop_duplicates()
for value, number in nations["council_nations"].value_counts().items():
    show(f"nation/{value}", f"{number} of {total}")


def by_year(name, rows):
    # A date such as 2012? is in doubt, and counts as not known.
    years = rows[name].where(~rows[name].str.endswith(("?", "~"), na=False))
    years = years.str[:4].fillna("not-known")
    for year, number in years.value_counts().items():
        show(f"{name}/{year}", f"{number} of {len(rows)}")


by_year("started", partnerships)
ended = partnerships[partnerships["status"] == "ended"]
by_year("ended", ended)
show("reasons", f"{ended['end_reason'].notna().sum()} of {len(ended)}")
