"""Schedules in cron's notation, as GitHub Actions reads it, counted. Names as @daily are refused.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/ (read 2026-11).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TERM = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the five fields: its name, its range, and the words that stand for numbers."""

    name: str
    low: int
    high: int
    words: Sequence[str] = ()

    def values(self, text: str) -> frozenset[int]:
        """The numbers that the field's text stands for.

        Raises:
            ValueError: the text is not one that cron reads.
        """
        return frozenset(value for term in text.split(",") for value in self._term(term))

    def _term(self, term: str) -> range:
        found = _TERM.fullmatch(term)
        if found is None or (found["first"] == "*" and found["last"]):
            raise ValueError(f"{self.name} {term!r} is not cron's notation")
        first = self.low if found["first"] == "*" else self._number(found["first"])
        open_ended = found["first"] == "*" or found["step"]
        last = self.high if open_ended and not found["last"] else first
        last = self._number(found["last"]) if found["last"] else last
        step = int(found["step"] or 1)
        if step == 0 or last < first:
            raise ValueError(f"{self.name} {term!r} holds no value")
        return range(first, last + 1, step)

    def _number(self, text: str) -> int:
        if text.upper() in self.words:
            return self.low + self.words.index(text.upper())
        if not text.isdigit() or not self.low <= int(text) <= self.high:
            raise ValueError(f"{self.name} {text!r} is not within {self.low} to {self.high}")
        return int(text)


FIELDS = (
    Field(name="minute", low=0, high=59),
    Field(name="hour", low=0, high=23),
    Field(name="day of the month", low=1, high=31),
    Field(name="month", low=1, high=12, words=_MONTHS),
    Field(name="day of the week", low=0, high=6, words=_DAYS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A schedule, read."""

    minutes: frozenset[int]
    hours: frozenset[int]
    month_days: frozenset[int]
    months: frozenset[int]
    week_days: frozenset[int]
    either_day: bool
    """Both kinds of days are restricted: cron then takes a day that fits one of them."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads the five fields.

        Raises:
            ValueError: the text is not a schedule; the message says which field is wrong.
        """
        parts = text.split()
        if len(parts) != len(FIELDS):
            raise ValueError(f"{text!r} has {len(parts)} fields, not {len(FIELDS)}")
        read = [field.values(part) for field, part in zip(FIELDS, parts, strict=True)]
        return cls(
            minutes=read[0],
            hours=read[1],
            month_days=read[2],
            months=read[3],
            week_days=read[4],
            either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
        )

    @property
    def runs_a_day(self) -> int:
        """How often it fires on a day that fits."""
        return len(self.minutes) * len(self.hours)

    @property
    def most_runs_a_month(self) -> int:
        """How often it fires in the fullest month that any year has."""
        days = (
            sum(self._fits(day, (first + day - 1) % 7) for day in range(1, _LONGEST[month - 1] + 1))
            for month in self.months
            for first in range(7)
        )
        return self.runs_a_day * max(days)

    @property
    def shortest_gap_minutes(self) -> int:
        """The shortest time between two firings, if every day fits."""
        times = sorted(60 * hour + minute for hour in self.hours for minute in self.minutes)
        return min(later - earlier for earlier, later in pairwise([*times, times[0] + 1440]))

    def _fits(self, day: int, week_day: int) -> bool:
        by_month, by_week = day in self.month_days, week_day in self.week_days
        return (by_month or by_week) if self.either_day else (by_month and by_week)
