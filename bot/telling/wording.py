"""How facts read in English: dates, names with their side, statements. No fact is added here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from knowledge.facts import Actor, Round, Statement
from knowledge.text import norm

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def day(value: date) -> str:
    """ "24 January 2024"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def days(starts: date, ends: date) -> str:
    """ "24–25 January 2024", as short as it can be said."""
    if starts == ends:
        return day(starts)
    if (starts.year, starts.month) == (ends.year, ends.month):
        return f"{starts.day}–{day(ends)}"
    if starts.year == ends.year:
        return f"{starts.day} {MONTHS[starts.month - 1]} – {day(ends)}"
    return f"{day(starts)} – {day(ends)}"


def month(value: date) -> str:
    """ "January 2024"."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 round", "2 rounds"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def capital(text: str) -> str:
    """The text with its first letter a capital."""
    return text[:1].upper() + text[1:]


def round_title(found: Round, talks: str = "") -> str:
    """ "Round 21 (January 2024, Astana)"; `talks` is named when it is not the usual series."""
    place = f", {found.city}" if found.city else ""
    return f"{talks + ' r' if talks else 'R'}ound {found.number} ({month(found.starts)}{place})"


def short_name(actor: Actor) -> str:
    """What an actor is called as a side: "opposition", "UN", "Russia"."""
    whole = norm(actor.name)
    tails = [alias for alias in actor.aliases if whole.endswith(" " + norm(alias))]
    if tails:
        return min(tails, key=len)
    capitals = [alias for alias in actor.aliases if alias.isupper() and len(alias) <= 3 and alias.isalpha()]
    return capitals[0] if capitals and " " in actor.name else actor.name


def side_of(actor: Actor, actors: Mapping[str, Actor]) -> Actor | None:
    """The party at the end of an actor's chain of affiliations, if it is another."""
    at, seen = actor, {actor.id}
    while at.affiliation in actors and at.affiliation not in seen:
        at = actors[at.affiliation]
        seen.add(at.id)
    return at if at.id != actor.id else None


def with_side(actor: Actor, actors: Mapping[str, Actor], start: bool = False) -> str:
    """ "Ahmed Tohmeh (opposition)"; a party is named as it stands in a sentence."""
    side = side_of(actor, actors)
    name = actor.name if actor.kind == "person" else actor.inside
    text = f"{name} ({short_name(side)})" if side else name
    return capital(text) if start else text


def said(statement: Statement, actors: Mapping[str, Actor]) -> str:
    """ "Ahmed Tohmeh (opposition) asked Russia to …": the statement as its row reads."""
    speaker = actors[statement.speaker]
    text = f"{with_side(speaker, actors, start=True)} {statement.act} {statement.text}"
    if statement.quote:
        text += f" (“{statement.quote}”)"
    return text
