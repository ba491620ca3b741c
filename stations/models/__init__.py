"""What stations remember."""

from stations.models.bookings import Arrival, Booking, StandBy, VisitRating
from stations.models.services import Exceptional, Hours, Resource, Service
from stations.models.station import Station

__all__ = ["Arrival", "Booking", "Exceptional", "Hours", "VisitRating", "Resource", "Service", "Station", "StandBy"]
