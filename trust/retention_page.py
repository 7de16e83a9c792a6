"""The declarations as a table, for docs/retention.md."""

from django.conf import settings

from trust.retention import Declared, declared

BEGIN, END = "<!-- declared -->", "<!-- end -->"


def table() -> str:
    """A line a declaration: what, how long, what then."""
    lines = ["| what | kept | from, or until | then |", "|---|---|---|---|"]
    return "\n".join([*lines, *(_line(each) for each in declared())])


def _line(each: Declared) -> str:
    fields = ", ".join(f"`{name}`" for name in each.kept.fields)
    kept = (
        f"`{each.kept.days}`: {getattr(settings, each.kept.days)} days" if each.has_a_clock else "–"
    )
    return f"| {each.name}: {fields} | {kept} | {each.kept.after} | {each.kept.then.value} |"


def written_into(page: str) -> str:
    """The page with its table as the models have it now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"
