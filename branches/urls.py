from django.urls import path

from branches.views import account, confirm, devices, passkeys, resets, second_factor

urlpatterns = [
    path("me/password/", account.password, name="password"),
    path("me/pin/", account.pin, name="pin"),
    path("me/phone/", account.work_phone, name="work_phone"),
    path("me/authenticator/", second_factor.authenticator, name="second_factor"),
    path("me/authenticator/off/", second_factor.off, name="second_factor_off"),
    path("me/authenticator/codes/", second_factor.codes, name="recovery_codes"),
    path("me/passkeys/", passkeys.passkeys, name="passkeys"),
    path("me/passkeys/<int:pk>/remove/", passkeys.passkey_remove, name="passkey_remove"),
    path("me/confirm/", confirm.confirm, name="confirm"),
    path("me/devices/", devices.devices, name="devices"),
    path("me/devices/<int:pk>/logout/", devices.device_logout, name="device_logout"),
    path("me/devices/others/logout/", devices.others_logout, name="others_logout"),
    path("staff/forgotten/", resets.forgotten, name="staff_forgotten"),
    path("staff/<int:pk>/reset/", resets.reset, name="staff_reset"),
    path("staff/<int:pk>/authenticator/", resets.factor_reset, name="staff_factor_reset"),
    path("staff/<int:pk>/sessions/", resets.end_sessions, name="staff_end_sessions"),
]
