"""What holds everywhere: layers, names, templates, nothing from the internet."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent
# Each may import those below it, and itself.
FLOORS = (
    ("marketing_map",),
    ("outreach",),
    ("whitelist",),
    ("branches",),
    ("trust", "jobs"),
)
APPS = tuple(app for floor in FLOORS for app in floor)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = sorted(
    path
    for path in (ROOT / "static").rglob("*")
    if path.suffix in {".js", ".css", ".svg"} and path.is_file()
)
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported_apps(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)


def may_import(app: str) -> set[str]:
    floor = next(i for i, apps in enumerate(FLOORS) if app in apps)
    return {app} | {below for apps in FLOORS[floor + 1 :] for below in apps}


@pytest.mark.parametrize("app", APPS)
def test_imports_run_one_way(app: str) -> None:
    allowed = may_import(app)
    wrong = [
        f"{name(path)} imports {other}"
        for path in (ROOT / app).rglob("*.py")
        for other in imported_apps(path)
        if other in APPS and other not in allowed
    ]
    assert not wrong


def test_the_import_check_sees_an_import_inside_a_function(tmp_path: Path) -> None:
    module = tmp_path / "x.py"
    module.write_text("def f():\n    from outreach.models import Lead\n")
    assert list(imported_apps(module)) == ["outreach"]
    assert "outreach" not in may_import("whitelist")


def test_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "helpers", "common", "misc", "tools"}
    assert not [name(path) for path in [*SOURCES, *STATIC] if path.stem in drawers]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_parse(path: Path) -> None:
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_keep_to_the_content_security_policy(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text())
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "inline event handler"
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "inline style"
    assert "<style" not in text
    assert "javascript:" not in text
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or "nonce=" in script or "application/json" in script, script


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=name)
def test_nothing_is_fetched_from_the_internet(path: Path) -> None:
    text = path.read_text()
    fetched = re.findall(
        r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//[^\s"'>]+"""
        r"""|url\(\s*["']?(?:https?:)?//[^)]+"""
        r"""|(?:from|import|import\(|fetch\()\s*["'](?:https?:)?//[^"']+""",
        text,
    )
    assert not fetched


@pytest.mark.parametrize("path", STATIC, ids=name)
def test_scripts_turn_no_text_into_html(path: Path) -> None:
    if path.suffix != ".js":
        return
    text = re.sub(r"//.*", "", path.read_text())
    assert not re.search(r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(", text)


def test_no_path_of_somebodys_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    pattern = re.compile(rb"/(?:home|Users|work|root)/[a-z]")
    wrong = [
        path
        for path in listed.split("\0")
        if path
        and (ROOT / path).is_file()
        and path != "tests/test_conventions.py"
        and pattern.search((ROOT / path).read_bytes())
    ]
    assert not wrong


def test_the_lock_files_name_no_index() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"https?://|--index|--find-links|@ file:", lock.read_text())


ACCOUNT = ROOT / "templates" / "account"  # one's own name, number and password


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if not path.is_relative_to(ACCOUNT)], ids=name
)
def test_the_browser_keeps_nothing_that_was_typed_about_somebody(path: Path) -> None:
    """To bring pages back after a crash Chromium writes to disk what was typed into a form,
    unless the form says otherwise; saying it at the field is not enough."""
    forms = re.findall(r"(?s)<form\b.*?</form>", path.read_text())
    typed = [each for each in forms if re.search(r'<textarea|type="(search|tel)"', each)]
    kept = [each[:80] for each in typed if 'autocomplete="off"' not in each.splitlines()[0]]
    assert not kept
