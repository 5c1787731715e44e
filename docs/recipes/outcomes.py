"""Work out the outcomes and the money on /numbers/ again, from the registry's files.

    python outcomes.py FOLDER-OR-ADDRESS [FILTERS]

As counts.py. Nothing is added up: amounts a year and in total are different things, and
two sources may tell of one pound.
"""

import sys

import pandas as pd


def table(name):
    where, *filters = sys.argv[1:]
    query = f"?{filters[0]}" if filters and filters[0] else ""
    return pd.read_csv(f"{where.rstrip('/')}/{name}.csv{query}")


def show(key, value):
    print(f"{key}\t{value}")


total = len(table("partnerships"))
outcomes = table("outcomes")

for (kind, result), number in outcomes.groupby(["kind", "result"]).size().items():
    show(f"outcomes/{kind}/{result}", number)
for kind, number in outcomes.groupby("kind").size().items():
    show(f"outcomes/{kind}", number)
show("outcomes", f"{outcomes['partnership'].nunique()} of {total}")

money = outcomes[outcomes["amount"].notna()]
for (result, period), some in money.groupby(["result", "period"]):
    key = f"money/{result}/{period}"
    show(f"{key}/records", f"{some['partnership'].nunique()} of {total}")
    show(f"{key}/amounts", len(some))
    show(f"{key}/least", f"{some['amount'].min():.0f}")
    show(f"{key}/middle", f"{some['amount'].median():.0f}")
    show(f"{key}/most", f"{some['amount'].max():.0f}")
