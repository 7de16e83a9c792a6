from branches.models.branch import Branch, BranchLevel
from branches.models.staff import Role, Staff
from branches.models.system_token import SystemToken

__all__ = ["Branch", "BranchLevel", "Role", "Staff", "SystemToken"]
