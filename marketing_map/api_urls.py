"""/api/: version 1 for the bank's other systems, its schema and its page."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from branches.api import BranchViewSet, StaffViewSet
from marketing_map import api_docs
from outreach.api.contact_logs import ContactLogViewSet
from outreach.api.leads import LeadViewSet
from whitelist.api import ProblemList, UploadViewSet

version_1 = SimpleRouter(use_regex_path=True)
version_1.register("leads", LeadViewSet, basename="api-lead")
version_1.register("contact-logs", ContactLogViewSet, basename="api-contact-log")
version_1.register("uploads", UploadViewSet, basename="api-upload")
version_1.register("branches", BranchViewSet, basename="api-branch")
version_1.register("staff", StaffViewSet, basename="api-staff")

urlpatterns = [
    path("v1/", include(version_1.urls)),
    path("v1/uploads/<int:upload_pk>/problems/", ProblemList.as_view(), name="api-problems"),
    path("schema/", api_docs.schema, name="api_schema"),
    path("docs/", api_docs.page, name="api_docs"),
]
