"""Bringing a database that editors have filled to a later version of the code."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, manage, new_database

# Neither form nor constraint minded before 0003.
SLIP = """
from datetime import date
from councils.models import Council
Council.objects.create(
    slug="adur", name="Adur District Council", short_name="Adur", nation="england",
    council_type="non-metropolitan-district", region="south-east",
    ended=date(2919, 3, 31),
)
"""


@pytest.fixture
def older(tmp_path):
    """Return the environment of a database from before days had to be likely."""
    for address in new_database(tmp_path):
        env = os.environ | {"DATABASE_URL": address, "SECRET_KEY": "k" * 50}
        manage(env, "migrate", "councils", "0002")
        yield env


def test_a_row_that_a_new_rule_refuses_is_named_and_nothing_lost(older):
    manage(older, "shell", "-c", SLIP)
    command = [sys.executable, "manage.py", "migrate", "councils"]
    done = subprocess.run(command, cwd=ROOT, env=older, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("adur ends 2919-03-31.")
    correct = "from councils.models import Council as C; C.objects.update(ended=None)"
    manage(older, "shell", "-c", correct)
    manage(older, "migrate", "councils")
