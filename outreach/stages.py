"""阶段: how far a customer is, and on whose word."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    TO_CONTACT = "to_contact", _("待触达")
    CONTACTED = "contacted", _("已触达")
    INTERESTED = "interested", _("有意向")
    APPLIED = "applied", _("已申请")
    APPROVED = "approved", _("已授信未用信")
    DRAWN = "drawn", _("已支用")
    NOT_INTERESTED = "not_interested", _("无意向")


# The way a customer goes; NOT_INTERESTED stands aside.
PATH = (
    Stage.TO_CONTACT,
    Stage.CONTACTED,
    Stage.INTERESTED,
    Stage.APPLIED,
    Stage.APPROVED,
    Stage.DRAWN,
)
# What was reached, then or further on: the words of the funnel's steps, of results and targets.
STEPS = {
    Stage.CONTACTED: _("触达"),
    Stage.INTERESTED: _("意向"),
    Stage.APPLIED: _("申请"),
    Stage.APPROVED: _("授信"),
    Stage.DRAWN: _("支用"),
}
# Only the bank's systems confirm these (核实); staff may report 已申请 (自报).
CONFIRMED_ONLY = (Stage.APPLIED, Stage.APPROVED, Stage.DRAWN)
# Served by their holder even after they left the list.
IN_PROCESS = (Stage.APPLIED, Stage.APPROVED, Stage.DRAWN)


class StageBasis(models.TextChoices):
    REPORTED = "reported", _("自报")
    CONFIRMED = "confirmed", _("核实")
