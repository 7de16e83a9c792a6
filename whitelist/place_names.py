"""Names of places as maps and rows write them."""

ENDINGS = {"村民委员会": "村", "村委会": "村", "居民委员会": "", "居委会": ""}


def shortened(name: str) -> str:
    """As maps write it: 刘庄村民委员会 → 刘庄村, 恒盛社区居民委员会 → 恒盛社区."""
    for ending, kept in ENDINGS.items():
        if name.endswith(ending) and name != ending:
            stem = name.removesuffix(ending)
            return stem if stem.endswith(kept) else stem + kept
    return name
