"""What appeals remembers."""

from appeals.models.answers import Answer, CallBack, Rating, ReplyTemplate
from appeals.models.appeal import Accused, Appeal, Recusal
from appeals.models.clocks import ClockRule
from appeals.models.deadlines import Clock, Pause
from appeals.models.drafts import Draft, DraftPhoto
from appeals.models.events import Event
from appeals.models.legs import Leg, Request
from appeals.models.photos import Photo
from appeals.models.routing import RouteDecision, RoutingRule

__all__ = [
    "Accused", "Answer", "Appeal", "CallBack", "Clock", "ClockRule", "Draft", "DraftPhoto", "Event", "Leg",
    "Pause", "Photo", "Rating", "Recusal", "ReplyTemplate", "Request", "RouteDecision", "RoutingRule",
]  # fmt: skip
