"""``makemessages`` that never guesses: a new text is left empty instead of taking a similar one."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's, without fuzzy matches."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
