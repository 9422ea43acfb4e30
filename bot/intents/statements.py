"""Who said what to whom: what a side asked, said, rejected …, who did, and about what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from bot.intents.base import Look, RoundsFound, disputes, no_round, unknown
from bot.question import Period, Question, RoundPhrase
from bot.question.intent import Intent
from bot.question.operators import ALL
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Statement
from knowledge.store import COUNTED, NEWEST, StatementFilter

# Asking what somebody "said" asks for whatever they did with words.
ANY = frozenset({"said"})
INSTEAD = 3
NAMED = 4
_AIMED = ("asked", "accused", "condemned", "warned")


def wanted(question: Question, rounds: Sequence[str], look: Look, wide: bool = True) -> StatementFilter:
    """The filter that a question asks for."""
    talks = look.series(question)
    period = (question.period or open_period(question, look)) if not rounds else None
    names = [name for name in look.store.names.of("actor", question.mention) if name.sort != "part"] if question.mention else []
    return StatementFilter(
        speakers=question.speaker,
        to=question.addressee,
        acts=tuple(act for act in question.acts if act not in ANY),
        topics=question.topics,
        rounds=tuple(rounds),
        talks=talks.id if talks else "",
        since=period.since.isoformat() if period else "",
        until=period.until.isoformat() if period else "",
        mentions=tuple(name.shown for name in names),
        wide=wide,
    )


def line_of(statement: Statement, look: Look) -> Line:
    """A statement as a line, its note under it."""
    return Line(wording.said(statement, look.actors([statement.speaker])), (statement,), statement.note)


def by_round(statements: Sequence[Statement], look: Look, prefix: str = "") -> list[Block]:
    """Statements under their rounds (or months, outside rounds), in the order given."""
    look.actors({one.speaker for one in statements})
    rounds = look.store.rounds.by_key({one.round for one in statements if one.round})
    blocks: dict[str, list[Line]] = {}
    for one in statements:
        if one.round:
            title = look.title(rounds[one.round])
        else:
            title = f"Outside the rounds, {wording.month(one.date)}" if one.date else "Outside the rounds"
        blocks.setdefault(prefix + title, []).append(line_of(one, look))
    return [Block(title, tuple(lines)) for title, lines in blocks.items()]


def what(question: Question, look: Look) -> str:
    """What was looked for, as words: "what the opposition asked Russia about detainees"."""
    acts = [act for act in question.acts if act not in ANY]
    about = [look.topic_names(question.topics)] if question.topics else []
    about += [look.names(question.mention)] if question.mention else []
    addressee = look.names(question.addressee) if question.addressee else ""
    did = wording.listed(acts, "or")
    if not question.speaker and not acts:
        to_whom = f" to {addressee}" if addressee else ""
        return f"what was said{to_whom}" + (f" about {wording.listed(about)}" if about else "")
    if not question.speaker:
        what_was = f"what {addressee} was {did}" if addressee else f"what was {did}"
        return what_was + _of(acts, addressee) + (f" on {wording.listed(about)}" if about else "")
    parts = [f"what {look.names(question.speaker)} {did or 'said'}"]
    if addressee:
        parts.append(("" if acts and acts[0] in _AIMED else "to ") + addressee + _of(acts, addressee))
    if about:
        parts.append(f"{'on' if acts else 'about'} {wording.listed(about)}")
    return " ".join(parts)


def _of(acts: Sequence[str], addressee: str) -> str:
    return " of" if addressee and acts and acts[0] in ("accused", "warned") else ""


def _where(question: Question, found: RoundsFound | None, look: Look) -> str:
    if found and found.rounds and question.rounds:
        return f" at {wording.listed([look.label(one) for one in found.rounds])}"
    stretch = open_period(question, look)
    tail = stretch.text if stretch else look.where_when(question)
    return f" {tail}" if tail else ""


def open_period(question: Question, look: Look) -> Period | None:
    """The days of a stretch of rounds ("before round 8"): what was said between rounds counts as well."""
    phrase = question.rounds[0] if len(question.rounds) == 1 and question.rounds[0].open else None
    talks = look.series(question)
    if phrase is None or talks is None or question.period or question.places:
        return None
    rounds = {one.number: one for one in look.store.rounds.of(phrase.talks or talks.id)}
    after, first, last, before = (
        rounds.get(number) for number in (phrase.since - 1, phrase.since, phrase.until, phrase.until + 1)
    )
    since = after.ends + timedelta(1) if after else first.starts if first else date.min
    until = before.starts - timedelta(1) if before and phrase.until else last.ends if last else date.max
    return Period(since, until, _stretch_text(phrase))


def _stretch_text(phrase: RoundPhrase) -> str:
    if phrase.since and phrase.until:
        return f"from round {phrase.since} to round {phrase.until}"
    return f"since round {phrase.since}" if phrase.since else f"before round {phrase.until + 1}"


def _scope(question: Question, look: Look) -> tuple[list[str], RoundsFound | None]:
    """Keys of the rounds that the question is limited to; a plain period limits by date, not by round."""
    if (not question.rounds and not question.places) or open_period(question, look):
        return [], None
    found = look.rounds(question)
    return found.keys, found


def _which_year(question: Question, look: Look) -> Answer | None:
    """A month of no year is asked back about: statements of all Decembers are nobody's question."""
    if question.period is None or not question.period.month or question.rounds:
        return None
    years = sorted({one.starts.year for one in look.rounds(question).rounds}, reverse=True)
    choices = tuple(f"{question.period.text} {year}" for year in years)
    return Answer("clarify", f"{question.period.text} of which year?", "statements", choices=choices)


