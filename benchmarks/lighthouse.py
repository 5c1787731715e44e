"""Ask Lighthouse about the main pages, as on a slow phone: `./run bench --lighthouse`.

The pages are those of the shipped registry, served as `./run` does from a database of
their own. Ends with 1 if a page scores less than all of 100 points for performance.
"""

import json
import os
import subprocess
import sys
import tempfile
from itertools import repeat
from pathlib import Path

from benchmarks.peer import SERVE, asking, free_port, served

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "benchmarks" / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = ["/partnerships/", "/partnerships/ek-services/", "/case-studies/ek-services/"]
FLAGS = "--headless=new --no-sandbox --disable-gpu"
FIGURES = {
    "first-contentful-paint": "first text",
    "largest-contentful-paint": "largest part",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "shift",
}
# It misses the beginning of a page now and then, and says so.
TRIES = 5


def asked(address: str, report: Path, env: dict[str, str]) -> dict:
    """Return the report of one page."""
    command = ["node", str(PROGRAM), address, f"--output-path={report}", "--quiet"]
    command += ["--output=json", "--only-categories=performance"]
    for _ in range(TRIES):
        report.unlink(missing_ok=True)
        done = subprocess.run(  # noqa: S603
            [*command, f"--chrome-flags={FLAGS}"],
            env=env,
            capture_output=True,
            text=True,
        )
        if report.exists():
            found = json.loads(report.read_text())
            if "runtimeError" not in found:
                return found
    sys.exit(f"Lighthouse could not load {address}: {done.stderr.strip()}")


def main() -> int:
    worst = 100
    with tempfile.TemporaryDirectory(prefix="registry-lighthouse-") as folder:
        port = free_port()
        env = os.environ | {
            "CHROME_PATH": os.environ["CHROMIUM"],  # ./run has looked for it
            "DATABASE_URL": f"sqlite:///{folder}/registry.sqlite3",
            "PORT": str(port),
            "WEB_CONCURRENCY": "1",
        }
        load = [sys.executable, "manage.py", "load_registry", "--migrate"]
        subprocess.run(  # noqa: S603
            load, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )
        with served(SERVE, port, env):
            for page in PAGES:
                # The first reader of a page after a start pays for its templates.
                asking(port, repeat(page))()
                report = Path(folder, "report.json")
                told = asked(f"http://127.0.0.1:{port}{page}", report, env)
                score = round(told["categories"]["performance"]["score"] * 100)
                figures = ", ".join(
                    f"{words} {told['audits'][name]['displayValue']}"
                    for name, words in FIGURES.items()
                )
                print(f"{score:3}  {page}  {figures}", flush=True)
                worst = min(worst, score)
    return 0 if worst == 100 else 1


if __name__ == "__main__":
    sys.exit(main())
