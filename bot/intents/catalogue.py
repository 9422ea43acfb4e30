"""All intents, by name."""

from __future__ import annotations

from bot.intents import attendance, delegations, outcomes, overtime, persons, rounds, sources, statements
from bot.question.intent import Intent

FAMILIES = {
    "who was there": (*attendance.INTENTS, *delegations.INTENTS),
    "who said what to whom": statements.INTENTS,
    "what came out": outcomes.INTENTS,
    "the rounds": rounds.INTENTS,
    "persons and bodies": persons.INTENTS,
    "over time, side by side": overtime.INTENTS,
    "where from": sources.INTENTS,
}
INTENTS: tuple[Intent, ...] = tuple(intent for family in FAMILIES.values() for intent in family)
