"""未定位: the list with its reasons, and placing customers by hand."""

import pytest

from outreach.models import Lead
from outreach.tilekey import lonlat_of_key
from tests.cast import make_lead
from whitelist.models import Location, LocationSource, PlaceLevel, Precision

URL = "/lists/unlocated/"


def lost(cast, note: str = "没有地址", **fields) -> Lead:
    """A customer whom no address led anywhere."""
    lead = make_lead(cast, point=None, **fields)
    Location.objects.filter(customer=lead.customer).update(note=note)
    return lead


def fresh(lead: Lead) -> Lead:
    return Lead.objects.unscoped("test").get(pk=lead.pk)


def current(lead: Lead) -> Location:
    return Location.objects.get(customer=lead.customer_id, is_current=True)


class TestList:
    def test_shows_who_is_lost_and_why_but_no_house_and_no_name(self, as_, cast) -> None:
        lead = lost(cast, note="稻田镇没有这个村名")
        make_lead(cast)
        page = as_(cast.qian).get(URL).content.decode()
        assert page.count('class="row-link"') == 1
        assert "稻田镇没有这个村名" in page
        assert "稻田镇刘庄村" in page
        assert lead.customer.home_address not in page
        assert "吕建国" not in page
        assert lead.customer.phone not in page

    def test_filters_by_reason_branch_and_level(self, as_, cast) -> None:
        one = lost(cast, note="没有地址")
        two = lost(cast, note="缺乡镇", branch=cast.sister_outlet)
        town = make_lead(cast, precision=Precision.TOWNSHIP)
        client = as_(cast.qian)

        def shown(query: str) -> set[int]:
            page = client.get(URL + query).content.decode()
            return {lead.pk for lead in (one, two, town) if f"{URL}{lead.pk}/" in page}

        assert shown("") == {one.pk, two.pk}
        assert shown("?reason=没有地址") == {one.pk}
        assert shown(f"?branch={cast.sister_outlet.code}") == {two.pk}
        assert shown("?level=2") == {town.pk}
        assert shown("?branch=NONE") == set()
        assert shown("?level=6") == {one.pk, two.pk}  # not a level of this page

    def test_control_group_and_withdrawn_are_not_listed(self, as_, cast) -> None:
        lost(cast, eligibility="control")
        lost(cast, eligibility="withdrawn")
        assert "这里没有要处理的客户" in as_(cast.qian).get(URL).content.decode()

    def test_a_supervisor_sees_the_own_subtree_only(self, as_, cast) -> None:
        mine, far = lost(cast), lost(cast, branch=cast.far_outlet)
        page = as_(cast.zhao).get(URL).content.decode()
        assert f"{URL}{mine.pk}/" in page
        assert f"{URL}{far.pk}/" not in page


class TestPlacing:
    def test_a_village_from_the_search(self, as_, cast) -> None:
        lead = lost(cast)
        response = as_(cast.qian).post(f"{URL}{lead.pk}/", {"place": cast.next_village.code})
        assert (response.status_code, response.url) == (302, URL)
        lead = fresh(lead)
        assert (lead.precision, lead.village) == (Precision.VILLAGE, cast.next_village)
        lon, lat = lonlat_of_key(lead.tile_key)
        assert (lon, lat) == pytest.approx((118.81, 36.87), abs=3e-5)
        where = current(lead)
        assert (where.source, where.stated_by) == (LocationSource.BY_HAND, cast.qian)
        assert Location.objects.filter(customer=lead.customer_id).count() == 2

    def test_a_tapped_point_is_never_a_house(self, as_, cast) -> None:
        lead = lost(cast)
        as_(cast.zhao).post(f"{URL}{lead.pk}/", {"lon": "118.791", "lat": "36.861"})
        lead = fresh(lead)
        assert (lead.precision, lead.village) == (Precision.HAMLET, cast.village)

    def test_goes_on_to_the_next_of_the_same_list(self, as_, cast) -> None:
        first, second = lost(cast, note="缺乡镇"), lost(cast, note="缺乡镇")
        lost(cast, note="没有地址")
        url = f"{URL}{first.pk}/?reason=缺乡镇"
        response = as_(cast.qian).post(url, {"place": cast.village.code})
        assert response.url.startswith(f"{URL}{second.pk}/?reason=")

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"place": "999999999999"},
            {"lon": "nan", "lat": "36.8"},
            {"lon": "inf", "lat": "36.8"},
            {"lon": "abc", "lat": "36.8"},
            {"lon": "118.8"},
            {"lon": "2.35", "lat": "48.85"},
            {"lon": "999", "lat": "36.8"},
        ],
    )
    def test_nonsense_places_nobody(self, as_, cast, answer) -> None:
        lead = lost(cast)
        response = as_(cast.qian).post(f"{URL}{lead.pk}/", answer)
        assert response.status_code == 409
        assert 'role="alert"' in response.content.decode()
        assert fresh(lead).tile_key is None

    def test_a_county_is_too_coarse_to_choose(self, as_, cast) -> None:
        lead = lost(cast)
        code = cast.places["county"].code
        assert as_(cast.qian).post(f"{URL}{lead.pk}/", {"place": code}).status_code == 409

    def test_who_has_been_located_meanwhile_is_left_alone(self, as_, cast) -> None:
        lead = make_lead(cast, precision=Precision.ON_SITE)
        key = lead.tile_key
        response = as_(cast.qian).post(f"{URL}{lead.pk}/", {"place": cast.next_village.code})
        assert response.status_code == 409
        assert fresh(lead).tile_key == key
        assert "不用处理" in as_(cast.qian).get(f"{URL}{lead.pk}/").content.decode()

    def test_the_own_mistake_can_be_put_right_not_a_colleague_s(self, as_, cast) -> None:
        lead = lost(cast)
        client = as_(cast.qian)
        client.post(f"{URL}{lead.pk}/", {"place": cast.village.code})
        other = as_(cast.zhao).post(f"{URL}{lead.pk}/", {"place": cast.next_village.code})
        assert other.status_code == 409
        assert fresh(lead).village == cast.village
        client.post(f"{URL}{lead.pk}/", {"place": cast.next_village.code})
        assert fresh(lead).village == cast.next_village


