"""The facts of the dashboards."""

from dashboards.models.facts import DayFact, FactMark

__all__ = ["DayFact", "FactMark"]
