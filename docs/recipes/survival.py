"""Work out how long arrangements last, as /numbers/ says it, from the registry's files.

    python survival.py FOLDER-OR-ADDRESS [FILTERS]

As counts.py. Kaplan and Meier's estimate, once with every time as short and once as
long as the sources allow. A date in doubt, such as 2012?, is taken at its word.
"""

import sys

import pandas as pd

YEARS = (1, 2, 5, 10)

where, *filters = sys.argv[1:]
query = f"?{filters[0]}" if filters and filters[0] else ""
rows = pd.read_csv(f"{where.rstrip('/')}/partnerships.csv{query}")
rows["is_over"] = rows["status"] == "ended"
days = {}
for name in ("started", "ended", "latest_evidence"):
    for bound in ("earliest", "latest"):
        column = f"{name}_{bound}"
        days[column] = pd.to_datetime(rows[column])

# It ended, or was followed until its newest evidence.
first_end = days["ended_earliest"].fillna(days["latest_evidence_earliest"])
last_end = days["ended_latest"].fillna(days["latest_evidence_latest"])
# If the end is not known, or whether there was one, it may have been on the first day.
is_seen = days["ended_earliest"].notna() | (rows["status"] == "ongoing")
first_end = first_end.where(is_seen, days["started_latest"])
rows["short"] = (first_end - days["started_latest"]).dt.days.clip(lower=0)
rows["long"] = (last_end - days["started_earliest"]).dt.days.clip(lower=0)


def estimate(time, is_over, until):
    share = 1.0
    for day in sorted(time[is_over].unique()):
        if day <= until:
            share *= 1 - (is_over & (time == day)).sum() / (time >= day).sum()
    return share


def show(key, some):
    of = len(some)
    some = some[some["long"].notna()]
    print(f"survival/{key}/followed\t{len(some)} of {of}")
    print(f"survival/{key}/ended\t{some['is_over'].sum()} of {len(some)}")
    for reading in ("short", "long"):
        for years in YEARS:
            until = years * 365.25
            at_risk = int((some[reading] >= until).sum())
            share = estimate(some[reading], some["is_over"], until)
            said = f"{share:.0%}" if at_risk or share == 0 else "not known"
            print(f"survival/{key}/{reading}/{years}\t{said} ({at_risk})")


show("all", rows)
for name in ("delivery_model", "relationship"):
    for value, some in rows.groupby(name):
        show(f"{name}/{value}", some)
