"""Drivers' doors of the register: finding one's branch, one's contact."""

from django.urls import path

from members.web import contact, data, find, join, register

app_name = "members"
urlpatterns = [
    path("data", data.data, name="data"),
    path("data/copy", data.copy, name="copy"),
    path("register", register.register, name="register"),
    path("branch", find.find, name="find"),
    path("branch/mine", find.mine, name="claim"),
    path("branch/proof", find.proof, name="proof"),
    path("branch/withdraw", find.withdraw, name="withdraw"),
    path("branch/again", find.again, name="again"),
    path("five", contact.five, name="five"),
    path("five/<uuid:key>", contact.one, name="one_of_five"),
    path("five/<uuid:key>/let-go", contact.let_go, name="let_go"),
    path("contact", contact.contact, name="contact"),
    path("contact/change", contact.change, name="contact_change"),
    path("union", join.join, name="union"),
    path("union/withdraw", join.withdraw, name="union_withdraw"),
]
