"""What stations remember."""

from stations.models.bookings import Arrival, Booking, StandBy, VisitRating
from stations.models.homes import HomeTick
from stations.models.photos import HousePhoto
from stations.models.services import Exceptional, Hours, Resource, Service
from stations.models.sites import PlacePoint, Site
from stations.models.station import Station

__all__ = [
    "Arrival", "Booking", "Exceptional", "HomeTick", "Hours", "HousePhoto", "PlacePoint", "Resource", "Service", "Site", "StandBy", "Station", "VisitRating",
]  # fmt: skip
