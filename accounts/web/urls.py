"""Doors of accounts. The one-tap doors of the demo do not even exist elsewhere."""

from django.conf import settings
from django.urls import path

from accounts.web import demo, driver, look, sessions, staff

app_name = "accounts"
urlpatterns = [
    path("driver/", driver.phone, name="driver"),
    path("driver/code/", driver.code, name="driver_code"),
    path("staff/", staff.sign_in, name="staff"),
    path("staff/code/", staff.code, name="staff_code"),
    path("staff/factor/", staff.factor, name="staff_factor"),
    path("staff/factor.svg", staff.factor_picture, name="staff_factor_picture"),
    path("staff/factor/noted/", staff.recovery_noted, name="staff_recovery_noted"),
    path("staff/password/", staff.new_password, name="staff_password"),
    path("staff/again/", staff.again, name="staff_again"),
    path("out/", driver.sign_out, name="sign_out"),
    path("sessions/", sessions.own_sessions, name="sessions"),
    path("care/", look.care, name="care"),
    path("theme/", look.theme, name="theme"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", demo.demo, name="demo"))
