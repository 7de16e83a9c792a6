"""Who is logged in, read with their branch in one query: every request asks for both."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from branches.models import Staff

BACKEND = "marketing_map.backend.StaffBackend"


class StaffBackend(ModelBackend):
    """Django's, with the branch fetched along. Read from the database at each request, so
    that somebody disabled is out at their next one."""

    def get_user(self, user_id: Any) -> Staff | None:
        staff = Staff.objects.get_queryset().select_related("branch").filter(pk=user_id).first()
        return staff if staff is not None and self.user_can_authenticate(staff) else None
