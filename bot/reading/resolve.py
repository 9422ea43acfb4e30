"""What a question takes from the one before it: what is missing in it, what its pronouns mean, what is put another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.question import Question, RoundPhrase
from bot.question.turn import Turn
from bot.reading.frame import ACTOR, Frame
from knowledge.facts import Attendance, Fact, Statement

_BY_SIDE = {
    "attendees": "presence",
    "absentees": "presence",
    "card": "presence",
    "when_where": "presence",
    "roles_at": "presence",
    "participants": "rounds_of",
    "which_round": "rounds_of",
    "count": "rounds_of",
    "agreed": "statements",
    "topic": "statements",
    "speakers": "statements",
    "final_statement": "statements",
    "talks": "who_is",
    "event": "statements",
    "sources_of_round": "presence",
    "duration": "presence",
}
_OF_THE_ROUND = {"leader": "leader", "role_of": "role_of", "roles_at": "roles_at"}
JOINTS = frozenset({"to", "from", "of", "by", "with", "about", "for", "against"})
_SAYING = ("statements", "speakers", "addressees", "agreed", "topic", "to_addressee")
_OF_PRESENCE = frozenset({"presence", "absentees", "rounds_of", "stopped"})
_OF_PARTIES = frozenset({"presence", "rounds_of", "role_of", "leader", "statements", "statements_to", "statements_about_actor"})
ACTOR_INTENTS = frozenset(
    {
        "presence",
        "rounds_of",
        "role_of",
        "leader",
        "who_is",
        "speaks_for",
        "by_title",
        "edge_time",
        "stopped",
        "timeline",
    }
)


def named_alone(frame: Frame, last: Turn) -> bool:
    """Whether one party or round is named and nothing else, after a question about others: "Iraq?" after "was Jordan there?"

    Who was named in the answer is asked about for his own sake.
    """
    before = last.question
    if not frame.mentions and frame.slots() == {"round"} and not frame.classes:
        return before.intent != "card" and bool(before.rounds or before.period)
    if frame.polar and frame.classes == [(ACTOR,)] and not frame.slots() and before.rounds:
        # "Did the Americans?"
        return True
    if len(frame.mentions) != 1 or frame.slots() or any(s != (ACTOR,) and s[0] not in JOINTS for s in frame.classes):
        return False
    ids = frame.mentions[0].ids
    slots = (before.actor, before.speaker) if before.intent in _OF_PARTIES else ()
    answered = {one for fact in last.answer.facts for one in _named_by(fact)}
    return bool(ids) and any(slot and not set(ids) & set(slot) for slot in slots) and not answered & set(ids)


def _named_by(fact: Fact) -> set[str]:
    """The actors that a fact is about or names as there."""
    if isinstance(fact, Attendance):
        return {fact.actor, fact.head, *fact.members}
    return {fact.speaker} if isinstance(fact, Statement) else {fact.key}


def by_whom(frame: Frame, last: Turn) -> bool:
    """Whether nothing is said but "by whom?", "to whom?" after words that somebody said: which of them is not told."""
    return frame.classes == [("who",)] and not frame.slots() and last.question.intent.startswith(_SAYING)


def asked_again(asked: frozenset[str], anaphor: bool, last: Turn) -> Question | None:
    """The last question put another way: "why not?", "which ones?", "who else?", "how many?"."""
    before = last.question
    if asked in ({"why"}, {"why", "not"}, {"why", "absent"}, {"why", "attend"}) and before.intent in _OF_PRESENCE:
        return before.but(polar=False)
    if asked in ({"which"}, {"which", "rounds"}, {"what"}, {"which", "be"}, {ACTOR}):
        if before.intent == "count":
            return before.but(intent="which_round")
        if "count" in before.wants:
            return before.but(wants=tuple(one for one in before.wants if one != "count"))
    if asked == {"who", "be"} and anaphor and last.persons and before.intent not in _OF_PRESENCE:
        # "Who is that?", of one who was named.
        return Question("who_is", actor=last.persons)
    if asked == {"who"} and before.intent in _OF_PRESENCE and last.rounds:
        # "Who else?"
        return Question("attendees", rounds=_rounds(last.rounds))
    if asked in ({"how many"}, {"how many", "rounds"}, {"how many", "be"}):
        if before.intent == "which_round":
            return before.but(intent="count")
        if before.intent in ("rounds_of", "attendees"):
            return before.but(wants=("count",))
    return None


def boundless(question: Question) -> bool:
    """Whether all that anybody ever said is asked for: "who said that?"."""
    limits = (question.topics, question.rounds, question.addressee, question.mention, question.period, question.places)
    return question.intent == "speakers" and not any(limits) and set(question.acts) <= {"said"}


def _rounds(keys: Sequence[str]) -> tuple[RoundPhrase, ...]:
    by_talks: dict[str, list[int]] = {}
    for key in keys:
        talks, number = key.rsplit("/", 1)
        by_talks.setdefault(talks, []).append(int(number))
    return tuple(RoundPhrase(tuple(numbers), talks=talks) for talks, numbers in by_talks.items())


def resolved(phrase: RoundPhrase, keys: Sequence[str]) -> RoundPhrase:
    """ "the one after" becomes the one after the round of the last turn."""
    if phrase.offset and phrase.anaphor:
        key = keys[-1] if phrase.offset > 0 else keys[0]
        talks, number = key.rsplit("/", 1)
        return RoundPhrase(offset=phrase.offset, base=RoundPhrase((int(number),), talks=talks))
    if phrase.offset and phrase.base is not None and phrase.base.anaphor:
        return resolved(replace(phrase, base=None, anaphor=True), keys)
    return phrase


def referent(anaphor: str, last: Turn) -> tuple[str, ...]:
    """Ids of the actors that "he" (`anaphor` "person") or "they" means after a turn."""
    question = last.question
    if anaphor == "person":
        return last.persons or question.speaker or question.actor
    return question.speaker or question.actor


def supplied(question: Question, missing: set[str], frame: Frame, last: Turn) -> tuple[Question, set[str]]:
    """What is missing, taken from the last turn; after "and …" also what was not said again."""
    before = last.question
    sayings = question.intent.startswith(_SAYING)
    if frame.anaphor and before.topics and not question.topics and sayings:
        # "What did Russia say about it?"
        rounds = question.rounds or before.rounds
        question = question.but(topics=before.topics, rounds=rounds, period=question.period or before.period)
        missing -= {"round", "topic"}
    elif ("round" in missing or frame.anaphor or question.intent == "whether") and last.rounds and not question.rounds:
        # "Was it in Sochi?" asks about the place; else the place and time were those of the round.
        kept = (question.period, question.places) if question.intent == "whether" else (None, ())
        question = question.but(rounds=_rounds(last.rounds), period=kept[0], places=kept[1])
        missing.discard("round")
    if "topic" in missing and before.topics:
        question = question.but(topics=before.topics)
        missing.discard("topic")
    if boundless(question):
        question = question.but(topics=before.topics, rounds=question.rounds or before.rounds, speaker=())
    if "actor" in missing and before.actor:
        question = question.but(actor=before.actor)
        missing.discard("actor")
    named = question.rounds or question.period or question.places
    if question.intent in _OF_THE_ROUND and not named and last.rounds and (before.rounds or before.period):
        # "Who headed the UN team?" after a question about round 17 asks about that round.
        question = question.but(rounds=_rounds(last.rounds), intent=_OF_THE_ROUND[question.intent])
    if (
        question.intent == "speakers"
        and question.acts == ("refused",)
        and frame.classes[:1] == [("who",)]
        and len(frame.classes) == 2
    ):
        # "Who declined?", after a list of who was there.
        question = question.but(intent="absentees", rounds=_rounds(last.rounds)) if last.rounds else question
    spoken_of = len(last.rounds) == 1 and bool(before.rounds or before.period)
    if question.intent == "rounds_of" and question.polar and not named and spoken_of:
        # "Did Jordan attend?", of a round that was spoken of.
        question = question.but(intent="presence", rounds=_rounds(last.rounds))
    if question.intent == "compare" and len(question.rounds) == 1 and spoken_of:
        # "Compare it with round 7"
        question = question.but(rounds=(*_rounds(last.rounds), *question.rounds))
    if frame.anaphor and before.intent == "talks" and question.intent == "attendees":
        question = Question("participants", talks=before.talks)
        missing.clear()
    if frame.follow or (frame.resolved and question.topics):
        if not (question.rounds or question.period or question.places) and last.rounds and before.rounds:
            question = question.but(rounds=_rounds(last.rounds))
        if not question.topics and before.topics and question.intent.startswith(("statements", "speakers", "agreed", "topic")):
            question = question.but(topics=before.topics)
    return question, missing


def merged(frame: Frame, last: Turn) -> Question:
    """The last question with what is said now in the place of what was said then."""
    question = last.question
    if frame.rounds or frame.period or frame.places:
        question = question.but(rounds=tuple(frame.rounds), period=frame.period, places=tuple(frame.places))
        spoken_of = last.rounds[0].rsplit("/", 1)[0] if last.rounds else ""
        question = question.but(talks=frame.talks or question.talks or spoken_of)
    elif last.rounds and question.intent in _BY_SIDE:
        question = question.but(rounds=question.rounds or _rounds(last.rounds[:1] if len(last.rounds) == 1 else ()))
    if frame.topics:
        question = question.but(topics=tuple(frame.topics), mention=())
        if question.intent in (
            "attendees",
            "absentees",
            "card",
            "when_where",
            "presence",
            "roles_at",
            "leader",
            "role_of",
            "who_is",
            "rounds_of",
        ):
            question = question.but(
                intent="topic",
                acts=(),
                actor=(),
                speaker=question.actor if question.intent in ("presence", "who_is") else (),
            )
    if frame.mentions:
        question = _with_party(question, frame)
    return question


def _with_party(question: Question, frame: Frame) -> Question:
    ids = frame.mentions[-1].ids
    if frame.mentions[-1].role and question.intent in ("attendees", "presence", "absentees", "card"):
        # "Only the observers"
        return question.but(intent="roles_at", role=frame.mentions[-1].role, actor=ids, wants=(), polar=False)
    joint = next((classes[0] for classes in frame.classes if ACTOR not in classes), "")
    if question.actor and question.intent in ACTOR_INTENTS:
        return question.but(actor=ids)
    if joint == "about":
        return question.but(mention=ids, topics=())
    if joint == "from" and question.speaker and not question.addressee:
        return question.but(speaker=ids)
    if question.addressee and joint != "by":
        return question.but(addressee=ids)
    if question.speaker and joint in ("to", "from", "of", "with", "for", "against"):
        return question.but(addressee=ids, intent="statements")
    if question.speaker:
        return question.but(speaker=ids)
    intent = _BY_SIDE.get(question.intent, question.intent)
    if intent == "statements":
        acts = ("agreed",) if question.intent == "agreed" else question.acts
        return question.but(intent=intent, speaker=ids, acts=acts, wants=())
    return question.but(intent=intent, actor=ids, wants=(), polar=intent == "presence")
