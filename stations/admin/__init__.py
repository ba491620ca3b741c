"""The staff's side of stations: the desk of a house, its services, the houses of the group."""

from accounts.admin import menu
from stations.admin import boxes, homes, houses, photos, services, shifts, things, today, writing

__all__ = ["boxes", "homes", "houses", "photos", "services", "shifts", "things", "today", "writing"]

menu.register_item(menu.STATIONS, "今天", "bed", "admin:stations_desk", today.ROLES, order=10, pill=True)
menu.register_item(menu.STATIONS, "所有驿站", "building", "admin:stations_houses", today.ROLES, order=20)
menu.register_rows(today.rows_that_wait)
