"""What stations remember."""

from stations.models.bookings import Arrival, Booking, StandBy, VisitRating
from stations.models.boxes import BoxLetter, BoxOpening, SuggestionBox
from stations.models.equipment import Equipment, EquipmentCheck, Repair
from stations.models.homes import HomeTick
from stations.models.photos import HousePhoto
from stations.models.services import Exceptional, Hours, Resource, Service
from stations.models.shifts import DeskPayment, Relief, Shift
from stations.models.sites import PlacePoint, Site
from stations.models.station import Station

__all__ = [
    "Arrival", "Booking", "BoxLetter", "BoxOpening", "DeskPayment", "Equipment", "EquipmentCheck", "Exceptional", "HomeTick", "Hours",
    "HousePhoto", "PlacePoint", "Relief", "Repair", "Resource", "Service", "Shift", "Site", "StandBy", "Station", "SuggestionBox", "VisitRating",
]  # fmt: skip
