"""Dates and times as pages write them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from pipeline.pages.dates import day_of, find_dates, parse_date, parse_month, parse_period, parse_times
from tests.growth import grows


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("Do., 11.12.2025", "2025-12-11", "ALLRIS 4"),
        ("Mo, 03.03.2025", "2025-03-03", "ALLRIS 3"),
        ("03.06.2025 - 5.1 Radweg", "2025-06-03", "the heading; the TOP number is no date"),
        ("3.6.2025", "2025-06-03", "without zeros"),
        ("30.09.21", "2021-09-30", "two digits of the year"),
        ("30.09.98", "1998-09-30", "two digits of the last century"),
        ("2025-06-03", "2025-06-03", "already ISO"),
        ("Dienstag, den 5. März 2024 um 17:00 Uhr", "2024-03-05", "a month's name"),
        ("1. Januar 2020", "2020-01-01", "the first month"),
        ("Thu, Jan 29, 2026", "2026-01-29", "English, as without Accept-Language"),
        ("January 5, 2026", "2026-01-05", "English in full"),
        ("29 Jan 2026", "2026-01-29", "English, day first"),
        (" am Do., 01.10.2026 um 17:00 Uhr.", "2026-10-01", "a calendar's tooltip"),
        ("31.02.2024, verlegt auf 01.03.2024", "2024-03-01", "an impossible date is passed over"),
        ("99.99.2024", None, "no date at all"),
        ("3.6.2025.4", None, "a version number"),
        ("TOP 3.1.12", None, "a TOP number is no date of the year 12"),
        ("5. Sitzung 2024", None, "no month"),
        ("", None, "nothing"),
        ("0.0.0000", None, "zeros"),
    ],
)
def test_parse_date(text: str, expected: str | None, reason: str) -> None:
    assert parse_date(text) == expected, reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("18:08", ("18:08", None), "a start"),
        ("18:00 - 20:10", ("18:00", "20:10"), "a range"),
        ("18:00-20:10 ", ("18:00", "20:10"), "without blanks"),
        ("17.00 Uhr", ("17:00", None), "with a full stop"),
        ("17 Uhr bis 19 Uhr", ("17:00", "19:00"), "hours only"),
        ("17:00 Uhr bis 19.30 Uhr", ("17:00", "19:30"), "mixed"),
        ("bis 19:30", (None, "19:30"), "only the end is told"),
        ("5:30 PM - 7:05 PM", ("17:30", "19:05"), "English"),
        ("12:15 am", ("00:15", None), "after midnight"),
        ("9:05", ("09:05", None), "one digit"),
        ("25:00", (None, None), "no time"),
        ("24:00", ("00:00", None), "midnight"),
        ("01.02.2024", (None, None), "a date is no time"),
        ("", (None, None), "nothing"),
    ],
)
def test_parse_times(text: str, expected: tuple[str | None, str | None], reason: str) -> None:
    assert parse_times(text) == expected, reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("01.07.2023 - 30.06.2028", ("2023-07-01", "2028-06-30"), "both"),
        ("seit 01.07.2023", ("2023-07-01", None), "open end"),
        ("ab 01.07.2023", ("2023-07-01", None), "open end"),
        ("bis 30.06.2028", (None, "2028-06-30"), "untold start"),
        ("(bis 28.05.2019)", (None, "2019-05-28"), "a faction that is gone"),
        ("- 30.06.2028", (None, "2028-06-30"), "a range without its start"),
        ("Keine Angabe", (None, None), "nothing"),
    ],
)
def test_parse_period(text: str, expected: tuple[str | None, str | None], reason: str) -> None:
    assert parse_period(text) == expected, reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Juni\xa02025", "2025-06"), ("Oktober 2023", "2023-10"), ("March 2024", "2024-03"), ("06/2025", "2025-06"), ("13/2025", None), ("Sitzung 2025", None)],
)
def test_parse_month(text: str, expected: str | None) -> None:
    assert parse_month(text) == expected


def test_days_of_a_calendar() -> None:
    assert day_of("2025-06", " 3 ") == "2025-06-03"
    assert day_of("2025-06", "03.") == "2025-06-03"
    assert day_of("2025-02", "30") is None
    assert day_of(None, "3") is None
    assert day_of("2025-06", "") is None


def test_many_dates() -> None:
    assert find_dates("vom 01.02.2024 bis 5. März 2024") == ["2024-02-01", "2024-03-05"]
    assert len(find_dates("01.02.2024 " * 100)) == 20


@pytest.mark.parametrize("read", [find_dates, parse_times, parse_month])
@pytest.mark.parametrize("piece", ["1.", "12 ", "März ", "1 März ", "a"])
def test_long_fields_take_linear_time(piece: str, read: Callable[[str], object]) -> None:
    wrong = grows(lambda size: partial(read, piece * (size // len(piece))), (100_000, 1_000_000))
    assert wrong is None, wrong
