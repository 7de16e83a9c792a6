from django.urls import URLPattern, path

from whitelist.views import changes, detail, mapping_page, problems, receiving, uploads

urlpatterns: list[URLPattern] = [
    path("", uploads.uploads, name="uploads"),
    path("new/", receiving.upload_new, name="upload_new"),
    path("new/branches/", receiving.upload_branches, name="upload_branches"),
    path("<int:pk>/", detail.upload_detail, name="upload_detail"),
    path("<int:pk>/report/", problems.upload_report, name="upload_report"),
    path("<int:pk>/mapping/", mapping_page.upload_mapping, name="upload_mapping"),
    path("<int:pk>/retry/", changes.upload_retry, name="upload_retry"),
    path("<int:pk>/abandon/", changes.upload_abandon, name="upload_abandon"),
]