def statements(question: Question, look: Look) -> Answer:
    """What was said: own words first, then what a bloc said for its members; newest round first."""
    if back := _which_year(question, look):
        return back
    keys, found = _scope(question, look)
    if found is not None and not keys:
        return no_round("statements", found, look)
    hits = look.store.statements.find(wanted(question, keys, look))
    if not hits:
        return _nothing(question, keys, found, look)
    own, joint = _split(question, hits, look)
    blocks = by_round(own, look)
    for bloc in dict.fromkeys(one.speaker for one in joint):
        name = wording.capital(look.actor(bloc).inside)
        blocks += by_round([one for one in joint if one.speaker == bloc], look, f"{name} together — ")
    number = counted(hits, wanted(question, keys, look), look)
    where = _where(question, found, look)
    verdict: Literal["yes"] | None = "yes" if question.polar and _each_spoke(question, hits, look) else None
    heading = f"{'Yes: ' if verdict else ''}{number} on {what(question, look)}{where}:"
    if question.wants == ("who",):
        heading = _who_heading(question, hits, number, where, look)
    return Answer(
        "answered",
        heading,
        "statements",
        verdict=verdict,
        blocks=(*blocks, *disputes(hits, look)),
        closing=" ".join(filter(None, (_missing(found), _silent(question, hits, look)))),
        suggestions=_suggestions(question, hits, keys, look),
    )


def _missing(found: RoundsFound | None) -> str:
    return f"{wording.capital(wording.listed(found.missing))} is recorded." if found and found.missing else ""


def _silent(question: Question, hits: Sequence[Statement], look: Look) -> str:
    """Of several speakers those of whom nothing of it is recorded."""
    spoke = {one.speaker for one in hits}
    silent = [one for one in question.speaker if not spoke & set(look.store.actors.voices(one))]
    joint = any(one not in {voice for who in question.speaker for voice in look.store.actors.voices(who)} for one in spoke)
    if len(question.speaker) < 2 or not silent or joint:
        return ""
    return f"Nothing of it is recorded of {look.names(silent, 'or')}."


def _each_spoke(question: Question, hits: Sequence[Statement], look: Look) -> bool:
    """Whether a yes is borne out: something said was asked about, and of several speakers each said something.

    That something is talked about ("is there a ceasefire") is no yes; nor is what Russia and others agreed for "did Russia and
    the opposition agree".
    """
    if not question.acts and not question.speaker:
        return False
    if len(question.speaker) < 2:
        return True
    spoke = {one.speaker for one in hits}
    return all(spoke & set(look.store.actors.voices(one)) for one in question.speaker)


def _split(question: Question, hits: Sequence[Statement], look: Look) -> tuple[list[Statement], list[Statement]]:
    if not question.speaker:
        return list(hits), []
    narrow = {voice for one in question.speaker for voice in look.store.actors.voices(one)}
    return [one for one in hits if one.speaker in narrow], [one for one in hits if one.speaker not in narrow]


