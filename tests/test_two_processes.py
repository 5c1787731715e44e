"""Two processes that save one record as fast as they can lose no change of either."""

import os
import subprocess
import sys

from tests.conftest import ROOT, new_database

TRIES = 500
STEPS = (1, 1000)
MAKE_A_RECORD = """
from django.contrib.auth import get_user_model
from tests.factories import PartnershipFactory, ServiceFunctionFactory
record = PartnershipFactory(staff=0, publication="draft", latest_evidence="2014")
record.functions.add(ServiceFunctionFactory())
get_user_model().objects.create_superuser("editor")
"""
SAY_WHAT_IS_THERE = """
from partnerships.models import Partnership
record = Partnership.objects.get()
print(record.staff, record.changes.count())
"""


def test_no_update_is_lost_in_a_thousand_tries(tmp_path):
    databases = new_database(tmp_path)
    env = os.environ | {
        "DATABASE_URL": next(databases),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def said(process):
        out, errors = process.communicate()
        assert process.returncode == 0, errors[-3000:]
        return out

    said(start("manage.py", "migrate", "--verbosity=0"))
    said(start("manage.py", "shell", "--verbosity=0", "-c", MAKE_A_RECORD))
    both = [
        start("-m", "tests.saving_in_a_loop", str(TRIES), str(step)) for step in STEPS
    ]
    counts = [[int(word) for word in said(process).split()] for process in both]
    accepted = [saved for saved, _ in counts]
    refused = [late for _, late in counts]
    assert sum(accepted) + sum(refused) == 2 * TRIES
    assert any(accepted)
    # Otherwise the two never met, and nothing was tried.
    assert any(refused)
    shown = said(start("manage.py", "shell", "--verbosity=0", "-c", SAY_WHAT_IS_THERE))
    staff, changes = map(int, shown.split())
    assert staff == sum(
        saves * step for saves, step in zip(accepted, STEPS, strict=True)
    )
    # The first change also kept what the record said before it.
    assert changes == sum(accepted) + 1
    databases.close()
