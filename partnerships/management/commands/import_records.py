"""Add records from a JSON file, all or none."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from partnerships.choices import Publication
from partnerships.importing import import_records


class Command(BaseCommand):
    help = (
        "Add the partnerships of a JSON file to the registry, with members, aims,"
        " outcomes and sources. Reports on each record; if one is refused, nothing is"
        " written. Records that the registry has already are left alone."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a JSON list of records")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="show the records to readers at once; else they are drafts",
        )
        parser.add_argument(
            "--keep-going",
            action="store_true",
            help="write the sound records although others are refused",
        )
        parser.add_argument(
            "--trial", action="store_true", help="report, and write nothing"
        )

    def handle(self, *, file, publish, keep_going, trial, **options):
        reports = import_records(
            self.read(file),
            publication=Publication.PUBLISHED if publish else Publication.DRAFT,
            keep_going=keep_going,
            trial=trial,
        )
        for report in reports:
            self.stdout.write(f"{report.record}: {report.result}")
            for problem in report.problems:
                self.stdout.write(f"  {problem}")
            for doubt in report.doubts:
                self.stdout.write(f"  to check: {doubt}")
        results = [report.result for report in reports]
        added, refused = results.count("added"), results.count("refused")
        counts = (
            f"{added} sound, {results.count('left alone')} already here,"
            f" {refused} refused"
        )
        if trial:
            self.stdout.write(f"{counts}. A trial: nothing was written.")
        elif refused and not keep_going:
            raise CommandError(f"{counts}. Nothing was written.")
        elif refused:
            raise CommandError(f"{counts}. The sound ones were written.")
        else:
            self.stdout.write(f"{counts}. Written: {added}.")

    def read(self, file: Path) -> list:
        try:
            records = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(f"{file} is not JSON in UTF-8: {error}.") from error
        if not isinstance(records, list):
            raise CommandError(f"{file} holds no list of records.")
        return records
