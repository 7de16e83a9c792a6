"""List files and their reports, for the bank's other systems."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import generics, mixins, serializers, viewsets

from branches.models import Branch, Staff
from trust.masking import mask_customer_no
from whitelist.imports.sentences import sentence
from whitelist.models import Programme, UploadProblem, WhitelistUpload


class UploadSerializer(serializers.ModelSerializer[WhitelistUpload]):
    programme = serializers.SlugRelatedField[Programme](slug_field="code", read_only=True)
    scope = serializers.SlugRelatedField[Branch](slug_field="code", read_only=True)
    uploaded_by = serializers.SlugRelatedField[Staff](
        slug_field="username", read_only=True, allow_null=True
    )
    reviewed_by = serializers.SlugRelatedField[Staff](
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = WhitelistUpload
        fields = (
            *("id", "programme", "scope", "mode", "file_name", "size", "sha256", "state"),
            *("failure", "totals", "approval_no", "model_version", "effective_at"),
            *("uploaded_by", "uploaded_at", "submitted_at", "reviewed_by", "reviewed_at"),
        )


class ProblemSerializer(serializers.ModelSerializer[UploadProblem]):
    """One problem of the report; the cell's value and the 客户号 are masked."""

    row = serializers.IntegerField(source="row_no")
    message = serializers.SerializerMethodField()
    customer_no = serializers.SerializerMethodField()

    class Meta:
        model = UploadProblem
        fields = ("row", "column", "code", "level", "message", "customer_no", "shown")

    def get_message(self, problem: UploadProblem) -> str:
        return str(sentence(problem.code, problem.params))

    def get_customer_no(self, problem: UploadProblem) -> str:
        return mask_customer_no(problem.customer_no)


class UploadViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[WhitelistUpload]
):
    """名单文件: those whose scope lies in the system's subtree."""

    serializer_class = UploadSerializer
    filterset_fields = ("state", "mode", "programme__code", "scope__code")
    queryset = WhitelistUpload.objects.unscoped("describing the API").none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        uploads = WhitelistUpload.objects.visible_to(self.request.user)
        return uploads.select_related("programme", "scope", "uploaded_by", "reviewed_by")


class ProblemList(generics.ListAPIView[UploadProblem]):
    """The report of one upload: each problem by row, column and code, with its sentence."""

    serializer_class = ProblemSerializer
    filterset_fields = ("level", "code")
    queryset = UploadProblem.objects.none()

    def get_queryset(self) -> QuerySet[UploadProblem]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        uploads = WhitelistUpload.objects.visible_to(self.request.user)
        return UploadProblem.objects.filter(
            upload=get_object_or_404(uploads, pk=self.kwargs["upload_pk"])
        )
