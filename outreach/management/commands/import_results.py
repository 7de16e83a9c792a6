"""The loan system's results from a file; the same code as on screen."""

from outreach.feeds.command import FeedCommand
from outreach.models import FeedKind


class Command(FeedCommand):
    help = "客户号,产品代码,结果,日期[,金额,渠道,拒绝原因,流水号]: the loan system's results"
    kind = FeedKind.RESULTS
