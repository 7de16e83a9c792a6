"""Yes and no."""

from whitelist.imports.values.text import Invalid, compact

_YES = frozenset("1 是 y yes true t 有 √ ✓ 免打扰 拒绝 拒绝营销 收单 收单客户 已收单 1.0".split())
_NO = frozenset("0 否 n no false f 无 × x 非 不是 正常 非收单 未收单 非收单客户 0.0".split())


def flag(text: str) -> bool:
    """Whether the cell says yes; nothing says no.

    Raises:
        Invalid: ``flag_unclear``.
    """
    word = compact(text).lower()
    if not word or word in _NO:
        return False
    if word in _YES:
        return True
    raise Invalid("flag_unclear")
