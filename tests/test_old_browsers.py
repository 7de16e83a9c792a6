"""Scripts and styles run in a Chromium 89: the WebView of phones that people in the field carry.

A table of what is newer, the version it came with, and how it looks in the source. What an old
browser may ignore without harm stands behind `@supports`, or in HARMLESS with the reason.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "static" / "js").rglob("*.js"))
# Of packages, and what they use only after asking whether it is there.
PACKAGES = {
    "django_htmx/htmx-2.min.js": {"moveBefore", "setHTML", "view transitions"},
    "leaflet/leaflet.js": set(),
    "leaflet/draw/leaflet.draw.js": set(),
}
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OURS = 89

# (what, first Chromium version, how it looks)
SCRIPT: tuple[tuple[str, int, str], ...] = (
    ("Array.at, String.at", 92, r"\.at\("),
    ("Object.hasOwn", 93, r"\bObject\.hasOwn\b"),
    ("Object.groupBy", 117, r"\b(?:Object|Map)\.groupBy\b"),
    ("structuredClone", 98, r"\bstructuredClone\("),
    ("findLast", 97, r"\.findLast(?:Index)?\("),
    ("toSorted and its like", 110, r"\.(?:toSorted|toReversed|toSpliced)\(|\.with\(\s*-?\d"),
    ("crypto.randomUUID", 92, r"\brandomUUID\b"),
    ("Error cause", 93, r"Error\([^)]*\{\s*cause\b"),
    ("static blocks", 94, r"\bstatic\s*\{"),
    ("#x in object", 91, r"#\w+\s+in\s"),
    ("regular expression flags d and v", 90, r"/[gimsuy]*[dv][gimsuy]*\.(?:test|exec)\("),
    ("Promise.withResolvers, try", 119, r"\bPromise\.(?:withResolvers|try)\b"),
    ("Array.fromAsync", 121, r"\bArray\.fromAsync\b"),
    ("AbortSignal.timeout, any", 103, r"\bAbortSignal\.(?:timeout|any)\b"),
    ("URL.canParse", 120, r"\bURL\.(?:canParse|parse)\("),
    ("URLSearchParams.size", 113, r"[pP]arams\.size\b|[qQ]uery\.size\b"),
    ("checkVisibility", 105, r"\.checkVisibility\("),
    ("inert", 102, r"\.inert\b"),
    ("popover", 114, r"\.(?:show|hide|toggle)Popover\("),
    ("scrollend", 114, r"[\"']scrollend[\"']"),
    ("canvas roundRect, reset", 99, r"\.(?:roundRect|createConicGradient)\("),
    ("adoptedStyleSheets push", 99, r"adoptedStyleSheets\.push"),
    ("Set methods", 122, r"\.(?:isSubsetOf|isSupersetOf|symmetricDifference)\("),
    ("iterator helpers", 122, r"\.(?:values|keys|entries)\(\)\.(?:map|filter|take|drop|toArray)\("),
    ("import attributes", 123, r"\bimport\b[^;]*\bwith\s*\{"),
    ("import.meta.resolve", 105, r"\bimport\.meta\.resolve\b"),
    ("view transitions", 111, r"\bstartViewTransition\b"),
    ("navigation API", 102, r"\bwindow\.navigation\b|\bnavigation\.navigate\("),
    ("showPicker", 99, r"\.showPicker\("),
    ("moveBefore", 133, r"\.moveBefore\("),
    ("setHTML", 124, r"\.setHTML(?:Unsafe)?\(|parseHTMLUnsafe"),
    ("Intl.DurationFormat", 129, r"\bIntl\.DurationFormat\b"),
    (":has in a selector", 105, r"[\"'`][^\"'`\n]*:has\("),
)
STYLE: tuple[tuple[str, int, str], ...] = (
    (":has", 105, r":has\("),
    ("dvh, svh, lvh", 108, r"\d(?:d|s|l)v(?:h|w|min|max)\b"),
    ("container queries", 105, r"@container|container-type|container-name|\d+cq[whib]"),
    ("nesting", 112, r"(?m)^\s*&|\{[^{}]*&[.:\s>]"),
    ("cascade layers", 99, r"@layer\b"),
    ("@scope", 118, r"@scope\b"),
    ("@starting-style", 117, r"@starting-style\b"),
    ("color-mix and its like", 111, r"\b(?:color-mix|oklch|oklab|lab|lch|light-dark)\("),
    ("individual transforms", 104, r"(?:^|[;{\s])(?:translate|rotate|scale)\s*:"),
    ("range media queries", 104, r"@media[^{]*[<>]"),
    ("subgrid", 117, r"\bsubgrid\b"),
    ("text-wrap", 114, r"\btext-wrap\s*:"),
    ("field-sizing", 123, r"\bfield-sizing\b"),
    ("overflow clip", 90, r"overflow(?:-[xy])?\s*:\s*clip\b"),
    ("anchor positioning", 125, r"\banchor-name\b|position-anchor"),
    ("trigonometry", 111, r"\b(?:sin|cos|tan|round|mod|rem)\("),
    ("nth-child of", 111, r":nth-(?:last-)?child\([^)]*\bof\b"),
    (":user-invalid", 119, r":user-(?:in)?valid"),
    (":modal, :popover-open", 105, r":modal\b|:popover-open"),
    ("scrollbar-gutter", 94, r"\bscrollbar-gutter\b"),
)
HARMLESS = {
    "accent-color": "the browser's own colour for ticks, until 93",
    "scrollbar-width": "a scroll bar shows, until 121",
    "prefers-contrast": "the switch 阳光模式 does it, until 96",
    "letterSpacing": "names on the map stand closer, until 99",
}


def test_what_is_let_through_is_used_somewhere() -> None:
    """An exception nobody needs any more goes."""
    everything = "".join(path.read_text() for path in [*MODULES, *STYLES, *TEMPLATES])
    assert [name for name in HARMLESS if name not in everything] == []


def without_comments(text: str, suffix: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"(?m)(?<![:\w])//.*$", "", text) if suffix == ".js" else text


def without_supports(css: str) -> str:
    """The styles an old browser takes in: `@supports` blocks taken out, braces and all."""
    while (start := css.find("@supports")) >= 0:
        depth, end = 0, css.index("{", start)
        while True:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
            if not depth:
                break
        css = css[:start] + css[end:]
    return css


def too_new(text: str, table: tuple[tuple[str, int, str], ...]) -> Iterator[str]:
    for what, version, looks in table:
        if version > OURS and (found := re.search(looks, text)):
            yield f"{what} (Chromium {version}): {found.group().strip()}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_scripts_run_there(path: Path) -> None:
    assert list(too_new(without_comments(path.read_text(), ".js"), SCRIPT)) == []


@pytest.mark.parametrize("name", PACKAGES)
def test_those_of_packages_too(name: str) -> None:
    path = finders.find(name)
    assert path is not None
    found = {each.split(" (")[0] for each in too_new(Path(path).read_text(), SCRIPT)}
    assert found == PACKAGES[name]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_styles_do(path: Path) -> None:
    css = without_supports(without_comments(path.read_text(), ".css"))
    assert list(too_new(css, STYLE)) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_one_selector_too_new_does_not_take_its_neighbours_along(path: Path) -> None:
    """A rule whose list names one unknown selector is dropped whole."""
    for rule in re.findall(r"([^{}]*)\{", without_supports(path.read_text())):
        assert ":has(" not in rule


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("const last = rows.at(-1);", SCRIPT),
        ("const copy = structuredClone(state);", SCRIPT),
        ('form.querySelector("label:has(:checked)")', SCRIPT),
        (".chip:has(:checked) { color: red }", STYLE),
        (".page { height: calc(100dvh - 52px) }", STYLE),
        (".a { color: red; &:hover { color: blue } }", STYLE),
        (".a { translate: 0 -50% }", STYLE),
        ("@media (width >= 700px) { a { color: red } }", STYLE),
    ],
)
def test_what_is_too_new_would_be_found(text: str, table: tuple[tuple[str, int, str], ...]) -> None:
    assert list(too_new(text, table))


def test_what_stands_behind_supports_is_let_through() -> None:
    css = (
        "a { color: red }\n@supports selector(:has(*)) {\n  a:has(b) { color: blue }\n}\nb { c: d }"
    )
    assert without_supports(css).split() == "a { color: red } b { c: d }".split()


def test_modules_import_only_what_is_there() -> None:
    """The graph is whole: every name imported is a file that exports it."""
    known = {str(path.relative_to(ROOT / "static/js").with_suffix("")): path for path in MODULES}
    for path in MODULES:
        text = without_comments(path.read_text(), ".js")
        for names, module in re.findall(r"import\s+(?:\{([^}]*)\}\s+from\s+)?\"([^\"]+)\"", text):
            assert module in known, f"{path.name} imports {module}"
            source = known[module].read_text()
            for name in filter(None, (each.split(" as ")[0].strip() for each in names.split(","))):
                given = rf"export (?:async )?(?:function|const|class|let) {name}\b"
                listed = rf"export \{{[^}}]*\b{name}\b"
                assert re.search(f"{given}|{listed}", source), f"{module} has no {name}"


@pytest.mark.skipif(not shutil.which("node"), reason="no JavaScript parser here")
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_modules_parse(path: Path) -> None:
    node = [shutil.which("node") or "node", "--input-type=module", "--check"]
    done = subprocess.run(node, input=path.read_text(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
