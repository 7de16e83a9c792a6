"""今日: what cannot wait. 我的: my figures with numerator and denominator."""

from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from outreach.models import Channel, ContactLog, Stage
from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}


def test_today_shows_reasons_and_waiting_attempts(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, valid_to=timezone.localdate())
    log = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=timezone.now()
    )
    page = as_(cast.wang).get(reverse("today")).content.decode()
    assert reverse("log_outcome", args=[log.uuid]) in page and "data-waiting-count>1<" in page
    assert "吕建国" in page and "今天已联系 <b>1</b> 位，触达 <b>0</b> 位" in page
    assert 'class="tab-count"' in page
    assert 'class="tab-count"' not in as_(cast.li).get(reverse("today")).content.decode()
    assert lead.customer.phone not in page
    assert "<html" not in as_(cast.wang).get(reverse("today"), headers=HTMX).content.decode()


def test_today_is_the_managers(cast: Cast, as_: Any) -> None:
    for other in (cast.zhao, cast.qian, cast.feng, cast.zhou):
        assert as_(other).get(reverse("today")).status_code == 403
    assert as_(cast.wang).post(reverse("today")).status_code == 405


def test_a_colleague_sees_nothing_of_mine(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    assert "吕" not in as_(cast.li).get(reverse("today")).content.decode()


def test_me_shows_numerator_and_denominator(cast: Cast, as_: Any) -> None:
    now = timezone.now()
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED, last_contact_at=now)
    make_lead(cast, holder=cast.wang, stage=Stage.INTERESTED, last_contact_at=now)
    make_lead(cast, holder=cast.wang, stage=Stage.DRAWN, last_contact_at=now)
    page = as_(cast.wang).get(reverse("me")).content.decode()
    assert "3/4" in page and "已触达 75%" in page and "有意向 25%" in page
    assert "王经理" in page and "稻田支行网点" in page and "退出登录" in page


def test_me_is_everybodys(cast: Cast, as_: Any) -> None:
    for each in (cast.wang, cast.zhao, cast.qian, cast.feng, cast.zhou):
        response = as_(each).get(reverse("me"))
        assert response.status_code == 200 and each.name in response.content.decode()
    assert as_(cast.wang).post(reverse("me")).status_code == 405
