"""A small grammar of days, months and years; a general date parser would read dates into words ("who *may* attend")."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from bot.question import Period
from bot.reading.numbers import NUMBER_WORDS, ordinal

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb febr",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_FULL = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
]  # fmt: skip
# Words without a digit that a date can start with.
_STARTS = MONTHS.keys() | NUMBER_WORDS | {"between", "from", "since", "after", "before", "until", "till", "the", "year"}
_ONWARDS = ("on", "onward", "onwards", "forward", "forwards")
_DOUBTFUL = {"may", "march", "mar", "sep", "dec", "jan"}
_FIRST_YEAR, _LAST_YEAR = 1990, 2099


def year_of(word: str) -> int | None:
    """The year that a word is, or None."""
    if len(word) == 4 and word.isdigit() and _FIRST_YEAR <= int(word) <= _LAST_YEAR:
        return int(word)
    return None


def whole_year(year: int) -> Period:
    """A year as a period."""
    return Period(date(year, 1, 1), date(year, 12, 31), str(year))


def whole_month(year: int, month: int) -> Period:
    """A month as a period."""
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), f"{_FULL[month - 1]} {year}")


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Period(found, found, f"{day} {_FULL[month - 1]} {year}")


def _number(words: Sequence[str], at: int) -> tuple[int, int] | None:
    if at < len(words) and words[at].isdigit() and 1 <= int(words[at]) <= 31 and len(words[at]) <= 2:
        return int(words[at]), 1
    found = ordinal(words, at)
    return found if found and found[0] <= 31 else None


def _numeric(words: Sequence[str], at: int) -> tuple[Period, int] | None:
    three = words[at : at + 3]
    if len(three) == 3 and all(word.isdigit() for word in three):
        first, middle, last = three
        for year, month, day in ((first, middle, last), (last, middle, first)):
            if year_of(year) and len(month) <= 2 and len(day) <= 2:
                found = _day(int(year), int(month), int(day)) if 1 <= int(month) <= 12 else None
                if found:
                    return found, 3
    two = words[at : at + 2]
    if (
        len(two) == 2
        and all(word.isdigit() for word in two)
        and len(two[0]) <= 2
        and year_of(two[1])
        and 1 <= int(two[0]) <= 12
    ):
        return whole_month(int(two[1]), int(two[0])), 2
    return None


def _with_month(words: Sequence[str], at: int) -> tuple[Period, int] | None:
    start, day = at, None
    if found := _number(words, at):
        day, used = found
        at += used
        if at < len(words) and words[at] == "to" and (last := _number(words, at + 1)):
            # "24–25 January": the rounds of the first day are those of the second.
            at += 1 + last[1]
        at += at < len(words) and words[at] == "of"
    if at >= len(words) or words[at] not in MONTHS:
        return None
    name, month = words[at], MONTHS[words[at]]
    at += 1
    if day is None and (found := _number(words, at)) and not year_of(words[at]):
        day, used = found
        at += used
        if second := _number(words, at):
            at += second[1]
    at += at < len(words) - 1 and words[at] == "of" and year_of(words[at + 1]) is not None
    year = year_of(words[at]) if at < len(words) else None
    if year is None:
        before = words[start - 1] if start else ""
        if day is not None or (name in _DOUBTFUL and before not in ("in", "during", "of")):
            return None
        # A month of no year: the store says in which years something was in it.
        return Period(date(_FIRST_YEAR, month, 1), date(_LAST_YEAR, month, 28), _FULL[month - 1], month), at - start
    period = whole_month(year, month) if day is None else _day(year, month, day)
    return (period, at + 1 - start) if period else None


def _plain(words: Sequence[str], at: int) -> tuple[Period, int] | None:
    found = _numeric(words, at) or _with_month(words, at)
    if found:
        return found
    skip = 0
    while at + skip < len(words) and words[at + skip] in ("the", "year"):
        skip += 1
    year = year_of(words[at + skip]) if at + skip < len(words) else None
    return (whole_year(year), skip + 1) if year else None


def period_at(words: Sequence[str], at: int) -> tuple[Period, int] | None:
    """(period, words used) when a date, month, year or a span of them starts at a place, else None."""
    word = words[at]
    if word not in _STARTS and not word[0].isdigit():
        return None
    if word in ("between", "from") and (first := _plain(words, at + 1)):
        joint = at + 1 + first[1]
        if joint < len(words) and words[joint] in ("and", "to", "until", "till") and (second := _plain(words, joint + 1)):
            text = f"{first[0].text} to {second[0].text}"
            return Period(first[0].since, second[0].until, text), joint + 1 + second[1] - at
    if word in ("since", "after", "before", "until", "till", "from") and (found := _plain(words, at + 1)):
        period, used = found
        spans = {
            "since": (period.since, date(_LAST_YEAR, 12, 31)),
            "from": (period.since, date(_LAST_YEAR, 12, 31)),
            "after": (period.until, date(_LAST_YEAR, 12, 31)),
            "before": (date(_FIRST_YEAR, 1, 1), period.since),
            "until": (date(_FIRST_YEAR, 1, 1), period.until),
            "till": (date(_FIRST_YEAR, 1, 1), period.until),
        }
        if period.month and not period.years:
            return None
        after = words[at + used + 1] if at + used + 1 < len(words) else ""
        if word == "from" and after not in _ONWARDS:
            # "The statement from February 2021" is that of the month.
            return period, used + 1
        used += word == "from"
        since, until = spans[word]
        return Period(since, until, f"{word} {period.text}"), used + 1
    return _plain(words, at)
