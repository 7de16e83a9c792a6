"""Contact logs: what other systems report, exactly once, and what was reported."""

from datetime import UTC, datetime, timedelta
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from branches.models import Staff
from outreach.actions.log_outcome import (
    AlreadyLogged,
    Answers,
    CustomerErased,
    TakenBack,
    log_outcome,
)
from outreach.models import (
    CallState,
    Channel,
    ContactLog,
    Lead,
    NeedTime,
    Outcome,
    PersonReached,
    Step,
)
from outreach.page_limits import PagesOfCustomers
from trust.wall import whole_bank

OF_HEADQUARTERS = (Channel.HQ_SMS, Channel.HQ_POPUP, Channel.HQ_AI_CALL, Channel.HQ_CALL)
CALLS = (Channel.CALL, Channel.CALL_IN, Channel.HQ_AI_CALL, Channel.HQ_CALL)
SAID_BY_OTHERS = (Outcome.AFTER_SEASON, Outcome.REFUSED)
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # contacts and questions before it are mistakes
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
FOLLOW_UP_WITHIN = timedelta(days=366)  # as on the outcome sheet
SOURCE = "api"


class OtherContent(APIException):
    """The UUID is taken by a log that says something else."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "这个 UUID 已登记过，内容不同；原记录不变。"
    default_code = "other_content"


class DataDeleted(APIException):
    """Nothing is stored any more about a customer whose data was deleted."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "客户资料已按本人要求删除，不再登记；没有保存任何内容。"
    default_code = "customer_erased"


