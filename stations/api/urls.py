"""Doors of the stations, under /api/v1/stations/. Houses go by their slug; tickets and places in a line by a key that only their holder has."""

from django.urls import path

from stations.api import desk, group, houses, tickets

app_name = "stations-api"
DESK = "stations/<slug:slug>/desk/"
urlpatterns = [
    path("stations/", houses.Houses.as_view(), name="stations"),
    path("stations/near/", houses.NearBy.as_view(), name="stations_near"),
    path("stations/mine/", tickets.Mine.as_view(), name="stations_mine"),
    path("stations/mine/lines/", tickets.MyLines.as_view(), name="stations_my_lines"),
    path("stations/found/", group.Found.as_view(), name="station_found"),
    path("stations/tickets/<uuid:key>/", tickets.Ticket.as_view(), name="station_ticket"),
    path("stations/tickets/<uuid:key>/cancel/", tickets.Cancel.as_view(), name="station_cancel"),
    path("stations/tickets/<uuid:key>/rate/", tickets.Rate.as_view(), name="station_rate"),
    path("stations/lines/<uuid:key>/", tickets.Line.as_view(), name="station_line"),
    path("stations/lines/<uuid:key>/leave/", tickets.Leave.as_view(), name="station_line_leave"),
    path("stations/<slug:slug>/", houses.House.as_view(), name="station"),
    path("stations/<slug:slug>/slots/", houses.Slots.as_view(), name="station_slots"),
    path("stations/<slug:slug>/book/", tickets.Book.as_view(), name="station_book"),
    path("stations/<slug:slug>/wait/", tickets.Wait.as_view(), name="station_wait"),
    path("stations/<slug:slug>/facts/", group.Facts.as_view(), name="station_facts"),
    path("stations/<slug:slug>/facts/change/", group.Describe.as_view(), name="station_describe"),
    path("stations/<slug:slug>/move/", group.Move.as_view(), name="station_move"),
    path(DESK, desk.Desk.as_view(), name="station_desk"),
    path(f"{DESK}check-in/", desk.CheckIn.as_view(), name="station_check_in"),
    path(f"{DESK}let-go/", desk.LetGo.as_view(), name="station_let_go"),
    path(f"{DESK}walk-in/", desk.WalkIn.as_view(), name="station_walk_in"),
    path(f"{DESK}take-back/", desk.TakeBack.as_view(), name="station_take_back"),
    path(f"{DESK}services/", desk.Services.as_view(), name="station_services"),
    path(f"{DESK}services/offer/", desk.Offer.as_view(), name="station_offer"),
    path(f"{DESK}services/<slug:kind>/terms/", desk.Terms.as_view(), name="station_terms"),
    *(path(f"{DESK}services/<slug:kind>/{name}/", door.as_view(), name=f"station_{name}") for name, door in desk.ACT_DOORS.items()),
    path(f"{DESK}out/", desk.OutOfOrder.as_view(), name="station_out"),
    path(f"{DESK}back/", desk.BackAgain.as_view(), name="station_back"),
    path(f"{DESK}hours/", desk.OpenHours.as_view(), name="station_hours"),
    path(f"{DESK}days/", desk.SpecialDay.as_view(), name="station_day"),
    path(f"{DESK}days/usual/", desk.UsualDay.as_view(), name="station_day_usual"),
]
