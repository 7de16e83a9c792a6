"""What a family of malformed files is, and the honest file they all start from."""

import random
from collections.abc import Callable
from dataclasses import dataclass

HEADINGS = (
    "客户号 姓名 手机号 证件号码 居住地址 管户机构号 产品代码 预授信额度 生效日期 失效日期".split()
)
MANY = 10_000


@dataclass(frozen=True)
class Bad:
    """One file: its family and number, its bytes, the name it is uploaded under."""

    label: str
    content: bytes
    name: str


@dataclass(frozen=True)
class Family:
    name: str
    make: Callable[[random.Random], tuple[bytes, str]]
    times: int  # at most so many of them in a corpus


FAMILIES: list[Family] = []
Maker = Callable[[random.Random], bytes]


def bad(name: str = "", *, times: int = MANY) -> Callable[[Maker], Maker]:
    """Register a maker; `name` is the file's name where it is not the usual one of its room."""

    def register(make: Maker) -> Maker:
        ending = (
            "list.csv" if "text" in make.__module__ or "values" in make.__module__ else "list.xlsx"
        )
        file_name = name or ending
        FAMILIES.append(Family(make.__name__, lambda rng: (make(rng), file_name), times))
        return make

    return register


def honest_rows(rng: random.Random, count: int = 0) -> list[list[str]]:
    """Rows as they should be, about nobody: numbers of segments and counties never allotted."""
    return [
        [
            f"K{rng.randrange(10**8):08d}", "甲" + rng.choice("乙丙丁戊己"),
            f"169{rng.randrange(10**8):08d}", "", "山东省寿光市稻田镇刘庄村",
            "H37078301", "JSD", str(rng.choice((30_000, 50_000, 100_000))),
            "2026-01-01", "2099-12-31",
        ]
        for _ in range(count or rng.randint(1, 12))
    ]  # fmt: skip


def as_text(rows: list[list[str]], *, headings: list[str] | None = None, end: str = "\n") -> str:
    """Comma-separated, nothing quoted."""
    lines = [HEADINGS if headings is None else headings, *rows]
    return "".join(",".join(line) + end for line in lines)
