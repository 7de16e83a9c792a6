"""Staff: the user model."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from branches.models.branch import Branch, BranchLevel
from trust.wall import WHOLE_BANK, Reach


class Role(models.TextChoices):
    MANAGER = "manager", _("客户经理")
    SUPERVISOR = "supervisor", _("机构负责人")
    CLERK = "clerk", _("名单经办")
    REVIEWER = "reviewer", _("名单复核")
    AUDITOR = "auditor", _("审计")
    SYSTEM = "system", _("行内系统")


# Who is one of two people must not come to be the other as well: as a clerk submits a list that a
# reviewer approves, a supervisor asks for a file that a reviewer agrees to.
_THE_OTHER: dict[str, frozenset[Role]] = {
    Role.CLERK: frozenset({Role.CLERK, Role.REVIEWER}),
    Role.SUPERVISOR: frozenset({Role.REVIEWER}),
    Role.REVIEWER: frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR}),
}
ADMIN = "admin"  # in MFA_ROLES: whoever may open the admin, whatever their role


class StaffQuerySet(models.QuerySet["Staff"]):
    def managers(self) -> "StaffQuerySet":
        return self.filter(role=Role.MANAGER, is_active=True)

    def within(self, branch: Branch) -> "StaffQuerySet":
        """Staff of the branch and of everything below it."""
        return self.filter(branch__number__range=branch.number_range)

    def visible_to(self, user: "Staff") -> "StaffQuerySet":
        """Colleagues in the user's subtree."""
        return self.within(user.branch)

    def resettable_by(self, user: "Staff") -> "StaffQuerySet":
        """Whose password `user` may reset when it is forgotten.

        A supervisor: the managers of their subtree. An administrator: the people
        they look after in the admin, except their own superior (the supervisor of
        their own branch), the auditors, and the second of the two people a list or
        an export needs when they are one of the two. Whoever knows a password has the rights
        of its owner: those of the admin itself are a superuser's to reset. Never
        oneself, another system, or who left.
        """
        people = self.visible_to(user).filter(is_active=True)
        people = people.exclude(pk=user.pk).exclude(role=Role.SYSTEM)
        if user.is_superuser:
            return people
        people = people.filter(is_staff=False, is_superuser=False).exclude(role=Role.AUDITOR)
        if user.is_staff and user.has_perm("branches.change_staff"):
            people = people.exclude(role__in=user.roles_of_the_other)
            return people.exclude(role=Role.SUPERVISOR, branch=user.branch)
        return people.managers() if user.is_supervisor else people.none()

    def factor_resettable_by(self, user: "Staff") -> "StaffQuerySet":
        """Whose second factor `user` may reset: of the people above, an administrator's alone.

        A supervisor who could take both, password and second factor, could enter as anybody.
        """
        is_admin = user.is_staff and user.has_perm("branches.change_staff")
        return self.resettable_by(user) if is_admin else self.none()

    def sessions_endable_by(self, user: "Staff") -> "StaffQuerySet":
        """Whose sessions `user` may end: an administrator's people, except superusers.

        Auditors and superiors too: nobody gains anything by it, and it is in the log.
        """
        if not (user.is_staff and user.has_perm("branches.change_staff")):
            return self.none()
        people = self.visible_to(user).exclude(pk=user.pk).exclude(role=Role.SYSTEM)
        return people if user.is_superuser else people.exclude(is_superuser=True)

    def by_pinyin(self) -> "StaffQuerySet":
        return self.order_by("sort_key", "username")


class StaffManager(UserManager["Staff"]):
    """Django's user manager (create_user and its like) with the vocabulary above."""

    def get_queryset(self) -> StaffQuerySet:
        return StaffQuerySet(self.model, using=self._db)

    def managers(self) -> StaffQuerySet:
        return self.get_queryset().managers()

    def within(self, branch: Branch) -> StaffQuerySet:
        return self.get_queryset().within(branch)

    def visible_to(self, user: "Staff") -> StaffQuerySet:
        return self.get_queryset().visible_to(user)

    def resettable_by(self, user: "Staff") -> StaffQuerySet:
        return self.get_queryset().resettable_by(user)

    def factor_resettable_by(self, user: "Staff") -> StaffQuerySet:
        return self.get_queryset().factor_resettable_by(user)

    def sessions_endable_by(self, user: "Staff") -> StaffQuerySet:
        return self.get_queryset().sessions_endable_by(user)


