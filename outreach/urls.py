from django.urls import URLPattern, path

from outreach.views.branch import assignments, funnel, lead_list, places
from outreach.views.field import calls, cards, log_corrections, logs, me, returns, today
from outreach.views.lists import list_decisions, unlocated

urlpatterns: list[URLPattern] = []

# Assignment, the lead list, the funnel.
urlpatterns += [
    path("assign/", places.by_place, name="assign_by_place"),
    path("assign/panel/", assignments.panel, name="assign_panel"),
    path("assign/give/", assignments.assign, name="assign"),
    path("assign/recent/", assignments.recent, name="assign_recent"),
    path("assign/<int:pk>/undo/", assignments.undo, name="assign_undo"),
    path("leads/<int:pk>/claim/", assignments.claim, name="lead_claim"),
    path("leads/", lead_list.lead_list, name="lead_list"),
    path("funnel/", funnel.funnel, name="funnel"),
]

# Card, call, log; what a manager does today.
urlpatterns += [
    path("leads/<int:pk>/card/", cards.card, name="lead_card"),
    path("leads/<int:pk>/navigate/", cards.navigate, name="lead_navigate"),
    path("leads/<int:pk>/call/", calls.lead_call, name="lead_call"),
    path("leads/<int:pk>/log/", logs.log_without_call, name="lead_log"),
    path("leads/<int:pk>/return/", returns.lead_return, name="lead_return"),
    path("leads/<int:pk>/position/", returns.lead_position, name="lead_position"),
    path("logs/waiting/", logs.waiting, name="waiting_logs"),
    path("logs/<uuid:log_uuid>/", logs.outcome, name="log_outcome"),
    path("logs/<uuid:log_uuid>/correct/", log_corrections.correct, name="correct_log"),
    path("today/", today.today, name="today"),
    path("me/", me.me, name="me"),
]

# Lists: what the two people decide; customers nobody could place.
urlpatterns += [
    path("lists/<int:pk>/submit/", list_decisions.list_submit, name="list_submit"),
    path("lists/<int:pk>/approve/", list_decisions.list_approve, name="list_approve"),
    path("lists/<int:pk>/send-back/", list_decisions.list_send_back, name="list_send_back"),
    path("lists/<int:pk>/undo/", list_decisions.list_undo, name="list_undo"),
    path("lists/unlocated/", unlocated.unlocated, name="unlocated"),
    path("lists/unlocated/<int:pk>/", unlocated.unlocated_lead, name="unlocated_lead"),
    path("lists/unlocated/<int:pk>/places/", unlocated.unlocated_places, name="unlocated_places"),
]
