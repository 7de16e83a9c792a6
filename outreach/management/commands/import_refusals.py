"""拒绝营销 from a file; the same code as on screen."""

from outreach.feeds.command import FeedCommand
from outreach.models import FeedKind


class Command(FeedCommand):
    help = "客户号[,日期]: customers who must not be contacted any more"
    kind = FeedKind.REFUSALS
