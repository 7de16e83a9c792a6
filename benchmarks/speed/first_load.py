"""What a phone with an empty cache fetches until the map stands: requests and bytes.

Follows the page as a browser does: styles, scripts, modules by the import map,
the icons of the page; then outlines, labels, one view and the list.
"""

import json
import re
from urllib.parse import urljoin

from benchmarks.province.bank import PASSWORD
from benchmarks.speed.browser import Browser
from benchmarks.speed.figures import Figures
from benchmarks.speed.places import Scope, views
from benchmarks.speed.record import Record
from benchmarks.speed.views import Ask, requests_of

_TAG = re.compile(r"<(?:link|script|img)\b[^>]*>", re.DOTALL)
_ADDRESS = re.compile(r'(?:href|src)="([^"]+)"')
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
_UNUSED = ("manifest", "canonical", "alternate")


def first_load(port: int, who: str, scope: Scope) -> Record:
    """One record: n is 1, the time is that of all requests one after the other."""
    browser = Browser(port)
    browser.log_in(scope.username, PASSWORD)
    page = browser.ask(Ask("/map/"))
    found = {"/map/": page.wire}
    took = page.seconds
    text = page.text
    imports = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', text, re.DOTALL)
    names: dict[str, str] = json.loads(imports.group(1))["imports"] if imports else {}
    waiting = [
        address.group(1)
        for tag in _TAG.findall(text)
        if (address := _ADDRESS.search(tag)) and not any(f'"{word}"' in tag for word in _UNUSED)
    ]
    inline = re.findall(r'<script type="module"[^>]*>(.*?)</script>', text, re.DOTALL)
    waiting += [names.get(name, name) for code in inline for name in _IMPORT.findall(code)]
    while waiting:
        path = urljoin("/map/", waiting.pop(0))
        if path in found or not path.startswith("/"):
            continue
        answer = browser.ask(Ask(path))
        found[path] = answer.wire
        took += answer.seconds
        if ".js" in path:
            for name in _IMPORT.findall(answer.text):
                if name in names or name.startswith(("/", "./", "../")):
                    waiting.append(names.get(name) or urljoin(path, name))
    (view,) = views(scope, 12, 1)
    bounds = ",".join(f"{degree:.5f}" for degree in view.bounds())
    more = [
        Ask("/map/outlines/"),
        *requests_of(view, labels=True),
        Ask(f"/map/list/?bounds={bounds}"),
    ]
    for ask in more:
        answer = browser.ask(ask)
        found[ask.path] = answer.wire
        took += answer.seconds
    figures = Figures([took], [sum(found.values())], len(found))
    figures.note = f"{len(found)} requests"
    return Record.of("first load of the map", scope.name, who, figures)
