"""Modules woven into one script: in the right order, whole, and the same as apart."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template

from marketing_map.static_storage import WovenManifestStorage
from marketing_map.templatetags import chrome
from marketing_map.weaving import WOVEN, CannotWeave, in_order, script_of, woven

SOURCES = Path(__file__).resolve().parents[2] / "static" / "js"
APART = {
    "base": 'export const one = 1;\nexport function two() { return 2; }\nlog("base");\n',
    "middle": 'import { one as uno, two } from "base";\nconst sum = uno + two();\nexport { sum, two };\n'
    'log("middle");\n',
    "side": 'import "base"; // only for what it does\nimport * as all from "middle";\nlog(all.sum);\n',
}


def source(module: str) -> str:
    return (SOURCES / f"{module}.js").read_text("utf-8")


def test_what_is_imported_runs_before() -> None:
    assert in_order(["side"], APART.__getitem__) == ["base", "middle", "side"]


@pytest.mark.skipif(not shutil.which("node"), reason="no JavaScript here")
def test_it_runs_as_the_modules_do_apart(tmp_path: Path) -> None:
    script = tmp_path / "woven.mjs"
    head = "const log = (text) => console.log(text);\n"
    script.write_text(head + woven(["side"], APART.__getitem__))
    use = f'import {{ sum, two, one }} from "{script.as_uri()}"; console.log(sum, two(), one);'
    done = subprocess.run(
        ["node", "--input-type=module"], input=use, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["base", "middle", "3", "3", "2", "1"]


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"a": 'import "b";\n', "b": 'import "a";\n'}, "each other"),
        ({"a": "export let count = 0;\n"}, "export let"),
        ({"a": "export default 1;\n"}, "export default"),
        ({"a": 'import b from "b";\n', "b": ""}, "import b"),
        ({"a": "const x = 1;\nexport { x as y };\n"}, "x as y"),
        (
            {
                "a": 'import "b";\nexport const name = 1;\n',
                "b": "export const name = 2;\n",
            },
            "exported by b and by a",
        ),
    ],
)
def test_what_is_not_understood_is_said(modules: dict[str, str], said: str) -> None:
    with pytest.raises(CannotWeave, match=said):
        woven(["a"], modules.__getitem__)


@pytest.mark.skipif(not shutil.which("node"), reason="no JavaScript parser here")
@pytest.mark.parametrize("page", WOVEN)
def test_our_pages_can_be_woven(page: str) -> None:
    text = woven(WOVEN[page], source)
    node = ["node", "--input-type=module", "--check"]
    done = subprocess.run(node, input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "/**" not in text


@pytest.mark.parametrize("page", WOVEN)
def test_a_page_weaves_what_its_templates_import(page: str) -> None:
    templates = SOURCES.parents[1] / "templates"
    text = "".join(
        (templates / name).read_text("utf-8")
        for name in ("base.html", "map/page.html", "assign/toolbar.html")
    )
    imported = set(re.findall(r'\bimport[ (]"([^"]+)"', text))
    assert set(WOVEN[page]) <= imported
    assert imported == set(WOVEN["map_desk"])


def test_the_import_map_leads_there(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    storage = WovenManifestStorage(location=str(tmp_path), base_url="/static/")
    monkeypatch.setattr(chrome, "staticfiles_storage", storage)
    monkeypatch.setattr(chrome, "static", lambda path: f"/static/{path}?hash")
    chrome._modules_of.cache_clear()
    try:
        text = Template('{% load chrome %}{% import_map "map" %}').render(Context())
        plain = Template("{% load chrome %}{% import_map %}").render(Context())
    finally:
        chrome._modules_of.cache_clear()
    found = re.search(r">(\{.*?\})</script>", text)
    assert found
    modules = json.loads(found[1])["imports"]
    script = f"/static/{script_of('map')}?hash"
    assert {modules[name] for name in in_order(WOVEN["map"], source)} == {script}
    assert modules["today"] == "/static/js/today.js?hash"
    assert f'<link rel="modulepreload" href="{script}">' in text
    assert "modulepreload" not in plain and script not in plain


def test_files_apart_are_served_apart() -> None:
    text = Template('{% load chrome %}{% import_map "map" %}').render(Context())
    assert "woven" not in text and "js/map/pins.js" in text
