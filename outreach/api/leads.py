"""Leads and their state, masked."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from branches.models import Branch, Staff
from outreach.filters import LeadFilter
from outreach.models import Lead
from outreach.page_limits import PagesOfCustomers
from trust.masking import mask_name, mask_phone
from whitelist.models import Place, Product

# Product codes: the schema cannot guess it through the relation.
extend_schema_field({"type": "array", "items": {"type": "string"}})(
    LeadFilter.base_filters["product"]
)


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A customer as work. Amounts in 元; the amount is pre-approved, 以最终审批为准."""

    customer_no = serializers.CharField(source="customer.customer_no")
    name = serializers.SerializerMethodField(help_text="masked: 吕**")
    phone = serializers.SerializerMethodField(help_text="masked: 138****5678")
    branch = serializers.SlugRelatedField[Branch](slug_field="code", read_only=True)
    holder = serializers.SlugRelatedField[Staff](
        slug_field="username", read_only=True, allow_null=True
    )
    village = serializers.SlugRelatedField[Place](
        slug_field="code", read_only=True, allow_null=True
    )
    product = serializers.SlugRelatedField[Product](
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = Lead
        fields = (
            *("id", "customer_no", "name", "phone", "branch", "holder", "stage", "stage_basis"),
            *("eligibility", "village", "precision", "product", "segment", "amount", "valid_to"),
            *("score", "follow_up_at", "last_attempt_at", "last_contact_at"),
        )

    def get_name(self, lead: Lead) -> str:
        return mask_name(lead.customer.name)

    def get_phone(self, lead: Lead) -> str:
        return mask_phone(lead.customer.phone)


class LeadViewSet(viewsets.ReadOnlyModelViewSet[Lead]):
    """客户 of the system's subtree, of every eligibility: whoever contacts looks there first."""

    serializer_class = LeadSerializer
    throttle_classes = [PagesOfCustomers]
    filterset_class = LeadFilter
    queryset = Lead.objects.unscoped("describing the API").none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        leads = Lead.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        return leads.select_related("customer", "branch", "holder", "village", "product")
