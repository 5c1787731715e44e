"""Work out who shares with most others, as /numbers/ says it, from the files.

    python sharing.py FOLDER-OR-ADDRESS [FILTERS]

As counts.py.
"""

import sys

import pandas as pd

where, *filters = sys.argv[1:]
query = f"?{filters[0]}" if filters and filters[0] else ""
where = where.rstrip("/")
total = len(pd.read_csv(f"{where}/partnerships.csv{query}"))
pairs = pd.read_csv(f"{where}/co-partners.csv{query}")

turned = pairs.rename(columns={"council_a": "council_b", "council_b": "council_a"})
both = pd.concat([pairs, turned])[["partnership", "council_a", "council_b"]]
found = both.groupby("council_a").nunique()
print(f"sharing\t{len(found)}")
# The ten with most others, and all that have as many as the tenth.
for council, row in found.nlargest(10, "council_b", keep="all").iterrows():
    print(f"sharing/{council}/councils\t{row['council_b']}")
    print(f"sharing/{council}/records\t{row['partnership']} of {total}")

together = pairs.groupby(["council_a", "council_b"])["partnership"].nunique()
several = together[together > 1]
print(f"pairs\t{len(several)} of {len(together)}")
for (a, b), number in several.items():
    print(f"pair/{a}/{b}\t{number} of {total}")
