from outreach.models.assignment import Assignment, AssignmentOperation, EndReason, OperationKind
from outreach.models.contact_log import (
    CallState,
    Channel,
    ContactLog,
    NeedTime,
    Outcome,
    PersonReached,
    Purpose,
    Step,
)
from outreach.models.lead import AmountBand, Eligibility, Lead
from outreach.models.refusal import Refusal, RefusalSource
from outreach.models.script import Script
from outreach.stages import Stage, StageBasis

__all__ = [
    "AmountBand",
    "Assignment",
    "AssignmentOperation",
    "CallState",
    "Channel",
    "ContactLog",
    "Eligibility",
    "EndReason",
    "Lead",
    "NeedTime",
    "OperationKind",
    "Outcome",
    "PersonReached",
    "Purpose",
    "Refusal",
    "RefusalSource",
    "Script",
    "Stage",
    "StageBasis",
    "Step",
]
