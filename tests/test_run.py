"""The script that starts everything: a missing piece gets one sentence."""

import os
import re
import runpy
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "run"


@pytest.fixture
def script(monkeypatch, tmp_path):
    """Return the script's names, with a folder of its own for what it makes."""
    names = runpy.run_path(str(RUN), run_name="the run script")
    (tmp_path / ".venv").mkdir()
    its_globals = names["main"].__globals__
    monkeypatch.setitem(its_globals, "ROOT", tmp_path)
    monkeypatch.setitem(its_globals, "VENV", tmp_path / ".venv")
    monkeypatch.setitem(its_globals, "LOG", tmp_path / "run.log")
    return names


def start(*arguments, before="pass", folder=ROOT, **variables):
    """Run the script, after a statement that changes the Python it runs in."""
    program = (
        f"import runpy, sys; {before}; sys.argv = {['run', *arguments]!r}; "
        f"runpy.run_path({str(folder / 'run')!r}, run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )


def sentence(done) -> str:
    """Return the one line that a refusal consists of."""
    assert done.returncode in (1, 2), done.stderr
    (line,) = (done.stdout + done.stderr).splitlines()
    return line


def test_an_older_python_is_told_so():
    done = start(before="sys.version_info = (3, 9, 2)")
    assert "needs Python 3.11 or later" in sentence(done)


def test_a_missing_venv_module_is_named():
    done = start(before="sys.modules['ensurepip'] = None", PORT="0")
    assert "apt install python3-venv" in sentence(done)


def test_a_taken_port_is_named_before_any_work():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = sentence(start(PORT=port))
    assert said.startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert "PORT=8001 ./run" in said


@pytest.mark.parametrize("port", ["http", "-1", "65536", ""])
def test_a_port_that_is_none_is_refused(port):
    assert sentence(start(PORT=port)).startswith(f"PORT is {port!r}")


def test_an_address_of_another_machine_is_refused():
    assert "192.0.2.1 cannot be used" in sentence(start(HOST="192.0.2.1", PORT="0"))


def test_an_empty_address_is_that_of_this_machine_alone():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = sentence(start(HOST="", PORT=port))
    assert said.startswith(f"Port {port} of 127.0.0.1 cannot be used")


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("WEB_CONCURRENCY", "0", 1),
        ("WEB_CONCURRENCY", "x", 1),
        ("SEND_TIMEOUT", "-1", 0),
    ],
)
def test_a_number_that_the_server_cannot_use_is_refused(name, value, least):
    said = sentence(start(PORT="0", **{name: value}))
    assert said == f"{name} is '{value}': give a number from {least} on."


def test_an_empty_setting_of_the_server_is_none(script, monkeypatch):
    names = ["HOST", "WEB_CONCURRENCY", "SEND_TIMEOUT"]
    for name in names:
        monkeypatch.setenv(name, "")
    assert not {*names} & {*script["environment"]()}


def test_a_name_that_no_machine_has_is_refused():
    assert "cannot be used" in sentence(start(HOST="nowhere.invalid", PORT="0"))


def test_a_missing_browser_is_named():
    said = sentence(start("test", CHROMIUM="/no/such/program"))
    assert "apt install chromium" in said


def test_an_unknown_command_is_answered_with_those_there_are():
    assert "./run test" in sentence(start("tset"))


def test_a_folder_that_cannot_be_written_is_named():
    said = sentence(start(before="import os; os.access = lambda *_: False", PORT="0"))
    assert said.startswith(f"{ROOT} cannot be written")


def test_without_the_internet_the_reader_is_told_to_look_at_the_connection(tmp_path):
    for name in ("run", "requirements-uv.txt", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    done = start(folder=tmp_path, PORT="0", **offline)
    assert done.returncode == 1
    assert "Check that this machine reaches the Internet" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "run.log").read_text()


