"""Drivers' doors of the register: finding one's branch, one's contact."""

from django.urls import path

from members.web import find

app_name = "members"
urlpatterns = [
    path("branch", find.find, name="find"),
    path("branch/mine", find.mine, name="claim"),
    path("branch/proof", find.proof, name="proof"),
    path("branch/withdraw", find.withdraw, name="withdraw"),
    path("branch/again", find.again, name="again"),
]
