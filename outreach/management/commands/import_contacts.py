"""Headquarters' own contacts from a file; the same code as on screen."""

from outreach.feeds.command import FeedCommand
from outreach.models import FeedKind


class Command(FeedCommand):
    help = "客户号,渠道,时间,结果[,意向,流水号]: what headquarters' own channels did"
    kind = FeedKind.CONTACTS
