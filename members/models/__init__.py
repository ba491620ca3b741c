"""What members remembers."""

from members.models.census import Conflict, Declaration, FieldChange, HeaderWord, StagedRow, Upload
from members.models.claims import Claim, Outreach
from members.models.drivers import Driver, DriverVehicle, Duplicate, SearchKey, Vehicle
from members.models.enterprises import Enterprise, EnterpriseName, UnionMember
from members.models.exports import Export
from members.models.joining import EmployerChoice, HandOver, JoinRequest, PhoneTail, StillMember
from members.models.requests import DataRequest
from members.models.retention import Postponed
from members.models.zones import ContactNote, Match, NoContact, Refusal, Seat, Waiting

__all__ = [
    "Claim",
    "Conflict",
    "ContactNote",
    "DataRequest",
    "Declaration",
    "Driver",
    "DriverVehicle",
    "Duplicate",
    "EmployerChoice",
    "Enterprise",
    "EnterpriseName",
    "Export",
    "FieldChange",
    "HandOver",
    "HeaderWord",
    "JoinRequest",
    "Match",
    "NoContact",
    "Outreach",
    "PhoneTail",
    "Postponed",
    "Refusal",
    "SearchKey",
    "Seat",
    "StagedRow",
    "StillMember",
    "UnionMember",
    "Upload",
    "Vehicle",
    "Waiting",
]
