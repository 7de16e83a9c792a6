"""An authenticator in the hand of somebody of the cast."""

import time
from dataclasses import dataclass, field

from django.test import Client

from branches.actions.second_factor import begin_enrolment, confirm_enrolment
from branches.authenticator import STEP, code_at
from branches.models import SecondFactor, Staff
from branches.step_up import CONFIRMED


def confirm(client: Client) -> None:
    """Password and second factor were given in this session a moment ago."""
    session = client.session
    session[CONFIRMED] = int(time.time())
    session.save()


@dataclass
class Phone:
    """What shows their codes, and the paper with the recovery codes."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, steps: int = 0) -> str:
        """What it shows now, or so many steps of 30 seconds later."""
        return code_at(self.secret, time.time() + steps * STEP)

    def wrong(self) -> str:
        """Six digits that are no code of these minutes."""
        due = {self.code(steps) for steps in range(-3, 4)}
        return next(code for code in map(str, range(123456, 123466)) if code not in due)


def enrolled(staff: Staff) -> Phone:
    """They enrolled a while ago: any code of now is still good."""
    factor = begin_enrolment(by=staff)
    phone = Phone(factor.secret)
    phone.recovery_codes = confirm_enrolment(factor=factor, code=phone.code(), by=staff)
    SecondFactor.objects.filter(pk=factor.pk).update(last_step=0)
    return phone