def counted(hits: Sequence[Statement], limits: StatementFilter, look: Look) -> str:
    """ "12 recorded statements"; when those looked up are only the newest, how many there are in all."""
    if len(hits) < NEWEST:
        return wording.counted(len(hits), "recorded statement")
    number = look.store.statements.count(limits)
    more = "more than " if number >= COUNTED else ""
    return f"{more}{number:,} recorded statements (here the newest {len(hits)})"


def _who_heading(question: Question, hits: Sequence[Statement], number: str, where: str, look: Look) -> str:
    speakers = dict.fromkeys(one.speaker for one in hits)
    known = look.actors(speakers)
    names = list(dict.fromkeys(wording.with_side(known[one], known) for one in speakers))
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return f"{number} on {what(question, look)}{where}, by {wording.listed(shown)}:"


def _ask(speaker: str, act: str, addressee: str, topic: str, place: str) -> str:
    parts = [f"what did {speaker} {act}" if speaker else "what was said"]
    parts += [addressee] if addressee else []
    parts += [f"about {topic}"] if topic else []
    parts += [place] if place else []
    return " ".join(parts)


def _suggestions(question: Question, hits: Sequence[Statement], keys: Sequence[str], look: Look) -> tuple[str, ...]:
    found: list[str] = []
    rounds = list(dict.fromkeys(one.round for one in hits if one.round))
    if question.speaker and not question.topics:
        topics = list(dict.fromkeys(topic for one in hits for topic in one.about))
        names = look.store.topics.by_id(topics[:2])
        found += [_ask(look.names(question.speaker), "say", "", names[one].name, "") for one in topics[:2] if one in names]
    if not keys and rounds and rounds[0].split("/")[0] == look.default:
        speaker = look.names(question.speaker) if question.speaker else ""
        topic = look.topic_names(question.topics[:1]) if question.topics else ""
        number = rounds[0].split("/")[1]
        found.append(
            _ask(speaker, "say", "", topic, f"in round {number}") if speaker or topic else f"tell me about round {number}"
        )
    elif rounds and rounds[0].split("/")[0] == look.default:
        found.append(
            f"what was agreed in round {rounds[0].split('/')[1]}"
            if _agreed(rounds[0], look)
            else f"who attended round {rounds[0].split('/')[1]}"
        )
    if question.topics and question.speaker:
        found.append(f"what was said about {look.topic_names(question.topics[:1])}")
    return tuple(dict.fromkeys(found))[:3]


def _agreed(round_key: str, look: Look) -> bool:
    return look.store.statements.any(StatementFilter(rounds=(round_key,), acts=("agreed",)))


def _nothing(question: Question, keys: Sequence[str], found: RoundsFound | None, look: Look) -> Answer:
    """Nothing fits: say so exactly, and offer what is recorded when one limit is lifted."""
    if look.trying:
        return unknown("statements", "Nothing is recorded.")
    text = f"Nothing is recorded on {what(question, look)}{_where(question, found, look)}."
    suggestions: list[str] = []
    speaker = look.names(question.speaker) if question.speaker else ""
    topic = look.topic_names(question.topics[:1]) if question.topics else ""
    place = f"in round {found.rounds[0].number}" if found and found.rounds and found.talks == look.default else ""
    attempts: Iterable[tuple[Question, Sequence[str], str]] = (
        (
            question.but(acts=(), mention=()),
            keys,
            _ask(
                speaker,
                "say",
                f"to {look.names(question.addressee)}" if question.addressee else "",
                topic,
                place,
            ),
        ),
        (question.but(period=None, mention=()), [], _ask(speaker, "say", "", topic, "")),
        (
            question.but(topics=(), mention=(), addressee=(), acts=()),
            keys,
            _ask(speaker, "say", "", "", place),
        ),
        (
            question.but(speaker=(), addressee=(), acts=(), mention=()),
            keys,
            _ask("", "say", "", topic, place),
        ),
        (
            question.but(speaker=(), addressee=(), acts=(), mention=(), period=None),
            [],
            _ask("", "say", "", topic, ""),
        ),
        (
            question.but(topics=(), addressee=(), acts=(), mention=(), period=None),
            [],
            _ask(speaker, "say", "", "", ""),
        ),
    )
    for relaxed, where, ask in attempts:
        plain = not (relaxed.speaker or relaxed.topics or relaxed.addressee)
        if ask not in suggestions and not plain and len(suggestions) < 3:
            relaxed = relaxed.but(rounds=question.rounds if where else (), addressee=relaxed.addressee if " to " in ask else ())
            if look.store.statements.any(wanted(relaxed.but(acts=()), where, look)):
                suggestions.append(ask)
    return unknown("statements", text, suggestions, _instead(question, keys, look), "Recorded is:")


