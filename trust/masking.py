"""How personal data looks to somebody who need not know it (JR/T 0171-2020)."""


def mask_name(name: str) -> str:
    """The surname alone: 吕建国 → 吕**."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_phone(phone: str) -> str:
    """First three and last four digits: 138****5678. Short numbers keep the last two."""
    if len(phone) < 8:
        return "*" * max(0, len(phone) - 2) + phone[-2:]
    return phone[:3] + "****" + phone[-4:]


def mask_id_number(number: str) -> str:
    """First four and last four: 4111**********123X."""
    if len(number) <= 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_customer_no(number: str) -> str:
    """The bank's own number is a pseudonym; outside a report its middle is hidden all the same."""
    return number if len(number) <= 6 else number[:3] + "*" * (len(number) - 6) + number[-3:]
