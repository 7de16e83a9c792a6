"""Every text of the screens has its English, and the compiled catalogue is current."""

import re
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale" / "en" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\((\w+)\)|{(\w+)}")


def test_every_text_is_translated() -> None:
    catalogue = polib.pofile(str(LOCALE / "django.po"))
    missing = [entry.msgid for entry in catalogue.untranslated_entries()]
    fuzzy = [entry.msgid for entry in catalogue.fuzzy_entries()]
    assert (missing, fuzzy) == ([], [])


def test_translations_keep_their_placeholders() -> None:
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(LOCALE / "django.po")).translated_entries()
        if not entry.msgid_plural
        and set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert wrong == []


def test_the_compiled_catalogue_says_the_same() -> None:
    texts = {
        entry.msgid: entry.msgstr
        for entry in polib.pofile(str(LOCALE / "django.po"))
        if entry.msgstr
    }
    compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(LOCALE / "django.mo"))}
    assert {text: compiled.get(text) for text in texts} == texts