def _instead(question: Question, keys: Sequence[str], look: Look) -> list[Line]:
    """What the same said by other acts than those asked for, when anything."""
    if not question.acts or not question.speaker:
        return []
    hits = look.store.statements.find(wanted(question.but(acts=()), keys, look), INSTEAD)
    look.actors({one.speaker for one in hits})
    return [line_of(one, look) for one in hits]


def speakers(question: Question, look: Look) -> Answer:
    """Who did something with words: the statements, with who made them up front."""
    if back := _which_year(question, look):
        return back
    narrow = question.but(wants=("who",), polar=False)
    keys, found = _scope(narrow, look)
    if found is not None and not keys:
        return no_round("speakers", found, look)
    limits = wanted(narrow, keys, look, wide=False)
    hits = look.store.statements.find(limits)
    if not hits and narrow.addressee:
        limits = wanted(narrow, keys, look)
        hits = look.store.statements.find(limits)
    if not hits and narrow.addressee and "accused" not in narrow.acts:
        # "who rejected the Sochi congress of Russia": the party may be mentioned instead of addressed.
        limits = wanted(narrow.but(addressee=(), mention=narrow.addressee), keys, look)
        hits = look.store.statements.find(limits)
    if not hits:
        return _nothing(narrow, keys, found, look)
    heading = _who_heading(narrow, hits, counted(hits, limits, look), _where(narrow, found, look), look)
    # "Did anyone bring up …": somebody did.
    verdict: Literal["yes"] | None = "yes" if question.polar and question.acts else None
    return Answer(
        "answered",
        f"Yes: {heading}" if verdict else heading,
        "speakers",
        verdict,
        blocks=(*by_round(hits, look), *disputes(hits, look)),
        suggestions=_suggestions(narrow, hits, keys, look),
    )


def addressees(question: Question, look: Look) -> Answer:
    """Whom a side asked, accused, warned …: its statements that are addressed to somebody."""
    keys, found = _scope(question, look)
    if found is not None and not keys:
        return no_round("addressees", found, look)
    hits = [one for one in look.store.statements.find(wanted(question, keys, look)) if one.to]
    if not hits:
        return _nothing(question, keys, found, look)
    whom = list(dict.fromkeys(to for one in hits for to in one.to))
    did = wording.listed(list(question.acts), "or") or "addressed"
    heading = f"{wording.capital(look.names(question.speaker))} {did} {look.names(whom)}"
    heading += f"{_where(question, found, look)} ({wording.counted(len(hits), 'statement')}):"
    return Answer(
        "answered",
        heading,
        "addressees",
        blocks=(*by_round(hits, look), *disputes(hits, look)),
        suggestions=_suggestions(question, hits, keys, look),
    )