class ContactLogSerializer(serializers.ModelSerializer[ContactLog]):
    """A stored log. What was said in free text stays inside."""

    staff = serializers.SlugRelatedField[Staff](
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = ContactLog
        fields = (
            *("uuid", "lead", "staff", "channel", "purpose", "started_at", "logged_at"),
            *("call_state", "person", "is_contact", "outcome", "steps", "need_amount"),
            *("need_time", "season", "follow_up_at", "source"),
        )


class NewContactLogSerializer(serializers.Serializer[Any]):
    """A contact to be stored. `uuid` is the sender's: sending it again stores it once."""

    uuid = serializers.UUIDField()
    lead = serializers.IntegerField(required=False, help_text="id of the lead, or:")
    customer_no = serializers.CharField(max_length=40, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices)
    staff = serializers.CharField(
        max_length=150, required=False, help_text="工号; not for headquarters' own channels"
    )
    started_at = serializers.DateTimeField()
    call_state = serializers.ChoiceField(choices=CallState.choices, default="", allow_blank=True)
    person = serializers.ChoiceField(choices=PersonReached.choices, default="", allow_blank=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, default="", allow_blank=True)
    steps = serializers.ListField(
        child=serializers.ChoiceField(choices=Step.choices), default=list, max_length=len(Step)
    )
    need_amount = serializers.IntegerField(
        min_value=1, max_value=10**12, default=None, allow_null=True, help_text="元"
    )
    need_time = serializers.ChoiceField(choices=NeedTime.choices, default="", allow_blank=True)
    need_purpose = serializers.CharField(max_length=200, default="", allow_blank=True)
    business = serializers.CharField(max_length=500, default="", allow_blank=True)
    season = serializers.CharField(max_length=60, default="", allow_blank=True)
    follow_up_at = serializers.DateTimeField(default=None, allow_null=True)
    note = serializers.CharField(max_length=500, default="", allow_blank=True)

    def validate_started_at(self, moment: Any) -> Any:
        if moment > timezone.now() + CLOCK_SKEW:
            raise serializers.ValidationError("开始时间在将来，请检查系统时钟。")
        if moment < EARLIEST:
            raise serializers.ValidationError("开始时间太早，请检查系统时钟。")
        return moment

    def validate_follow_up_at(self, moment: Any) -> Any:
        if moment and not EARLIEST <= moment <= timezone.now() + FOLLOW_UP_WITHIN:
            raise serializers.ValidationError("下次跟进应在一年之内。")
        return moment

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("lead" in given) == ("customer_no" in given):
            raise serializers.ValidationError({"lead": "lead 和 customer_no 填且只填一个。"})
        if (given["channel"] in OF_HEADQUARTERS) == ("staff" in given):
            raise serializers.ValidationError({"staff": "总行渠道不填工号，其他渠道必填。"})
        if given["call_state"] and given["channel"] not in CALLS:
            raise serializers.ValidationError({"call_state": "不是电话，没有通话结果。"})
        answered = given["call_state"] in ("", CallState.CONNECTED)
        if not answered and (given["person"] or given["outcome"]):
            raise serializers.ValidationError({"call_state": "没有接通，不能登记谈话内容。"})
        allowed = given["person"] == PersonReached.SELF or given["outcome"] in SAID_BY_OTHERS
        if given["outcome"] and not (given["person"] and allowed):
            raise serializers.ValidationError({"outcome": "不是本人，不能登记这个结果。"})
        return given


def _in_our_time(moment: datetime) -> None:
    """A moment that every database can compare with, in whatever zone."""
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise ValidationError("时间超出范围。")


class ContactLogFilter(django_filters.FilterSet):
    lead = django_filters.NumberFilter(max_value=2**63 - 1)
    customer_no = django_filters.CharFilter(field_name="lead__customer__customer_no")
    since = django_filters.IsoDateTimeFilter(
        field_name="started_at", lookup_expr="gte", validators=[_in_our_time]
    )
    until = django_filters.IsoDateTimeFilter(
        field_name="started_at", lookup_expr="lt", validators=[_in_our_time]
    )

    class Meta:
        model = ContactLog
        fields = ("channel", "outcome", "source")


class ContactLogViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ContactLog]
):
    """触达记录 of the system's subtree."""

    serializer_class = ContactLogSerializer
    throttle_classes = [PagesOfCustomers]
    filterset_class = ContactLogFilter
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    queryset = ContactLog.objects.unscoped("describing the API").none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return ContactLog.objects.visible_to(self.request.user).select_related("staff")  # type: ignore[arg-type]

    @extend_schema(
        request=NewContactLogSerializer,
        responses={
            201: ContactLogSerializer,
            200: OpenApiResponse(ContactLogSerializer, "the same was stored before"),
            404: OpenApiResponse(description="no such lead or staff in the system's subtree"),
            409: OpenApiResponse(
                description="the UUID is taken by other content, or the data was deleted"
            ),
        },
    )
    def create(self, request: Request) -> Response:
        """Store one contact and move the lead's stage, as the outcome sheet does."""
        form = NewContactLogSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        lead = self._lead(given)
        staff = self._staff(given)
        logs = ContactLog.objects.unscoped("found by its own key, then compared")
        with whole_bank("a UUID is one log's in the whole bank"):
            before = logs.filter(uuid=given["uuid"]).first()
        if before is not None and not _is_this_contact(before, given, lead, staff):
            raise OtherContent
        answers = Answers(**{name: given[name] for name in Answers.__dataclass_fields__})
        try:
            log = log_outcome(
                log_uuid=given["uuid"],
                by=request.user,  # type: ignore[arg-type]
                answers=answers,
                lead=lead,
                channel=given["channel"],
                staff=staff,
                started_at=given["started_at"],
                source=SOURCE,
            )
        except (AlreadyLogged, TakenBack, PermissionDenied):
            raise OtherContent from None
        except CustomerErased:
            raise DataDeleted from None
        if not _is_this_contact(log, given, lead, staff):  # another was quicker with this UUID
            raise OtherContent
        code = status.HTTP_200_OK if before else status.HTTP_201_CREATED
        return Response(ContactLogSerializer(log).data, status=code)

    def _lead(self, given: dict[str, Any]) -> Lead:
        leads = Lead.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        if "lead" in given:
            return get_object_or_404(leads, pk=given["lead"])
        return get_object_or_404(leads, customer__customer_no=given["customer_no"])

    def _staff(self, given: dict[str, Any]) -> Staff | None:
        if "staff" not in given:
            return None
        people = Staff.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        return get_object_or_404(people, username=given["staff"])


def _is_this_contact(
    log: ContactLog, given: dict[str, Any], lead: Lead, staff: Staff | None
) -> bool:
    """Whether a stored log is of the same contact; its outcome is compared by the action."""
    return (
        log.source == SOURCE
        and log.lead_id == lead.pk
        and log.channel == given["channel"]
        and log.staff_id == (staff.pk if staff else None)
        and log.started_at == given["started_at"]
    )
