from django.urls import URLPattern, path

from outreach.views import assignments, calls, cards, logs, me, places, returns, today

urlpatterns: list[URLPattern] = []

# Assignment, the lead list, the funnel.
urlpatterns += [
    path("assign/", places.by_place, name="assign_by_place"),
    path("assign/panel/", assignments.panel, name="assign_panel"),
    path("assign/give/", assignments.assign, name="assign"),
    path("assign/recent/", assignments.recent, name="assign_recent"),
    path("assign/<int:pk>/undo/", assignments.undo, name="assign_undo"),
    path("leads/<int:pk>/claim/", assignments.claim, name="lead_claim"),
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
    path("today/", today.today, name="today"),
    path("me/", me.me, name="me"),
]