_TAKES = frozenset({"round", "period", "place", "topic", "talks"})
_WHO = _TAKES | {"kind"}
_SPEAKER_FORMS = (
    "what did {speaker} {act}",
    "what {act} did {speaker} make",
    "what was {act} by {speaker}",
    "what were the {acts} of {speaker}",
    "what was {speaker} {acts}",
    "what was the {acts} of {speaker}",
    "which {acts} of {speaker}",
    "what is {speaker} {acts}",
    "what are {speaker} {acts}",
    "{speaker} {act}",
    "what {acts} did {speaker} take",
    "what {acts} was {act} by {speaker}",
    "what {acts} were {act} by {speaker}",
    "{act} by {speaker}",
    "{acts} of {speaker}",
    "{act} from {speaker}",
    "what {act} by {speaker}",
    "what {acts} of {speaker}",
    "what {act} from {speaker}",
    "what {act} came from {speaker}",
    "which {acts} did {speaker} make",
    "which {act} by {speaker}",
    "did {speaker} {act}",
    "has {speaker} {act}",
    "was there {act} by {speaker}",
    "was there {act} from {speaker}",
    "how did {speaker} {act}",
    "how was {act} by {speaker}",
    "where did {speaker} stand on {topic}",
    "where does {speaker} {act}",
    "when did {speaker} {act}",
    "why did {speaker} {act}",
    "what about {speaker} {act}",
    "what did {speaker} have {act}",
    "which rounds did {speaker} {act}",
    "tell me about {speaker} {act}",
    "tell me about {act} by {speaker}",
    "tell me about {act} of {speaker}",
    "what was the {acts} by {speaker}",
    "what did {speaker} want {act}",
    "how many {act} did {speaker} make",
    "how many {act} by {speaker}",
    "what did {speaker} {act} for",
    "who did {speaker} {act} on {topic}",
    "what is {speaker} quoted as saying",
    "what was {speaker} quoted as saying",
    "how is {speaker} quoted as saying",
    "{speaker} quoted as saying",
    "what is {speaker} quoted as saying on {topic}",
    "what is {speaker} on record as saying",
    "what did {speaker} {act} take",
    "what was {speaker} {act} to say",
    "in what way did {speaker} {act}",
    "from {speaker} what {act}",
    "what {acts} has {speaker} {act}",
    "what did {speaker} say about {topic} in {round}",
    "from {speaker}",
    "anything from {speaker}",
    "what {acts} about {mention} did {speaker} make",
    "what {acts} about {mention} {speaker}",
    "what was {act} between {speaker}",
    "{act} between {speaker}",
    "which {acts} are attributed to {speaker}",
    "what {acts} are attributed to {speaker}",
    "{acts} attributed to {speaker}",
    "what is attributed to {speaker}",
)
_TO_FORMS = (
    "what did {speaker} {act} {addressee}",
    "what did {speaker} {act} to {addressee}",
    "what did {speaker} {act} of {addressee}",
    "what did {speaker} {act} from {addressee}",
    "what did {speaker} {act} for {addressee}",
    "what did {speaker} {act} with {addressee}",
    "what did {speaker} {act} against {addressee}",
    "what {act} did {speaker} make to {addressee}",
    "what {act} did {speaker} make of {addressee}",
    "what {act} did {speaker} make against {addressee}",
    "what {act} did {speaker} have for {addressee}",
    "what {act} did {speaker} have from {addressee}",
    "what {act} did {speaker} have with {addressee}",
    "what {act} did {speaker} give {addressee}",
    "what was {addressee} {act} by {speaker}",
    "{addressee} was {act} by {speaker}",
    "what was {addressee} {act} of by {speaker}",
    "what was {act} of {addressee} by {speaker}",
    "what was {act} to {addressee} by {speaker}",
    "what was {act} from {addressee} by {speaker}",
    "what was {act} against {addressee} by {speaker}",
    "what was {act} by {speaker} to {addressee}",
    "what was {act} by {speaker} of {addressee}",
    "what was {act} by {speaker} from {addressee}",
    "what did {addressee} get {act} by {speaker}",
    "{speaker} {act} {addressee}",
    "{speaker} {act} to {addressee}",
    "{speaker} {act} of {addressee}",
    "{speaker} {act} from {addressee}",
    "{speaker} {act} for {addressee}",
    "{speaker} {act} against {addressee}",
    "{speaker} {act} with {addressee}",
    "{act} of {speaker} to {addressee}",
    "{act} of {speaker} from {addressee}",
    "{act} of {speaker} against {addressee}",
    "{act} by {speaker} to {addressee}",
    "{act} by {speaker} of {addressee}",
    "{act} by {speaker} against {addressee}",
    "{act} from {speaker} to {addressee}",
    "{act} to {addressee} by {speaker}",
    "{act} to {addressee} from {speaker}",
    "{act} of {addressee} by {speaker}",
    "{act} against {addressee} by {speaker}",
    "did {speaker} {act} {addressee}",
    "has {speaker} {act} {addressee}",
    "was {addressee} {act} by {speaker}",
    "what are {speaker} {act} to {addressee}",
    "what are the {act} of {speaker} to {addressee}",
    "what were {speaker} {act} from {addressee}",
    "what were {speaker} {act} of {addressee}",
    "what were {speaker} {act} for {addressee}",
    "what were {speaker} {act} with {addressee}",
    "what were {speaker} {act} against {addressee}",
    "what were {speaker} {act} {addressee}",
    "what {act} {speaker} {addressee}",
    "what {speaker} {act} {addressee}",
    "why did {speaker} {act} {addressee}",
    "how did {speaker} {act} {addressee}",
    "when did {speaker} {act} {addressee}",
    "what does {speaker} {act} {addressee} to do",
    "what was {speaker} {act} to {addressee}",
    "which {act} did {speaker} make to {addressee}",
    "what was in the {act} of {speaker} to {addressee}",
    "{addressee} {act} by {speaker}",
    "for what did {speaker} {act} {addressee}",
    "{speaker} to {addressee} which {act}",
    "{speaker} to {addressee} what {act}",
    "{speaker} to {addressee} {act}",
    "{speaker} from {addressee} what {act}",
    "{speaker} of {addressee} what {act}",
    "what {speaker} to {addressee} {act}",
    "which {act} from {speaker} to {addressee}",
    "what {act} from {speaker} to {addressee}",
)
_MENTION_FORMS = (
    "what did {speaker} {act} about {mention}",
    "what {act} did {speaker} make about {mention}",
    "{speaker} {act} about {mention}",
    "{speaker} about {mention}",
    "did {speaker} {act} about {mention}",
    "what was {act} by {speaker} about {mention}",
    "what is {speaker} {act} about {mention}",
    "what are {speaker} {act} about {mention}",
    "{act} by {speaker} about {mention}",
    "{act} of {speaker} about {mention}",
    "what {act} {speaker} about {mention}",
    "what does {speaker} have to say about {mention}",
    "how did {speaker} {act} about {mention}",
    "{speaker} {act} on {mention}",
)