def test_the_key_is_made_once_and_kept_from_others(script, monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = script["environment"]()["SECRET_KEY"]
    assert len(first) >= 50
    assert script["environment"]()["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / ".secret-key").stat().st_mode) == 0o600


def test_the_database_of_the_folder_is_kept_from_others(script, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/registry")
    script["guard_database"]()
    assert not (tmp_path / "registry.sqlite3").exists()
    monkeypatch.delenv("DATABASE_URL")
    script["guard_database"]()
    assert stat.S_IMODE((tmp_path / "registry.sqlite3").stat().st_mode) == 0o600


def test_a_command_before_the_first_start_keeps_the_database_from_others_too(
    script, monkeypatch, tmp_path
):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setitem(script["manage"].__globals__, "set_up_python", lambda _: None)
    monkeypatch.setattr(os, "execve", lambda *_: None)
    script["manage"](["migrate"])
    assert stat.S_IMODE((tmp_path / "registry.sqlite3").stat().st_mode) == 0o600


def test_a_key_of_the_operators_own_wins(script, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "their own")
    assert script["environment"]()["SECRET_KEY"] == "their own"
    assert not (tmp_path / ".secret-key").exists()


def test_compiled_code_is_kept_for_the_next_start(script, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in script["environment"]()


def test_a_step_is_done_again_only_for_other_inputs(script, tmp_path, capsys):
    source, product = tmp_path / "source", tmp_path / "product"
    source.write_text("one")
    append = f"open({str(product)!r}, 'a').write('made ')"

    def step():
        command = [sys.executable, "-c", append]
        script["once"]("a step", [source], product, [command], "No", cwd=tmp_path)

    step()
    step()
    assert product.read_text() == "made "
    source.write_text("two")
    step()
    assert product.read_text() == "made made "
    product.unlink()
    step()
    assert product.read_text() == "made "


def test_a_corrected_build_of_python_is_no_other_python(script, tmp_path, monkeypatch):
    source, product = tmp_path / "source", tmp_path / "product"
    source.write_text("one")
    command = [sys.executable, "-c", f"open({str(product)!r}, 'a').write('made ')"]
    ours = sys.version_info
    builds = [(ours, "in May"), (ours, "in June"), ((ours[0], ours[1] + 1), "in July")]
    for version, built in builds:
        monkeypatch.setattr(sys, "version_info", version)
        monkeypatch.setattr(sys, "version", built)
        script["once"]("a step", [source], product, [command], "No", cwd=tmp_path)
    assert product.read_text() == "made made "


def test_a_step_that_fails_is_tried_again(script, tmp_path, capsys):
    source = tmp_path / "source"
    source.write_text("one")
    fail = [sys.executable, "-c", "raise SystemExit('broken pipe')"]
    for _ in range(2):
        with pytest.raises(SystemExit, match=r"Look again; run\.log holds"):
            script["once"]("a step", [source], tmp_path, [fail], "Look again")
    assert "broken pipe" in (tmp_path / "run.log").read_text()


def test_what_one_of_its_own_commands_says_last_is_repeated(script, tmp_path):
    (tmp_path / "manage.py").write_text(
        "raise SystemExit('One line.\\nHTTPS is wrong: give it 1 or 0.\\n\\n')"
    )
    with pytest.raises(SystemExit) as stopped:
        script["call"]([sys.executable, "manage.py"], "No luck", cwd=tmp_path)
    said = "No luck: HTTPS is wrong: give it 1 or 0. (run.log holds all of it.)"
    assert stopped.value.code == said


def test_the_tests_leave_out_every_setting_of_the_caller():
    settings = (ROOT / "config" / "settings.py").read_text()
    ways = r'(?:is_on|listed|hosts|number|database|environ\.get)\(\s*"([A-Z_]+)"'
    read = re.findall(ways, settings)
    assert read
    script = RUN.read_text()
    assert [name for name in read if f'"{name}"' not in script] == []
