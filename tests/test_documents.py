"""README.md and docs/ say what the product does, word for word where it matters."""

import json
from collections import Counter
from pathlib import Path

import pytest

from partnerships.dictionary import TABLES
from partnerships.filters import PartnershipFilter

ROOT = Path(__file__).resolve().parent.parent
RECORDS = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def in_code(names, text):
    return [name for name in names if f"`{name}`" not in text]


def test_every_file_is_named():
    assert in_code([table.file_name for table in TABLES[1:]], RECORDS) == []


@pytest.mark.django_db
def test_every_filter_and_every_value_of_a_short_vocabulary_is_described():
    questions = PartnershipFilter()
    assert in_code(questions.filters, RECORDS) == []
    for name in ("status", "relationship", "delivery_model", "confidence"):
        values = [str(value) for value, _ in questions.filters[name].field.choices]
        assert in_code(values, RECORDS) == []


@pytest.mark.django_db
def test_the_readme_counts_the_filters():
    asking = [name for name in PartnershipFilter().filters if name != "sort"]
    assert f"by {len(asking)} filters" in README


def test_the_readme_counts_the_rows_that_are_shipped():
    shipped = Counter(
        row["model"].partition(".")[2]
        for file in (ROOT / "fixtures").glob("*.json")
        for row in json.loads(file.read_text(encoding="utf-8"))
    )
    told: dict[str, int] = {}
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[2][:1].isdigit():
            names = [name.strip().lower() for name in cells[0].split(",")]
            told |= zip(names, map(int, cells[2].split(",")), strict=True)
    assert told.keys() >= shipped.keys()
    assert told == {name: shipped[name] for name in told}
