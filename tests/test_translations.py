"""Every text of the screens has its English, and the compiled catalogues are current."""

import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = [ROOT / "locale/en/LC_MESSAGES" / f"{name}.po" for name in ("django", "djangojs")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|{\w+}")
HAN = re.compile(r"[\u4e00-\u9fff]")
# Headings and values of a file are named as they must stand in it.
# (and so are the placeholders of scripts).
QUOTES_CHINESE = ("请写“是”或“否”。", "“客户号、姓名、手机号”", "{姓名}", "{链接}")

pytestmark = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)


def pairs(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    """Each Chinese text of the entry with its English."""
    if entry.msgid_plural:
        for english in entry.msgstr_plural.values():
            yield entry.msgid_plural, english
    else:
        yield entry.msgid, entry.msgstr


def texts(path: Path) -> set[tuple[str | None, str, str]]:
    return {(each.msgctxt, each.msgid, each.msgid_plural) for each in polib.pofile(str(path))}


def test_every_text_is_translated(path: Path) -> None:
    catalogue = polib.pofile(str(path))
    missing = [entry.msgid for entry in catalogue.untranslated_entries()]
    fuzzy = [entry.msgid for entry in catalogue.fuzzy_entries()]
    assert len(catalogue) > 20
    assert (missing, fuzzy) == ([], [])


def test_translations_are_english(path: Path) -> None:
    left = [
        english
        for entry in polib.pofile(str(path))
        for chinese, english in pairs(entry)
        if HAN.search(english) and not any(quoted in chinese for quoted in QUOTES_CHINESE)
    ]
    assert left == []


def test_translations_keep_their_placeholders(path: Path) -> None:
    wrong = [
        english
        for entry in polib.pofile(str(path))
        for chinese, english in pairs(entry)
        if sorted(PLACEHOLDER.findall(chinese)) != sorted(PLACEHOLDER.findall(english))
    ]
    assert wrong == []


def test_the_compiled_catalogue_says_the_same(path: Path) -> None:
    source = {e.msgid: (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(path))}
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert {e.msgid: (e.msgstr, e.msgstr_plural) for e in compiled} == source


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="collecting needs gettext")
def test_the_sources_have_no_other_texts(path: Path, tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("collecting needs the files that git lists")
    for name in listed.stdout.splitlines():
        source = ROOT / name
        if source.suffix in {".py", ".html", ".js", ".po"} and source.is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, tmp_path / name)
    runpy.run_path(str(ROOT / "scripts/messages.py"))["collect"](tmp_path)
    assert texts(tmp_path / path.relative_to(ROOT)) == texts(path)
