"""What makes one copy of an export different from every other, without harming its use.

Three things follow from a secret of the copy: in which way each address is written
(`addresses.Address`), in which order the rows of one village stand, and a few customers
who do not exist. None of them is a mark that retyping loses.
"""

import hmac
import json
import random
import secrets
from collections.abc import Iterable, Sequence
from math import ceil

from outreach.exports.addresses import Address
from outreach.exports.rows import Cell, Row, packed, unpacked
from trust.cipher import keyed_indexes
from trust.masking import mask_name, mask_phone
from trust.wall import whole_bank
from whitelist.models import Customer

ROWS_A_DECOY = 100
TRIES = 20  # for a name that is nobody's, before a longer one
OF_THE_PLACE = ("township", "village", "holder", "branch")
SEGMENTS = ("154", "160", "163", "164", "168", "169", "194")  # allocated to nobody
_FIRST = "秀玉桂春兰红素凤金海爱丽文建国志永洪树明德立庆学新光宝希延传东长福善景同佃连兴"
_SECOND = "英兰花芹梅霞珍华荣香萍云军民强亮山海成水坤田元臣礼祥顺友松柱生堂平德仁法东林"
_LANDMARKS = ("村东头", "村西头", "村南头", "村北头", "村委会旁", "小学旁", "老井旁", "桥头")


def new_secret() -> str:
    """32 random bytes as hex."""
    return secrets.token_hex(32)


def drawn(secret: str, mark: str, key: int, ways: int) -> int:
    """Which of so many ways a copy takes for one mark of one row: HMAC-SHA256 of both."""
    return int.from_bytes(_digest(secret, mark, key)[:8], "big") % ways


def _digest(secret: str, mark: str, key: int) -> bytes:
    return hmac.digest(bytes.fromhex(secret), f"{mark}:{key}".encode(), "sha256")


def place_of(secret: str, row: Row) -> int:
    return drawn(secret, "place", row.key, len(row.address.places))


def tail_of(secret: str, row: Row) -> int:
    return drawn(secret, "tail", row.key, len(row.address.tails))


def address_in(secret: str, row: Row) -> str:
    """The address of a row as this copy writes it."""
    return row.address.written(place_of(secret, row), tail_of(secret, row))


def place_in_order(secret: str, row: Row) -> tuple[str, bytes]:
    """By village; within one as the copy has it."""
    return row.group, _digest(secret, "order", row.key)


def decoys_for(rows: Sequence[Row], secret: str) -> list[Row]:
    """Customers who do not exist: one a hundred rows, at least one, each like a row of its village.

    The surname, the village, the amount and whatever else are those of rows of the
    file; the name is nobody's on any list, the number is in a segment that rings
    nowhere, and the address names a landmark instead of somebody's house.
    """
    dice = random.Random(f"decoys:{secret}")
    decoys = []
    for number in range(1, ceil(len(rows) / ROWS_A_DECOY) + 1):
        like = dice.choice(rows)
        cells: dict[str, Cell] = {key: dice.choice(rows).cells[key] for key in like.cells}
        cells |= {key: like.cells[key] for key in OF_THE_PLACE if key in cells} | _person(
            dice, like
        )
        decoys.append(Row(-number, like.group, cells, _somewhere(dice, like.address)))
    return decoys


def _person(dice: random.Random, like: Row) -> dict[str, Cell]:
    """Name and numbers, masked where those of the row are; untouched by any of us."""
    name = str(like.cells["name"])
    surname = name[:1] if "\u4e00" <= name[:1] <= "\u9fff" else "王"
    invented = _nobodys_name(dice, surname)
    cells: dict[str, Cell] = {"name": mask_name(invented) if "*" in name else invented}
    if "phone" in like.cells:
        number = _nobodys_number(dice)
        cells["phone"] = mask_phone(number) if "*" in str(like.cells["phone"]) else number
    if "phone2" in like.cells:
        cells["phone2"] = ""
    return cells


def _nobodys_name(dice: random.Random, surname: str) -> str:
    """Of three characters; where so many are somebody's that none is found, of ever more."""
    tried = 0
    while True:
        first = "".join(dice.choice(_FIRST) for _ in range(1 + tried // TRIES))
        name = surname + first + dice.choice(_SECOND)
        if not _listed(name_index__in=keyed_indexes("name", name)):
            return name
        tried += 1


def _nobodys_number(dice: random.Random) -> str:
    while True:
        number = dice.choice(SEGMENTS) + f"{dice.randrange(10**8):08d}"
        if not _listed(phone_index__in=keyed_indexes("phone", number)):
            return number


@whole_bank("whether anybody of any branch is called so; nothing else leaves here")
def _listed(**index: list[bytes]) -> bool:
    customers = Customer.objects.unscoped("whether anybody on any list is called so")
    return customers.filter(**index).exists()


def _somewhere(dice: random.Random, like: Address) -> Address:
    """A landmark of the village of that address: no household is sent to."""
    tail = like.tails[0]
    village, found, _rest = tail.rpartition("村")
    tail = village + found if found else tail[:3]
    if tail == like.tails[0]:  # masked: the village is all there is
        return like
    return Address(like.places, (tail + dice.choice(_LANDMARKS),))


def stated(rows: Iterable[Row]) -> str:
    """Decoys as they are kept with the copy."""
    return json.dumps(packed(rows).decode())


def restated(text: str) -> list[Row]:
    return unpacked(json.loads(text).encode()) if text else []
