"""What the product is made of is known, and may be used."""

import re

import pytest

from scripts import supply


def test_every_locked_package_is_in_the_bill_with_its_hashes() -> None:
    lines = re.findall(r"^\S+==\S+", supply.LOCK.read_text(), re.MULTILINE)
    packages = list(supply.locked())
    assert [f"{package.name}=={package.version}" for package in packages] == lines
    assert all(package.sha256 for package in packages)
    bill = supply.sbom()
    assert {each["name"] for each in bill["components"]} >= {"django", "psycopg", "cryptography"}
    assert all(each["licenses"][0]["license"]["name"] for each in bill["components"])


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("BSD 3-Clause OR Apache-2.0", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("LGPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_licences(licence: str, allowed: bool) -> None:
    assert supply.is_allowed(licence) is allowed
