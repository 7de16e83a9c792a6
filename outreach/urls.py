from django.urls import URLPattern, path

from outreach.views.branch import (
    assignments,
    briefing,
    exports,
    funnel,
    lead_list,
    people,
    places,
    taking_back,
    targets,
)
from outreach.views.customer import shared_page
from outreach.views.field import (
    after,
    calls,
    cards,
    corrections,
    log_corrections,
    logs,
    me,
    returns,
    today,
)
from outreach.views.lists import (
    correction_review,
    export_review,
    feeds,
    list_decisions,
    refusals,
    unlocated,
)

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

# The head of a branch: the morning, targets, people.
urlpatterns += [
    path("briefing/", briefing.briefing, name="briefing"),
    path("briefing/picture/", briefing.picture, name="briefing_picture"),
    path("briefing/picture.svg", briefing.picture_svg, name="briefing_picture_svg"),
    path("assign/take-back/", taking_back.take_back_chosen, name="take_back"),
    path("targets/", targets.targets, name="targets"),
    path("staff/", people.staff, name="staff"),
    path("staff/<int:pk>/", people.staff_member, name="staff_member"),
    path("staff/<int:pk>/release/", people.release, name="staff_release"),
    path(
        "staff/<int:pk>/release/<int:operation>/undo/",
        people.undo_release,
        name="staff_release_undo",
    ),
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
    path("today/new/", today.new_in_hand, name="new_in_hand"),
    path("today/new/seen/", today.new_in_hand_seen, name="new_in_hand_seen"),
    path("me/", me.me, name="me"),
]

# 更正: what the field finds to be otherwise, and its review.
urlpatterns += [
    path("leads/<int:pk>/wrong/", corrections.lead_wrong, name="lead_wrong"),
    path("leads/<int:pk>/correct/<slug:what>/", corrections.lead_correct, name="lead_correct"),
    path("leads/<int:pk>/phone-fault/", corrections.lead_phone_fault, name="lead_phone_fault"),
    path("leads/<int:pk>/deceased/", corrections.lead_deceased, name="lead_deceased"),
    path(
        "leads/<int:pk>/deceased/undo/",
        corrections.lead_deceased_undo,
        name="lead_deceased_undo",
    ),
    path(
        "corrections/<int:pk>/take-back/",
        corrections.correction_take_back,
        name="correction_take_back",
    ),
    path("lists/corrections/", correction_review.corrections, name="corrections"),
    path("lists/corrections/decide/", correction_review.decide, name="corrections_decide"),
]

# Lists: what the two people decide; customers nobody could place.
urlpatterns += [
    path("lists/<int:pk>/submit/", list_decisions.list_submit, name="list_submit"),
    path("lists/<int:pk>/approve/", list_decisions.list_approve, name="list_approve"),
    path("lists/<int:pk>/send-back/", list_decisions.list_send_back, name="list_send_back"),
    path("lists/<int:pk>/undo/", list_decisions.list_undo, name="list_undo"),
    path("lists/refusals/", refusals.refusals, name="refusals"),
    path("lists/refusals/file/", refusals.refusals_file, name="refusals_file"),
    path("lists/refusals/<int:pk>/reopen/", refusals.refusal_reopen, name="refusal_reopen"),
    path("lists/unlocated/", unlocated.unlocated, name="unlocated"),
    path("lists/unlocated/<int:pk>/", unlocated.unlocated_lead, name="unlocated_lead"),
    path("lists/unlocated/<int:pk>/places/", unlocated.unlocated_places, name="unlocated_places"),
]

# After a conversation; and the page it sends, which customers open without login.
urlpatterns += [
    path("leads/<int:pk>/number/", after.lead_number, name="lead_number"),
    path("leads/<int:pk>/message/", after.lead_message, name="lead_message"),
    path("leads/<int:pk>/share/", after.lead_share, name="lead_share"),
    path("shares/<int:pk>/", after.share_sheet, name="share_sheet"),
    path("shares/<int:pk>/withdraw/", after.share_withdraw, name="share_withdraw"),
    path("s/<str:code>/", shared_page.shared_page, name="shared_page"),
    path("s/<str:code>/go/", shared_page.apply, name="shared_apply"),
]

# 总行数据: files of headquarters' contacts, loan results and refusals.
urlpatterns += [
    path("lists/feeds/", feeds.feeds, name="feeds"),
    path("lists/feeds/new/", feeds.feed_new, name="feed_new"),
    path("lists/feeds/<int:pk>/", feeds.feed, name="feed"),
    path("lists/feeds/<int:pk>/report/", feeds.feed_report, name="feed_report"),
    path("lists/feeds/<int:pk>/retry/", feeds.feed_retry, name="feed_retry"),
]

# 导出: asked for by the head of a branch, agreed to by a reviewer, fetched by who asked.
urlpatterns += [
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.export_new, name="export_new"),
    path("exports/<int:pk>/", exports.export, name="export"),
    path("exports/<int:pk>/take-back/", exports.export_take_back, name="export_take_back"),
    path("exports/<int:pk>/download/", exports.export_download, name="export_download"),
    path("lists/exports/", export_review.export_requests, name="export_requests"),
    path("lists/exports/<int:pk>/", export_review.export_request, name="export_request"),
    path("lists/exports/<int:pk>/agree/", export_review.export_agree, name="export_agree"),
    path("lists/exports/<int:pk>/refuse/", export_review.export_refuse, name="export_refuse"),
]
