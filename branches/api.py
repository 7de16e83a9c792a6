"""Branches and staff, for the bank's other systems."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from branches.models import Branch, Staff


class BranchSerializer(serializers.ModelSerializer[Branch]):
    # Named as the model names it; a serializer has a `parent` of its own.
    parent = serializers.SlugRelatedField[Branch](  # type: ignore[assignment]
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = Branch
        fields = ("code", "name", "level", "parent", "lon", "lat", "address", "phone")


class StaffSerializer(serializers.ModelSerializer[Staff]):
    branch = serializers.SlugRelatedField[Branch](slug_field="code", read_only=True)

    class Meta:
        model = Staff
        fields = ("username", "name", "role", "branch", "work_phone", "is_active")


class BranchViewSet(viewsets.ReadOnlyModelViewSet[Branch]):
    """机构: the system's own branch and everything below it. Points are WGS-84."""

    serializer_class = BranchSerializer
    lookup_field = "code"
    filterset_fields = ("level", "parent__code")
    queryset = Branch.objects.none()

    def get_queryset(self) -> QuerySet[Branch]:
        if _only_described(self):
            return self.queryset
        return Branch.objects.within(self.request.user.branch).select_related("parent")  # type: ignore[union-attr]


class StaffViewSet(viewsets.ReadOnlyModelViewSet[Staff]):
    """员工 of the system's subtree; `username` is the 工号."""

    serializer_class = StaffSerializer
    lookup_field = "username"
    lookup_value_regex = "[^/]+"
    filterset_fields = ("role", "branch__code", "is_active")
    queryset = Staff.objects.none()

    def get_queryset(self) -> QuerySet[Staff]:
        if _only_described(self):
            return self.queryset
        return Staff.objects.visible_to(self.request.user).select_related("branch")  # type: ignore[arg-type]


def _only_described(view: Any) -> bool:
    """Whether the schema is being written, and nobody asks."""
    return bool(getattr(view, "swagger_fake_view", False))
