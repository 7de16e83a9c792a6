"""The modules of a page woven into one file when static files are collected.

Forty small modules are forty requests, four deep, on a phone whose every request
takes 150 ms. So production serves each page named in `WOVEN` one script: its
modules in the order in which the browser would run them, each in a function of
its own. The page's import map leads every name in it to that one file, so that a
module still exists once, whoever imports it. With DEBUG, in tests and on other
pages the files in static/js/ are served as they are.

Only what our modules use is understood: imports and exports of names at the
beginning of a line. Anything else stops `collectstatic` with a sentence.
"""

import re
from collections.abc import Callable, Sequence

# Page → what its templates import, in their order.
WOVEN: dict[str, tuple[str, ...]] = {
    "map": ("frame", "map/page"),
    "map_desk": ("frame", "map/page", "assign/toolbar", "assign/panel"),
}

IMPORT = re.compile(
    r'^import\s+(?:(?P<names>\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+)?"(?P<module>[^"]+)";[^\n]*$', re.M
)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function|class|const)\s+(\w+))", re.M)
EXPORT_LIST = re.compile(r"^export\s+\{([^}]*)\};$", re.M)
NOT_UNDERSTOOD = re.compile(r"^(?:import|export)\b[^\n]*", re.M)
COMMENT = re.compile(r"^\s*(?://[^\n]*|/\*\*.*?\*/)\n", re.M | re.S)

Read = Callable[[str], str]


class CannotWeave(ValueError):
    """A module says something this file does not understand, or modules go in a circle."""


def woven(entries: Sequence[str], read: Read) -> str:
    """One script of these modules and all they import; `read` gives a module's source."""
    parts = ["const $ = {};\n"]
    exported: dict[str, str] = {}
    for module in in_order(entries, read):
        body, names = _as_function(module, read(module))
        parts.append(f'$["{module}"] = (() => {{\n{body}return {{ {", ".join(names)} }};\n}})();\n')
        for name in names:
            if exported.setdefault(name, module) != module and not _hands_on(name, read(module)):
                raise CannotWeave(f"{name} is exported by {exported[name]} and by {module}")
    for name, module in sorted(exported.items()):
        parts.append(f'const $_{name} = $["{module}"].{name};\n')
    parts.append(f"export {{ {', '.join(f'$_{name} as {name}' for name in sorted(exported))} }};\n")
    return "".join(parts)


def script_of(page: str) -> str:
    """The path of a page's woven script."""
    return f"js/woven/{page}.js"


def in_order(entries: Sequence[str], read: Read) -> list[str]:
    """The modules as the browser runs them: first those that one imports, then it."""
    done: list[str] = []

    def visit(module: str, above: tuple[str, ...]) -> None:
        if module in above:
            raise CannotWeave(f"modules import each other: {' → '.join((*above, module))}")
        if module in done:
            return
        for found in IMPORT.finditer(read(module)):
            visit(found["module"], (*above, module))
        done.append(module)

    for entry in entries:
        visit(entry, ())
    return done


def _as_function(module: str, source: str) -> tuple[str, list[str]]:
    """The body, with imports as constants, and the names it exports."""
    names = EXPORT.findall(source)
    for listed in EXPORT_LIST.findall(source):
        names += [name.strip() for name in listed.split(",")]
    body = IMPORT.sub(_as_constants, EXPORT_LIST.sub("", EXPORT.sub("", source)))
    if found := NOT_UNDERSTOOD.search(body) or next((n for n in names if " " in n), None):
        raise CannotWeave(f"{module}: {found if isinstance(found, str) else found.group()}")
    return COMMENT.sub("", body), names


def _as_constants(found: re.Match[str]) -> str:
    names, module = found["names"], found["module"]
    if names is None:
        return ""
    left = names.split()[-1] if names.startswith("*") else names.replace(" as ", ": ")
    return f'const {left} = $["{module}"];'


def _hands_on(name: str, source: str) -> bool:
    """Whether a module exports what it has imported."""
    imported = " ".join(found["names"] or "" for found in IMPORT.finditer(source))
    return re.search(rf"\b{name}\b", imported) is not None
