"""The API as it is served, asked by a fuzzer."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
]


def test_a_fuzzer_meets_no_error_and_no_answer_that_is_not_described(site, tmp_path):
    done = subprocess.run(
        [
            SCHEMATHESIS,
            "run",
            f"{site}/api/v1/openapi.json",
            "--phases=coverage,fuzzing",
            "--max-examples=10",
            "--seed=1",
            f"--checks={','.join(CHECKS)}",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "8 selected / 8 total" in done.stdout
