from django.urls import path

from branches.views import account, resets

urlpatterns = [
    path("me/password/", account.password, name="password"),
    path("me/pin/", account.pin, name="pin"),
    path("me/phone/", account.work_phone, name="work_phone"),
    path("me/devices/", account.devices, name="devices"),
    path("me/devices/<int:pk>/logout/", account.device_logout, name="device_logout"),
    path("staff/forgotten/", resets.forgotten, name="staff_forgotten"),
    path("staff/<int:pk>/reset/", resets.reset, name="staff_reset"),
]
