"""wapiti, sqlmap and schemathesis, each told where to look and as whom."""

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
# What each module looks for stands in its name. Left out: those that need the internet to see an
# answer (ssrf, xxe, nikto), guessing at names and passwords (buster, brute_login_form: the door
# locks), CGI (shellshock), and csrf, which does not know the name of Django's token and calls
# every form bare (tests/test_conventions.py looks at each).
WAPITI = (
    "sql,blindsql,xss,permanentxss,exec,file,crlf,redirect,htaccess,methods,"
    "backup,http_headers,cookieflags,csp"
)
# What a tool says of the attacked server, and is not so where a bank runs it.
EXPLAINED = {
    "Secure flag is not set": "the attacked server speaks http; production only https",
    "Strict-Transport-Security is not set": "the same",
    "X-XSS-Protection is not set": "browsers have dropped it; CSP forbids inline scripts",
}


class Login(NamedTuple):
    """A session of somebody, as a browser holds it."""

    who: str
    cookies: dict[str, str]

    @property
    def header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def token(self) -> str:
        """What a form has to send."""
        return next((v for name, v in self.cookies.items() if name.endswith("csrftoken")), "")


class Finding(NamedTuple):
    """What a tool says it has found."""

    tool: str
    kind: str
    path: str
    said: str

    @property
    def hole(self) -> str:
        """The planted hole that this is about, if it is."""
        found = re.search(r"/planted/(\w+)/", self.path)
        return found.group(1) if found else ""

    @property
    def explained(self) -> str:
        """Why it is none, where that is known beforehand."""
        return next((why for said, why in EXPLAINED.items() if said in self.said), "")


def log_in(base: str, username: str, password: str) -> Login:
    """Through the login page, as anybody does; nobody for an empty name."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{base}/login/").read().decode()
    if username:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        sent = {"username": username, "password": password}
        sent["csrfmiddlewaretoken"] = token.group(1) if token else ""
        browser.open(f"{base}/login/", urllib.parse.urlencode(sent).encode()).read()
        if not any(each.name.endswith("sessionid") for each in jar):
            sys.exit(f"{username} could not log in.")
    return Login(username, {each.name: each.value or "" for each in jar})


def still_in(base: str, login: Login) -> bool:
    """Whether the session still opens its own page."""
    request = urllib.request.Request(f"{base}/me/", headers={"Cookie": login.header})
    with urllib.request.urlopen(request) as answer:
        return urllib.parse.urlsplit(answer.url).path == "/me/"


def wapiti(base: str, login: Login, home: Path, *, start: str, seconds: int) -> list[Finding]:
    """Every module of wapiti from `start` on; each has `seconds` for its attacks."""
    home.mkdir(parents=True, exist_ok=True)
    attributes = {"version": 0, "expires": None, "secure": False, "port": None}
    held = {name: {"value": value, **attributes} for name, value in login.cookies.items()}
    cookies, report = home / "cookies.json", home / "report.json"
    cookies.write_text(json.dumps({"127.0.0.1": {"/": held}}))
    command = [
        *("wapiti", "-u", f"{base}{start}", "--scope", "domain"),
        *(
            "-s",
            f"{base}{start}",
            "-m",
            WAPITI,
            "-c",
            str(cookies),
            "-H",
            f"X-CSRFToken: {login.token}",
        ),
        *("-H", "Accept-Encoding: identity"),
        *("--max-attack-time", str(seconds), "--max-scan-time", str(seconds * 4)),
        *("-d", "3", "--max-parameters", "40", "-S", "normal", "-t", "20", "-v", "0"),
        *("--store-session", str(home), "--flush-session", "--no-bugreport"),
        *("--skip", "csrfmiddlewaretoken", "-f", "json", "-o", str(report)),
    ]
    env = {**os.environ, "HOME": str(home)}
    with (home / "log").open("w") as log:
        subprocess.run(command, stdout=log, stderr=log, env=env, cwd=home)
    if not report.exists():
        sys.exit(f"wapiti left no report: see {home / 'log'}")
    told = json.loads(report.read_text())
    return [
        Finding("wapiti", kind, each.get("path", ""), each.get("info", ""))
        for part in ("vulnerabilities", "anomalies", "additionals")
        for kind, found in told.get(part, {}).items()
        for each in found
    ]


def sqlmap(base: str, login: Login, home: Path, *, start: str, seconds: int) -> list[Finding]:
    """Every link and form at `start`: boolean, error, union and stacked injections."""
    home.mkdir(parents=True, exist_ok=True)
    command = [
        *("sqlmap", "-u", f"{base}{start}", "--crawl=1", "--forms", "--batch", "--flush-session"),
        *("--cookie", login.header, "--headers", f"X-CSRFToken: {login.token}", "--threads", "4"),
        *("--level=1", "--risk=1", "--technique=BEU", "--dbms=PostgreSQL", "--disable-coloring"),
        *("--skip=csrfmiddlewaretoken", "--output-dir", str(home / "out"), "--timeout", "20"),
        *("--results-file", str(home / "results.csv"), "--ignore-code=*", "--drop-set-cookie"),
    ]
    with (home / "log").open("w") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    found = re.findall(
        r"^Parameter: (.+)$(?:.|\n)*?Type: (.+)$", (home / "log").read_text(), re.MULTILINE
    )
    results = home / "results.csv"
    rows = results.read_text().splitlines()[1:] if results.exists() else []
    return [Finding("sqlmap", "SQL injection", row, "") for row in rows if row.strip(",")] or [
        Finding("sqlmap", "SQL injection", parameter, kind) for parameter, kind in found
    ]


def schemathesis(base: str, token: str, home: Path, *, examples: int) -> list[Finding]:
    """The API by its own schema, as a system: no 5xx, no answer without a token, what was promised."""
    home.mkdir(parents=True, exist_ok=True)
    command = [
        *(str(ROOT / ".venv-attack" / "bin" / "st"), "run", f"{base}/api/schema/"),
        *("-H", f"Authorization: Bearer {token}", "-n", str(examples), "--seed", "1"),
        *("--checks", "all", "--continue-on-failure", "--no-color"),
        # A schema cannot say rules between fields, and an empty filter filters nothing.
        *("--exclude-checks", "positive_data_acceptance,negative_data_rejection"),
        *("--report", "ndjson", "--report-dir", str(home)),
    ]
    with (home / "log").open("w") as log:
        subprocess.run(command, stdout=log, stderr=log, cwd=home)
    said = (home / "log").read_text()
    return [
        Finding("schemathesis", kind.strip(), "", "see the log")
        for kind in re.findall(r"^- (.+)$", said, re.MULTILINE)
    ]
