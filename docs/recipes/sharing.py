"""Work out who shares with most others, as /numbers/ says it, from the files.

    python sharing.py FOLDER-OR-ADDRESS [FILTERS]

As counts.py.
"""

import sys

import pandas as pd

where, *filters = sys.argv[1:]
query = f"?{filters[0]}" if filters and filters[0] else ""
pairs = pd.read_csv(f"{where.rstrip('/')}/co-partners.csv{query}")
turned = pairs.rename(columns={"council_a": "council_b", "council_b": "council_a"})
both = pd.concat([pairs, turned])[["partnership", "council_a", "council_b"]]
found = both.groupby("council_a").nunique()
found = found.sort_index().sort_values("council_b", ascending=False, kind="stable")
for council, row in found.head(10).iterrows():
    print(f"sharing/{council}\t{row['council_b']} ({row['partnership']})")