class Staff(AbstractUser):
    """A member of staff. `username` is the 工号."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=40)
    role = models.CharField(_("角色"), max_length=12, choices=Role)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="staff", verbose_name=_("机构"))
    work_phone = models.CharField(_("工作电话"), max_length=20, blank=True)
    pin = models.CharField(max_length=128, blank=True, editable=False)  # hashed as passwords are
    must_change_password = models.BooleanField(_("须先改密码"), default=False)
    # Until when a password that somebody else set opens the door; None: their own.
    password_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when it is the one it is; None: since before this was written down.
    password_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # One more ends every session of theirs: their second factor is another one now.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    sort_key = models.CharField(max_length=120, blank=True, editable=False)  # pinyin of the name

    objects = StaffManager()  # type: ignore[assignment,misc]

    REQUIRED_FIELDS = ["name", "role", "branch_id"]

    class Meta:
        verbose_name = verbose_name_plural = _("员工")
        ordering = ["sort_key", "username"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        from branches.pinyin import sort_key

        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def is_supervisor(self) -> bool:
        return self.role == Role.SUPERVISOR

    @property
    def roles_of_the_other(self) -> frozenset[Role]:
        """Roles whose people are the second of two where this one is the first."""
        return frozenset() if self.is_superuser else _THE_OTHER.get(self.role, frozenset())

    @property
    def reach(self) -> Reach:
        """Whose rows the database shows them: their subtree's, and their own (ADR 31).

        At headquarters that is the whole bank, and said so: nothing is left to look up row by row.
        """
        if self.branch.parent_id is None and self.branch.level == BranchLevel.HEADQUARTERS:
            return WHOLE_BANK
        return Reach(*self.branch.number_range, self.pk)

    @property
    def password_has_expired(self) -> bool:
        """Whether their password is a temporary one whose day is over."""
        until = self.password_expires_at
        return self.must_change_password and until is not None and until <= timezone.now()

    @property
    def password_days_left(self) -> int | None:
        """Until a new one is asked for, by MAX_PASSWORD_AGE; 0 or less: now. None: never."""
        if not settings.MAX_PASSWORD_AGE or not self.has_usable_password():
            return None
        age = timezone.now() - (self.password_changed_at or self.date_joined)
        return settings.MAX_PASSWORD_AGE - age.days

    @property
    def needs_new_password(self) -> bool:
        """Whether they choose one of their own before anything else: it was given to them, or is old."""
        left = self.password_days_left
        return self.must_change_password or (left is not None and left <= 0)

    @property
    def needs_second_factor(self) -> bool:
        """Whether the password alone is not enough for them, by MFA_ROLES."""
        is_admin = self.is_staff or self.is_superuser
        return self.role in settings.MFA_ROLES or (is_admin and ADMIN in settings.MFA_ROLES)

    @property
    def has_second_factor(self) -> bool:
        """Whether one is in force: an authenticator (`SecondFactorQuerySet.in_force`), or a passkey."""
        either = models.Q(second_factor__confirmed_at__isnull=False)
        either |= models.Q(passkeys__isnull=False)  # of whatever host: never open by a move
        return Staff.objects.filter(either, pk=self.pk).exists()

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What ends the sessions when it changes: Django's hash of the password, and the epoch."""
        by_password: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        if not self.session_epoch:
            return by_password
        text = f"{by_password}:{self.session_epoch}"
        return salted_hmac("branches.Staff.session_epoch", text, secret=secret).hexdigest()

    def take_turn(self) -> None:
        """What they do at the same moment queues, so that what is counted in between holds.

        A no-op write of their own row: until this transaction ends, others that do it wait.
        """
        Staff.objects.filter(pk=self.pk).update(sort_key=models.F("sort_key"))

    @property
    def resets_passwords(self) -> bool:
        """Whether they look after colleagues who forget theirs (see `resettable_by`)."""
        return self.is_supervisor or (self.is_staff and self.has_perm("branches.change_staff"))
