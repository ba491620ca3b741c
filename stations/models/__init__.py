"""What stations remember."""

from stations.models.bookings import Arrival, Booking, StandBy, VisitRating
from stations.models.homes import HomeTick
from stations.models.services import Exceptional, Hours, Resource, Service
from stations.models.station import Station

__all__ = ["Arrival", "Booking", "Exceptional", "HomeTick", "Hours", "VisitRating", "Resource", "Service", "Station", "StandBy"]
