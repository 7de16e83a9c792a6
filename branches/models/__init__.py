from branches.models.branch import Branch, BranchLevel
from branches.models.former_password import FormerPassword
from branches.models.passkey import Passkey
from branches.models.remembered_device import RememberedDevice
from branches.models.second_factor import RecoveryCode, SecondFactor
from branches.models.staff import Role, Staff
from branches.models.system_token import SystemToken

__all__ = [
    "Branch",
    "BranchLevel",
    "FormerPassword",
    "Passkey",
    "RecoveryCode",
    "RememberedDevice",
    "Role",
    "SecondFactor",
    "Staff",
    "SystemToken",
]
