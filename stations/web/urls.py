"""Drivers' doors of the stations."""

from django.urls import path

from stations.web import booking, find, house, ticket

app_name = "stations"
urlpatterns = [
    path("", find.index, name="index"),
    path("map", find.on_map, name="map"),
    path("mine", ticket.mine, name="mine"),
    path("photo/<uuid:key>.jpg", house.photo, name="photo"),
    path("ticket/<uuid:key>", ticket.ticket, name="ticket"),
    path("ticket/<uuid:key>/qr.svg", ticket.qr, name="ticket-qr"),
    path("ticket/<uuid:key>/cancel", ticket.cancel, name="cancel"),
    path("ticket/<uuid:key>/rate", ticket.rate, name="rate"),
    path("line/<uuid:key>", ticket.line, name="line"),
    path("<slug:slug>", house.house, name="house"),
    path("<slug:slug>/book", booking.book, name="book"),
]