INTENTS = (
    Intent("statements", _SPEAKER_FORMS, statements, _TAKES, ask_back="Whose words do you mean?"),
    Intent("statements_to", (*_TO_FORMS,), statements, _TAKES, ask_back="Who asked whom?"),
    Intent("statements_about_actor", _MENTION_FORMS, statements, _TAKES, preference=-0.1),
    Intent(
        "to_addressee",
        (
            "what was {addressee} {act}",
            "what was {act} to {addressee}",
            "what was {act} of {addressee}",
            "what was {act} from {addressee}",
            "what was {act} against {addressee}",
            "what {act} was made to {addressee}",
            "what {act} to {addressee}",
            "what {act} of {addressee}",
            "what {act} against {addressee}",
            "what {act} were made of {addressee}",
            "what {act} were made to {addressee}",
            "what {act} were made against {addressee}",
            "{act} to {addressee}",
            "{act} against {addressee}",
            "was {addressee} {act}",
            "how was {addressee} {act}",
            "why was {addressee} {act}",
            "was {act} against {addressee}",
            "what was {addressee} {act} to do",
            "which {act} were against {addressee}",
        ),
        statements,
        _TAKES,
        preference=-0.05,
    ),
    Intent(
        "speakers",
        (
            "who {act} {topic}",
            "who boycotted {topic} | acts=refused",
            "who refused to attend {topic} | acts=refused",
            "who was absent from {topic} | acts=refused",
            "who {act} {addressee} {acts}",
            "who {act} {acts} of {addressee}",
            "who {act} {acts} by {addressee}",
            "who {act} about {topic}",
            "who {act} {round}",
            "who {act} in {period}",
            "who {act}",
            "who {act} {addressee}",
            "who {act} to {addressee}",
            "who {act} of {addressee}",
            "who {act} from {addressee}",
            "who {act} against {addressee}",
            "who {act} by {addressee}",
            "who {act} with {addressee}",
            "who {act} for {addressee}",
            "who has {act} {topic}",
            "who was {addressee} {act} by",
            "{addressee} was {act} by who",
            "by who was {addressee} {act}",
            "by who {act}",
            "by who was {act} {topic}",
            "{topic} was {act} by who",
            "who was {act} by {topic}",
            "which {act} {topic}",
            "which {act} {addressee}",
            "did who {act} {topic}",
            "did who {act} {addressee}",
            "was {topic} {act} by who",
            "was {addressee} {act} by who",
            "who made {act} {topic}",
            "who made {act} against {addressee}",
            "who all {act} {topic}",
            "which delegation {act} {topic}",
            "which delegation {act} {addressee}",
            "what delegation {act} {topic}",
            "who is {act} {topic}",
            "who is {act}",
            "who was {act} {addressee}",
            "who wants {act} {topic}",
            "who does {act} {topic} and why",
            "how many {act} {topic}",
            "what who {act} {topic}",
            "who was against {topic} | acts=rejected",
            "who {act} of {addressee} {acts}",
            "{addressee} {acts} was {act} by who",
            "{addressee} {acts} on {topic} was {act} by who",
            "from who came {act} {topic}",
            "from who {act} {topic}",
            "who came out with {act} {topic}",
            "from who {act} of {addressee}",
            "{act} {topic} came from who",
            "{act} of {topic} from who",
            "{act} {topic} by who",
            "against {addressee} who {act}",
            "{act} {addressee} who",
            "who was it that {act} {topic}",
            "who {act} {topic} {acts}",
            "who {act} the {acts} on {topic}",
        ),
        speakers,
        _WHO,
        ask_back="About what?",
        preference=0.05,
        lists=frozenset({ALL}),
    ),
    Intent(
        "addressees",
        (
            "who did {speaker} {act}",
            "who did {speaker} {act} to",
            "who did {speaker} {act} at {round}",
            "who was {act} by {speaker}",
            "to who did {speaker} {act}",
            "who {speaker} {act}",
            "who does {speaker} {act}",
            "which did {speaker} {act}",
            "which delegation did {speaker} {act}",
        ),
        addressees,
        _TAKES,
    ),
    Intent(
        "mentions",
        (
            "who {act} about {mention}",
            "what was {act} about {mention}",
            "{act} about {mention}",
            "what {act} about {mention}",
            "was {act} about {mention}",
            "what is {act} about {mention}",
        ),
        speakers,
        _TAKES,
        preference=-0.2,
    ),
    Intent(
        "topic",
        (
            "what was {act} about {topic}",
            "what was {act} on {topic}",
            "what {act} {topic}",
            "{act} {topic}",
            "{topic} {act}",
            "{topic}",
            "tell me about {topic}",
            "what was {topic}",
            "what is {topic}",
            "what was with {topic}",
            "what happened {topic}",
            "what happened with {topic}",
            "what hold {topic}",
            "was {topic} {act}",
            "was {topic} {act} at {round}",
            "was there {act} {topic}",
            "did {act} about {topic}",
            "did {act} about {topic}",
            "what did {act} about {topic}",
            "what do {act} about {topic}",
            "what are the {act} on {topic}",
            "what are the {act} {topic}",
            "how was {topic} {act}",
            "how did {act} {topic}",
            "how was {topic}",
            "which rounds {act} {topic}",
            "which rounds was {topic} {act}",
            "at which rounds was {topic} {act}",
            "when was {topic} {act}",
            "why {topic}",
            "anyone {topic}",
            "who {topic}",
            "what was {act} at {round}",
            "what was {act} in {period}",
            "what did {act} at {round}",
            "what did {act} in {period}",
            "what {act} {round}",
            "{topic} {round}",
            "was {topic} at {round}",
            "what about {topic}",
            "{topic} rounds",
            "rounds {topic}",
            "did {topic} come up",
            "was {topic} on the agenda of {round}",
            "what was on the agenda of {round}",
            "what was {act} in {round} on {topic}",
            "what {act} were made {round}",
            "what {act} were made about {topic}",
            "discussion of {topic}",
            "what {topic} {round}",
            "was what {topic} {round}",
            "was there anything about {topic} at {round}",
            "was there anything about {topic}",
            "is there anything about {topic}",
            "anything about {topic} {round}",
            "{acts} {round}",
            "{acts} at {round}",
        ),
        statements,
        _TAKES | {"event"},
        preference=-0.15,
    ),
    Intent(
        "party_on_topic",
        (
            "{speaker} {topic}",
            "{speaker} on {topic}",
            "{speaker} and {topic}",
            "what about {speaker} on {topic}",
            "what {speaker} {topic}",
            "tell me about {speaker} {topic}",
            "what is {speaker} on {topic}",
            "{topic} by {speaker}",
            "{topic} from {speaker}",
            "{topic} of {speaker}",
            "where is {speaker} on {topic}",
        ),
        statements,
        _TAKES,
        preference=-0.1,
    ),
)
