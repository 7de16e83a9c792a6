"""Sorting Chinese names as people look them up: by pinyin."""

from pypinyin import lazy_pinyin, load_phrases_dict

# Readings the library gets wrong in place names.
load_phrases_dict({"长葛": [["cháng"], ["gě"]], "寿光": [["shòu"], ["guāng"]]})


def sort_key(name: str) -> str:
    """Pinyin of the name, toneless and lower-case: 吕建国 → ``lyu jian guo``."""
    return (
        " ".join(lazy_pinyin(name, v_to_u=False))
        .replace("lv", "lyu")
        .replace("nv", "nyu")
        .lower()[:120]
    )


def initials(name: str) -> str:
    """First letters: 吕建国 → ``ljg``."""
    return "".join(syllable[:1] for syllable in lazy_pinyin(name)).lower()