class TestSearch:
    def test_by_village_name_and_by_township_and_village(self, as_, cast) -> None:
        lead, client = lost(cast), as_(cast.qian)

        def found(words: str) -> str:
            return client.get(f"{URL}{lead.pk}/places/", {"q": words}).content.decode()

        assert "刘庄村" in found("刘庄")
        assert "刘庄村" in found("稻田 刘庄")
        assert "刘庄村" not in found("侯镇 刘庄")
        assert "没有找到" in found("不存在")

    def test_places_without_a_point_are_not_offered(self, as_, cast) -> None:
        from tests.cast import make_place

        make_place("370783104299", "无点村", PlaceLevel.VILLAGE, cast.places["town"])
        lead = lost(cast)
        page = as_(cast.qian).get(f"{URL}{lead.pk}/places/?q=无点").content.decode()
        assert "370783104299" not in page

    def test_a_township_that_was_found_offers_its_villages(self, as_, cast) -> None:
        lead = make_lead(cast, precision=Precision.TOWNSHIP, village=None)
        Location.objects.filter(customer=lead.customer).update(place=cast.places["town"])
        page = as_(cast.qian).get(f"{URL}{lead.pk}/").content.decode()
        assert f'value="{cast.next_village.code}"' in page


@pytest.mark.parametrize("path", ["", "places/"])
def test_another_branch_s_customer_is_not_found(as_, cast, path: str) -> None:
    lead = lost(cast, branch=cast.far_outlet)
    assert as_(cast.zhao).get(f"{URL}{lead.pk}/{path}").status_code == 404
    if not path:
        answer = {"place": cast.village.code}
        assert as_(cast.zhao).post(f"{URL}{lead.pk}/", answer).status_code == 404
        assert fresh(lead).tile_key is None


@pytest.mark.parametrize("who", ["wang", "feng", "zhou"])
def test_other_roles_are_refused(as_, cast, who: str) -> None:
    lead, client = lost(cast), as_(getattr(cast, who))
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}{lead.pk}/").status_code == 403
    assert client.post(f"{URL}{lead.pk}/", {"place": cast.village.code}).status_code == 403
    assert client.get(f"{URL}{lead.pk}/places/").status_code == 403


def test_wrong_methods(as_, cast) -> None:
    lead, client = lost(cast), as_(cast.qian)
    assert client.post(URL).status_code == 405
    assert client.put(f"{URL}{lead.pk}/").status_code == 405
    assert client.post(f"{URL}{lead.pk}/places/").status_code == 405


def test_a_nul_does_no_harm(as_, cast) -> None:
    lead, client = lost(cast), as_(cast.qian)
    for url in ("?reason=%00", "?branch=%00a", f"{lead.pk}/places/?q=%00a"):
        assert client.get(URL + url).status_code == 200
    assert client.post(f"{URL}{lead.pk}/", {"place": "\0"}).status_code == 409
