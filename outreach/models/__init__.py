from outreach.models.assignment import Assignment, AssignmentOperation, EndReason, OperationKind
from outreach.models.contact_log import (
    CallState,
    Channel,
    ContactLog,
    ContactLogVersion,
    Intention,
    NeedTime,
    Outcome,
    PersonReached,
    Purpose,
    Step,
)
from outreach.models.customer_pages import CustomerPages
from outreach.models.export import (
    Export,
    ExportCopy,
    ExportedLead,
    ExportFormat,
    ExportPurpose,
    ExportState,
)
from outreach.models.feed import Feed, FeedKind, FeedProblem, FeedState
from outreach.models.lead import AmountBand, Eligibility, Lead
from outreach.models.lead_cell import BranchGrain, LeadCell, LeadChange
from outreach.models.refusal import Refusal, RefusalSource
from outreach.models.script import Script, ScriptKind
from outreach.models.share import Share
from outreach.models.target import Metric, Target
from outreach.models.village_profile import VillageProfile
from outreach.stages import Stage, StageBasis

__all__ = [
    "AmountBand",
    "Assignment",
    "AssignmentOperation",
    "BranchGrain",
    "CallState",
    "Channel",
    "ContactLog",
    "ContactLogVersion",
    "CustomerPages",
    "Eligibility",
    "EndReason",
    "Export",
    "ExportCopy",
    "ExportFormat",
    "ExportPurpose",
    "ExportState",
    "ExportedLead",
    "Feed",
    "FeedKind",
    "FeedProblem",
    "FeedState",
    "Intention",
    "Lead",
    "LeadCell",
    "LeadChange",
    "Metric",
    "NeedTime",
    "OperationKind",
    "Outcome",
    "PersonReached",
    "Purpose",
    "Refusal",
    "RefusalSource",
    "Script",
    "ScriptKind",
    "Share",
    "Stage",
    "StageBasis",
    "Step",
    "Target",
    "VillageProfile",
]
