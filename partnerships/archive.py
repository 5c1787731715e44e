"""All tables of a list as one ZIP that says what it is and can be checked and repeated.

The same data and the same question make the same bytes: the files have a fixed order
and time, and are stored as they are, because compressors differ between versions.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from councils.csv_export import csv_lines
from councils.exports import COUNCILS, SUCCESSIONS
from councils.filters import CouncilFilter
from councils.models import Council
from councils.tables import Table
from councils.versions import kept

from .dictionary import TABLES, Field, data_package, fields
from .models import Partnership, PartnershipQuerySet, Release

Files = dict[str, bytes]
PACKAGE = "datapackage.json"
NO_TIME = (1980, 1, 1, 0, 0, 0)
LICENCE = """\
Council codes, names and points come from the Office for National Statistics, GOV.UK
registers and digital-land, under the Open Government Licence v3.0:
https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/
They contain OS data, Crown copyright and database right. Names and former codes follow
mySociety's list of UK local authorities, under CC BY 4.0:
https://creativecommons.org/licenses/by/4.0/

Facts about arrangements come from the sources that each record cites; the wording is
the registry's own. No licence has been chosen for that wording yet: quote it, and name
the registry, as you would with any publication.
"""


class Written(NamedTuple):
    """One table as a file, and how many rows it has without its header."""

    file_name: str
    content: bytes
    rows: int


class Registry:
    """All that readers may see, read once: a name and a file cannot disagree."""

    def __init__(self):
        self.partnerships = list(
            Partnership.objects.published().for_tables().in_order()
        )
        self.councils = list(CouncilFilter(queryset=Council.objects.for_list()).qs)

    def written(self, partnerships: Iterable[Partnership]) -> list[Written]:
        """Write every table of these partnerships; councils and successions whole."""
        of = {COUNCILS.name: self.councils, SUCCESSIONS.name: self.councils}
        return [write(table, of.get(table.name, partnerships)) for table in TABLES]

    @cached_property
    def digest(self) -> str:
        """Return what is the same only if every cell and every meaning is the same."""
        total = hashlib.sha256(dictionary())
        for it in self.written(self.partnerships):
            total.update(it.file_name.encode() + b"\0" + it.content)
        return total.hexdigest()[:16]

    @property
    def name(self) -> str:
        return Release.objects.name_of(self.digest)

    def found_by(self, partnerships: PartnershipQuerySet) -> list[Partnership]:
        """Return the partnerships of a list in its order, as they were read here.

        As at a day they are other records, with other members, and are read again.
        """
        if "as_at" in partnerships.query.annotations:
            return list(partnerships)
        mine = {it.pk: it for it in self.partnerships}
        found = []
        for one in partnerships.prefetch_related(None):
            if it := mine.get(one.pk):
                it.runs = one.runs
                found.append(it)
        return found


@kept
def name_of_the_data() -> str:
    """Return what names the data: a release's number while they are its data."""
    return Registry().name


def write(table: Table, records: Iterable) -> Written:
    lines = list(csv_lines(table.columns, table.rows(records)))
    return Written(table.file_name, "".join(lines).encode(), len(lines) - 1)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def dictionary() -> bytes:
    return as_csv([Field._fields, *fields()])


def archive(
    partnerships: PartnershipQuerySet,
    *,
    address: str,
    in_words: list[tuple[str, str]],
    date: str,
) -> tuple[str, bytes]:
    """Return the name of the data and the ZIP of these partnerships' tables.

    `address` asks for it again; `in_words` says its filters; `date` is the date of the
    data.
    """
    registry = Registry()
    # Not what is kept of an earlier moment: the name is that of these cells.
    name = registry.name
    content = assembled(
        name,
        registry.written(registry.found_by(partnerships)),
        description(),
        address=address,
        in_words=in_words,
        date=date,
    )
    return name, content


def description() -> Files:
    """Return the files that say what the tables mean and what may be done with them."""
    package = data_package(lambda table: table.file_name)
    return {
        "dictionary.csv": dictionary(),
        "LICENCE.txt": LICENCE.encode(),
        PACKAGE: as_json(package),
    }


def assembled(
    name: str,
    tables: list[Written],
    described: Files,
    *,
    address: str,
    in_words: list[tuple[str, str]],
    date: str,
) -> bytes:
    """Return the ZIP of these tables, with their counts and checksums.

    Releases that are made already go through here too: whoever changes a word of it
    changes checksums that readers have written down.
    """
    files = {it.file_name: it.content for it in tables} | described
    package: dict[str, Any] = json.loads(files[PACKAGE])
    package |= {"version": name, "homepage": address}
    for resource, it in zip(package["resources"], tables, strict=True):
        resource["bytes"] = len(it.content)
        resource["hash"] = f"sha256:{digest(it.content)}"
        resource["rows"] = it.rows
    files[PACKAGE] = as_json(package)
    files["README.txt"] = readme(name, tables, address, in_words, date).encode()
    sums = "".join(f"{digest(text)}  {file}\n" for file, text in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    return zipped(files)


def as_json(described: dict[str, Any]) -> bytes:
    return json.dumps(described, ensure_ascii=False, indent=2).encode()


def readme(name, tables, address, in_words, date) -> str:
    filters = "\n".join(f"  {label}: {words}" for label, words in in_words)
    rows = "\n".join(f"  {it.file_name}: {it.rows}" for it in tables)
    return f"""\
Shared Services Partnership Registry: arrangements of UK councils

Data: {name}
Date of the data: {date}
Address: {address}
Filters:
{filters or "  none: every published record"}

Rows without the header:
{rows}

The tables hold the records that the filters find, in the order of the list, and all
councils and successions. Files with one name of the data come from one state of the
registry: the same address and the same name make the same file, byte for byte.

dictionary.csv says what each column means, its unit, its values and what an empty cell
says; datapackage.json says the same for programs. LICENCE.txt says what may be done
with it. SHA256SUMS holds the checksum of every other file: check them with
"sha256sum --check SHA256SUMS".
"""


def zipped(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system = 3  # else it would tell where it was made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def unzipped(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
