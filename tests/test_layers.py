"""The architecture, held: briefings build on partnerships, those on councils.

Nothing builds on accounts.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["councils", "partnerships", "briefings", "accounts"]  # lowest first


def modules_imported(path: Path):
    """Yield the top package and the line of every absolute import in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            yield name.partition(".")[0], f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("app", LAYERS)
def test_an_app_imports_neither_a_higher_one_nor_config(app):
    refused = {*LAYERS[LAYERS.index(app) + 1 :], "config"}
    crossings = [
        f"{place} imports {top}"
        for path in (ROOT / app).rglob("*.py")
        for top, place in modules_imported(path)
        if top in refused
    ]
    assert crossings == []


@pytest.mark.parametrize("app", LAYERS)
def test_an_app_imports_itself_relatively(app):
    """So that an absolute import always shows a crossing between apps.

    Commands lie three folders down, where a relative import says little.
    """
    roundabout = [
        place
        for path in (ROOT / app).rglob("*.py")
        if not {"migrations", "management"} & {*path.parts}
        for top, place in modules_imported(path)
        if top == app
    ]
    assert roundabout == []


def test_config_imports_no_app():
    assert [
        place
        for path in (ROOT / "config").rglob("*.py")
        for top, place in modules_imported(path)
        if top in LAYERS
    ] == []


def test_no_app_listens_to_the_saves_of_models():
    """A save does what its model and its admin say, and nothing from afar."""
    hidden = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for app in LAYERS
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in hidden
    ] == []
