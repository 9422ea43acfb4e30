"""Who was there: attendees, presence, absences, who takes part at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.intents.base import Look, RoundsFound, dispute_lines, disputes, no_round, unknown
from bot.intents.truth import Truth, all_of, any_of, negated, none_of
from bot.question import Question
from bot.question.intent import Intent
from bot.question.operators import ALL, ALL_ROUNDS, ANY, BUT, NONE
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Actor, Attendance, Round

AWAY = ("absent", "declined")
LISTED = 3
NAMED_IN_FULL = 6
"""Rounds of a heading up to which each stands there with its month and place."""
_STATUS = {
    "attended": "attended",
    "absent": "was absent",
    "declined": "stayed away (declined)",
    "invited": "was invited",
}


def _people(row: Attendance, look: Look) -> str:
    known = look.actors([row.head, *row.members])
    parts = []
    if row.head:
        parts.append(f"led by {known[row.head].name}")
    if row.members:
        parts.append(f"with {wording.listed([known[one].name for one in row.members])}")
    return ", ".join(parts)


def row_line(row: Attendance, look: Look) -> Line:
    """An attendance row as a line: who, in what role, led by whom; its note under it."""
    actor = look.actor(row.actor)
    details = [row.role.replace("syrian-party", "Syrian party")]
    if row.status != "attended":
        details.append(_STATUS[row.status].removeprefix("was "))
    if people := _people(row, look):
        details.append(people)
    name = wording.with_side(actor, look.actors([row.actor]), start=True)
    return Line(f"{name} — {', '.join(details)}", (row,), row.note)


def load(rows: Sequence[Attendance], look: Look) -> None:
    """Looks up all names of rows in one go."""
    look.actors({one for row in rows for one in (row.actor, row.head, *row.members)})


def is_state(actor: Actor) -> bool:
    """Whether a delegation is a state's."""
    # A government's delegation stands for its state; the opposition's does not, and has no demonym.
    return actor.kind == "state" or (actor.kind == "delegation" and bool(actor.demonym))


def is_body(actor: Actor) -> bool:
    """Whether a delegation is an international organisation's."""
    return actor.kind == "organisation"


KINDS = {"states": ("state", is_state), "bodies": ("organisation", is_body)}
"""What a question may ask for of those who attended: the word for it, and who is such a one."""


def attendees(question: Question, look: Look) -> Answer:
    """Who attended a round, guarantors first; who is recorded as absent stands below."""
    found = look.rounds(question)
    if not found.rounds:
        return no_round("attendees", found, look)
    if any(phrase.open for phrase in question.rounds) and ALL_ROUNDS not in question.operators and not question.wants:
        # "Who joined after round 10" may ask who was new.
        choices = tuple(f"who attended round {one.number}" for one in found.rounds[:LISTED])
        return Answer("clarify", "Who attended which of these rounds?", "clarify", choices=choices)
    if ALL_ROUNDS in question.operators and len(found.rounds) > 1:
        return _at_each(question, found, look)
    if len(found.rounds) > LISTED and all(phrase.open for phrase in question.rounds):
        # "Who attended in 2017": a list of each round would hide who it was.
        return participants(question, look)
    rows = but_for(question, look.store.attendance.rows(rounds=found.keys), look)
    load(rows, look)
    if question.kind in KINDS:
        rows = [row for row in rows if KINDS[question.kind][1](look.actor(row.actor))]
    came = [row for row in rows if row.status == "attended"]
    if not came:
        return unknown("attendees", f"Nobody is recorded as attending {labels(found, look)}.", _next_suggestions(found))
    several = len(found.rounds) > 1
    blocks = [
        Block(
            look.title(one) if several else "",
            tuple(row_line(row, look) for row in came if row.round == one.key),
        )
        for one in found.rounds
    ]
    away = [row for row in rows if row.status in AWAY]
    if away:
        blocks.append(Block("Recorded as not there", tuple(row_line(row, look) for row in away)))
    # The host and agencies are counted in: not all of them are delegations.
    noun = KINDS[question.kind][0] if question.kind in KINDS else "participant"
    heading = f"{wording.counted(len(came), noun)} attended {labels(found, look)}:"
    if several:
        counts = [(one, sum(row.round == one.key for row in came)) for one in found.rounds]
        heading = wording.capital("; ".join(f"{look.label(one)}: {wording.counted(n, noun)}" for one, n in counts)) + ":"
    one = found.rounds[-1].number
    suggestions = [f"what was agreed in round {one}", f"when and where was round {one}"]
    head = next((row for row in came if row.head and row.round == found.rounds[-1].key), None)
    if head:
        suggestions.insert(0, f"who led {look.actor(head.actor).inside} at round {one}")
    return Answer(
        "answered",
        heading,
        "attendees",
        blocks=(*(block for block in blocks if block.lines), *disputes(came, look)),
        closing=_missing(found),
        suggestions=named_series(suggestions, found, look),
    )


def but_for(question: Question, rows: Sequence[Attendance], look: Look) -> list[Attendance]:
    """The rows less those of actors and roles that a question leaves out."""
    left_out = set(expanded(question.besides, look))
    return [row for row in rows if row.actor not in left_out and row.role not in question.besides_roles]


def _at_each(question: Question, found: RoundsFound, look: Look) -> Answer:
    """Who is recorded as attending every one of the rounds."""
    rows = but_for(question, look.store.attendance.rows(rounds=found.keys, statuses=["attended"]), look)
    load(rows, look)
    if question.kind in KINDS:
        rows = [row for row in rows if KINDS[question.kind][1](look.actor(row.actor))]
    by_actor: dict[str, list[Attendance]] = {}
    for row in rows:
        if _settled(row, row.actor) == "yes":
            by_actor.setdefault(row.actor, []).append(row)
    each = {actor: own for actor, own in by_actor.items() if len({row.round for row in own}) == len(found.rounds)}
    many = len(found.rounds) > NAMED_IN_FULL
    where = f"all {len(found.rounds)} rounds asked about" if many else f"each of {labels(found, look)}"
    if not each:
        text = f"Nobody is recorded as attending {where}; who is not recorded at one may have been there."
        return unknown("attendees", text, named_series([f"who attended round {found.rounds[-1].number}"], found, look))
    lines = tuple(
        Line(f"{wording.capital(look.names([actor]))} — {own[-1].role.replace('syrian-party', 'Syrian party')}", tuple(own))
        for actor, own in each.items()
    )
    noun = KINDS[question.kind][0] if question.kind in KINDS else "participant"
    return Answer(
        "answered",
        f"{wording.counted(len(each), noun)} {'is' if len(each) == 1 else 'are'} recorded as attending {where}:",
        "attendees",
        blocks=(Block("", lines), *disputes([row for own in each.values() for row in own], look)),
        closing=_missing(found),
        suggestions=named_series([f"who attended round {found.rounds[-1].number}"], found, look),
    )


def named_series(suggestions: Sequence[str], found: RoundsFound, look: Look) -> tuple[str, ...]:
    """Suggestions with the series named where it is not the default."""
    if found.talks == look.default:
        return tuple(suggestions)
    series = look.talks[found.talks].name
    return tuple(text.replace("round ", f"{series} round ", 1) for text in suggestions)


def labels(found: RoundsFound, look: Look) -> str:
    """The rounds found as they stand in a sentence."""
    return wording.listed([look.label(one) for one in found.rounds])


def _missing(found: RoundsFound) -> str:
    return f"{wording.capital(wording.listed(found.missing))} is recorded." if found.missing else ""


def _next_suggestions(found: RoundsFound) -> list[str]:
    return [f"tell me about round {one.number}" for one in found.rounds[:1]]


def _rows_of(actor: str, rounds: Sequence[Round], look: Look) -> list[Attendance]:
    """Rows that say of an actor whether it was at rounds: its own, or those that name it as head or member."""
    rows = look.store.attendance.rows(rounds=[one.key for one in rounds], actors=[actor])
    own = {row.round for row in rows if row.actor == actor}
    return [row for row in rows if row.actor == actor or row.round not in own]


def _verdict(row: Attendance, actor: str) -> Truth:
    if row.status == "attended":
        return "yes"
    if row.status in AWAY:
        return "no"
    return None


def _settled(row: Attendance, actor: str) -> Truth:
    """Whether an actor was there by a row, unless other sources say the opposite of that very point."""
    verdict = _verdict(row, actor)
    opposite = AWAY if verdict == "yes" else ("attended",)
    return None if any(one.field == "status" and one.value in opposite for one in row.disputed) else verdict


def truth_at(rows: Iterable[Attendance], actor: str) -> Truth:
    """Whether an actor was at a round, by the rows of it that speak of that."""
    return any_of(_settled(row, actor) for row in rows) if rows else None


def presence(question: Question, look: Look) -> Answer:
    """Whether actors were at a round: yes, no (an absent or declined row), or not recorded."""
    found = scope(question, look)
    if not found.rounds:
        return no_round("presence", found, look)
    if not (question.rounds or question.period or question.places or ALL_ROUNDS in question.operators):
        return rounds_of(question, look)
    if question.speaker:
        return _in_delegation(question, found, look)
    actors = expanded(question.actor, look)
    rows: list[tuple[str, Attendance]] = []
    silent: list[tuple[str, Round]] = []
    truths: dict[str, list[Truth]] = {actor: [] for actor in actors}
    for actor in actors:
        here = _rows_of(actor, found.rounds, look)
        for one in found.rounds:
            said = [row for row in here if row.round == one.key] or look.store.attendance.standing_absences(one, [actor])
            rows += [(actor, row) for row in said]
            truths[actor].append(truth_at(said, actor))
            if not said:
                silent.append((actor, one))
    load([row for _, row in rows], look)
    look.actors(actors)
    if not any(_verdict(row, actor) for actor, row in rows):
        return _not_recorded(question, found, rows, actors, look)
    verdict = _of_all(question, truths)
    lines = tuple(_presence_line(actor, row, look) for actor, row in rows)
    closing = _open(silent, "Nothing is recorded about {}.", look)
    invited = [(actor, one) for actor, row in rows for one in found.rounds if row.round == one.key and row.status == "invited"]
    closing = " ".join(filter(None, (closing, _open(invited, "Whether it came is not recorded: {}.", look))))
    heading = _presence_heading(rows, found, look)
    if not question.polar:
        verdict = None
    heading = {"yes": "Yes: ", "no": "No: "}[verdict] + heading if verdict else wording.capital(heading)
    differing = [(actor, row) for actor, row in rows if _verdict(row, actor) and _settled(row, actor) is None]
    if differing and not verdict:
        names = look.names(list(dict.fromkeys(actor for actor, _ in differing)), "or")
        heading = f"Sources differ on whether {names} attended. By most accounts {heading}"
    return Answer(
        "answered",
        heading,
        "presence",
        verdict=verdict,
        blocks=(Block("", lines), *disputes([row for _, row in rows], look)),
        closing=closing,
        suggestions=_presence_suggestions(actors, found, look),
    )


def _open(which: Sequence[tuple[str, Round]], sentence: str, look: Look) -> str:
    """A sentence about what is not recorded of actors at rounds, or "" where there is none."""
    if not which:
        return ""
    label = look.label if len(which) <= NAMED_IN_FULL else lambda one: f"round {one.number}"
    return sentence.format(wording.listed([f"{look.names([actor])} at {label(one)}" for actor, one in which]))


def scope(question: Question, look: Look) -> RoundsFound:
    """The rounds that a question is about: those that it names, else all of its series."""
    if question.rounds or question.period or question.places:
        return look.rounds(question)
    talks = look.series(question)
    return RoundsFound(look.store.rounds.of(talks.id), talks=talks.id) if talks else RoundsFound()


def _of_all(question: Question, truths: Mapping[str, Sequence[Truth]]) -> Truth:
    """What the truths of each actor at each round make together, by the operators of a question.

    Of rounds that are named one by one, and with "every", each is asked about; of a time or place ("in 2017") one is enough.
    """
    each = ALL_ROUNDS in question.operators or any(not phrase.open for phrase in question.rounds)
    away = "absent" in question.wants
    over_rounds = {
        actor: (all_of if each else any_of)(negated(one) if away else one for one in found) for actor, found in truths.items()
    }
    over = any_of if ANY in question.operators else none_of if NONE in question.operators else all_of
    return over(over_rounds.values())


def _in_delegation(question: Question, found: RoundsFound, look: Look) -> Answer:
    """ "Was Asimi in the opposition's delegation": whether a row of that side names the person."""
    sides = set(expanded(question.speaker, look))
    plain = question.but(speaker=())
    answer = presence(plain, look)
    rows = [fact for fact in answer.facts if isinstance(fact, Attendance)]
    if answer.status == "answered" and not all(row.actor in sides for row in rows):
        person, side = look.names(question.actor, "or"), look.names(question.speaker)
        text = f"It is not recorded that {person} was in the delegation of {side} at {labels(found, look)}."
        return unknown("presence", text, answer.suggestions, answer.lines[:LISTED], "Recorded is:")
    return answer


def expanded(ids: Sequence[str], look: Look) -> list[str]:
    """Blocs as their members: the guarantors attend as Russia, Turkey and Iran."""
    found: list[str] = []
    for one in ids:
        actor = look.actor(one)
        found += actor.members if actor.kind == "bloc" and actor.members else [one]
    return list(dict.fromkeys(found))


def _presence_heading(rows: Sequence[tuple[str, Attendance]], found: RoundsFound, look: Look) -> str:
    """ "Russia attended round 8; it did not attend round 9": for each party what holds where."""
    parts = []
    label = look.label if len(found.rounds) <= NAMED_IN_FULL else lambda one: f"round {one.number}"
    for actor in dict.fromkeys(actor for actor, _ in rows):
        said = {"yes": "attended", "no": "did not attend", None: "was invited to"}
        for verdict, did in said.items():
            keys = {row.round for who, row in rows if who == actor and _verdict(row, actor) == verdict}
            onwards = [row for who, row in rows if who == actor and row.onwards and _verdict(row, actor) == verdict]
            first = min((int(row.round.rsplit("/", 1)[1]) for row in onwards), default=None)
            there = [one for one in found.rounds if one.key in keys or (first is not None and one.number >= first)]
            if there:
                total = len(found.rounds)
                named = wording.listed([label(one) for one in there])
                where = f"{len(there)} of the {total} rounds asked about" if len(there) > NAMED_IN_FULL else named
                parts.append(f"{look.names([actor])} {did} {where}")
    return "; ".join(_shortened(parts)) + "."


def _shortened(parts: list[str]) -> list[str]:
    """ "Russia attended round 6" and the same of Turkey as one: "Russia and Turkey attended round 6"."""
    for did in (" attended ", " did not attend "):
        tails = {part.split(did, 1)[1] for part in parts if did in part}
        if len(parts) > 1 and len(tails) == 1 and all(did in part for part in parts):
            return [wording.listed([part.split(did, 1)[0] for part in parts]) + did + tails.pop()]
    return parts


def _presence_line(actor: str, row: Attendance, look: Look) -> Line:
    if row.actor == actor:
        line = row_line(row, look)
        if row.onwards:
            one = look.store.rounds.by_key([row.round])[row.round]
            return Line(f"{line.text}, from {look.label(one)} onwards", line.facts, line.aside)
        return line
    part = "head" if row.head == actor else "member"
    person = look.actor(actor).name
    return Line(f"{person} — {part} of the delegation of {look.names([row.actor])}", (row,), row.note)


def _presence_suggestions(actors: Sequence[str], found: RoundsFound, look: Look) -> tuple[str, ...]:
    number = found.rounds[-1].number
    return named_series([f"who attended round {number}", f"which rounds did {look.names(actors[:1])} attend"], found, look)


def _not_recorded(
    question: Question,
    found: RoundsFound,
    rows: Sequence[tuple[str, Attendance]],
    actors: Sequence[str],
    look: Look,
) -> Answer:
    lines = [_presence_line(actor, row, look) for actor, row in rows]
    for actor in actors:
        side = look.actor(actor).affiliation
        if side and not rows:
            near = _rows_of(side, found.rounds, look)
            load(near, look)
            lines += [_presence_line(side, row, look) for row in near]
    text = f"It is not recorded whether {look.names(actors, 'or')} attended {labels(found, look)}."
    return unknown(
        "presence",
        text,
        named_series([f"who attended round {found.rounds[-1].number}"], found, look),
        lines,
        "Recorded is:",
    )


def rounds_of(question: Question, look: Look) -> Answer:
    """Which rounds actors attended, or stayed away from; and how many."""
    actors = expanded(question.actor, look)
    away = "absent" in question.wants
    if away and question.polar and len(actors) == 1:
        return _ever_away(question, actors[0], look)
    found = look.rounds(question) if question.rounds or question.period or question.places else None
    talks = look.series(question)
    if talks is None or (found is not None and not found.rounds):
        return no_round("rounds_of", found or RoundsFound(), look)
    statuses = AWAY if away else ("attended",)
    all_rows = look.store.attendance.rows(rounds=found.keys if found else None, actors=actors, talks=talks.id)
    rows = [row for row in all_rows if row.status in statuses]
    if away:
        rows = [row for row in rows if row.actor in actors]
    besides = expanded(question.besides, look)
    unsettled: list[tuple[str, Round]] = []
    if besides:
        there = {one: _truths(one, scope(question, look).rounds, look) for one in besides}
        rows = [row for row in rows if not any(there[one].get(row.round) == "yes" for one in besides)]
        came = look.store.rounds.by_key(row.round for row in rows)
        unsettled = [(one, came[key]) for one in besides for key in came if there[one].get(key) is None]
    if len(actors) > 1 and ANY not in question.operators:
        # "Which rounds did Jordan and Iraq attend": those that all of them did.
        rows = [row for row in rows if all(one in together(rows, row.round) for one in actors)]
    names = look.names(actors, "or" if ANY in question.operators else "and")
    did = "stayed away from" if away else "attended"
    where = f" {look.where_when(question)}" if question.period or question.places else ""
    if not rows:
        return _never(question, all_rows, names, did, where, talks.id, look)
    load(rows, look)
    rounds = look.store.rounds.by_key(row.round for row in rows)
    number = len({row.round for row in rows}) + _held_on(rows, look)
    total = look.store.rounds.count(talks.id)
    heading = (
        f"{wording.capital(names)} {did} {wording.counted(number, 'recorded round')} of {look.talks_name(talks.id)}{where}"
    )
    if besides:
        heading += f" without {look.names(besides, 'or')}"
    heading += f" ({total} rounds are recorded, {look.as_of(talks.id)}):"
    lines = tuple(_round_line(row, actors, rounds[row.round], look) for row in rows)
    verdict: Truth = "yes" if question.polar and not away else None
    last = rounds[rows[-1].round]
    told = {row.round for row in all_rows}
    silent = (
        [(actor, one) for one in scope(question, look).rounds if one.key not in told for actor in actors[:1]] if away else []
    )
    suggestions = named_series(
        [f"who attended round {last.number}", f"what did {names} say"],
        RoundsFound([last], talks=talks.id),
        look,
    )
    return Answer(
        "answered",
        (f"{verdict.capitalize()}: " if verdict else "") + heading,
        "rounds_of",
        verdict=verdict,
        blocks=(Block("", lines), *disputes(rows, look)),
        closing=_open(
            [*(one for one in silent if not _held(rows, one, look)), *unsettled], "Nothing is recorded about {}.", look
        ),
        suggestions=suggestions if look.store.actors.voices(actors[0]) else suggestions[:1],
    )


def _truths(actor: str, rounds: Sequence[Round], look: Look) -> dict[str, Truth]:
    """Whether an actor was there, by the key of each round."""
    rows = _rows_of(actor, rounds, look)

    def here(one: Round) -> list[Attendance]:
        own = [row for row in rows if row.round == one.key]
        return own or look.store.attendance.standing_absences(one, [actor])

    return {one.key: truth_at(here(one), actor) for one in rounds}


def _ever_away(question: Question, actor: str, look: Look) -> Answer:
    """Whether an actor was away from any of the rounds: yes by an absence that is recorded, no if it was at each."""
    found = scope(question, look)
    if not found.rounds:
        return no_round("rounds_of", found, look)
    truths = _truths(actor, found.rounds, look)
    verdict = any_of(negated(one) for one in truths.values())
    if verdict == "yes":
        return _with_verdict(rounds_of(question.but(polar=False), look), "yes")
    if verdict is None:
        return _never(
            question, _rows_of(actor, found.rounds, look), look.names([actor]), "stayed away from", "", found.talks, look
        )
    answer = rounds_of(question.but(polar=False, wants=()), look)
    return _with_verdict(answer, "no")


def _with_verdict(answer: Answer, verdict: Truth) -> Answer:
    word = (verdict or "").capitalize()
    return replace(answer, verdict=verdict, heading=f"{word}: {answer.heading}") if verdict else answer


def _held(rows: Sequence[Attendance], silent: tuple[str, Round], look: Look) -> bool:
    """Whether an earlier absence still held at a round that has no row of its own."""
    actor, one = silent
    return any(row in rows for row in look.store.attendance.standing_absences(one, [actor]))


def together(rows: Sequence[Attendance], round_key: str) -> set[str]:
    """All actors that rows of a round name."""
    return {one for row in rows if row.round == round_key for one in (row.actor, row.head, *row.members)}


def _held_on(rows: Sequence[Attendance], look: Look) -> int:
    """In how many later rounds absences that hold onwards still held."""
    found = 0
    for row in rows:
        if row.onwards:
            one = look.store.rounds.by_key([row.round])[row.round]
            later = [other for other in look.store.rounds.of(one.talks, since=one.ends) if other.number > one.number]
            found += sum(row in look.store.attendance.standing_absences(other, [row.actor]) for other in later)
    return found


def _never(question: Question, rows: Sequence[Attendance], names: str, did: str, where: str, talks: str, look: Look) -> Answer:
    load(rows, look)
    lines = [row_line(row, look) for row in rows if row.status != "attended"]
    text = f"It is not recorded that {names} {did} any round of {look.talks_name(talks)}{where}."
    differing = [row for row in rows if _verdict(row, row.actor) and _settled(row, row.actor) is None]
    if differing:
        lines += dispute_lines(differing[0], look)
        text = f"Sources differ on whether {names} {did} a round of {look.talks_name(talks)}{where}."
    return unknown(
        "rounds_of",
        text,
        ("who takes part in the talks", "how many rounds have there been"),
        lines,
        "Recorded is:",
    )


def _round_line(row: Attendance, actors: Sequence[str], one: Round, look: Look) -> Line:
    several = len(actors) > 1
    if row.actor in actors:
        name = f"{look.names([row.actor])}: " if several else ""
        people = _people(row, look)
        details = f"{row.role.replace('syrian-party', 'Syrian party')}{', ' + people if people else ''}"
        if row.onwards:
            details += ", and from then on"
        return Line(f"{look.title(one)} — {name}{details}", (row,), row.note if row.status != "attended" else "")
    person = next((actor for actor in actors if actor in (row.head, *row.members)), "")
    part = "head" if row.head == person else "member"
    return Line(f"{look.title(one)} — {part} of the delegation of {look.names([row.actor])}", (row,))


def absentees(question: Question, look: Look) -> Answer:
    """Who is recorded as absent from a round or as having declined, those included whose absence holds onwards."""
    found = look.rounds(question)
    if not found.rounds:
        return no_round("absentees", found, look)
    rows = look.store.attendance.rows(rounds=found.keys, statuses=AWAY)
    here = {(row.round, row.actor) for row in rows}
    for one in found.rounds:
        rows += [row for row in look.store.attendance.standing_absences(one) if (one.key, row.actor) not in here]
    rows = list({row.key: row for row in rows}.values())
    if not rows:
        text = f"No absence is recorded for {labels(found, look)}; who is not listed there may still have been away."
        return unknown("absentees", text, named_series([f"who attended round {found.rounds[-1].number}"], found, look))
    load(rows, look)
    several = len(found.rounds) > 1
    names = {one.key: look.title(one) for one in found.rounds}
    lines = tuple(_presence_line(row.actor, row, look) for row in rows)
    if several:
        where = [f"{names[row.round]}: " if row.round in names else "" for row in rows]
        lines = tuple(replace(line, text=f"{at}{line.text}") for at, line in zip(where, lines, strict=True))
    heading = f"{wording.counted(len(rows), 'absence')} recorded at {labels(found, look)}:" if several else ""
    heading = heading or f"{len(rows)} recorded as not at {labels(found, look)}:"
    suggestions = named_series([f"who attended round {found.rounds[-1].number}"], found, look)
    return Answer(
        "answered",
        heading,
        "absentees",
        blocks=(Block("", lines), *disputes(rows, look)),
        suggestions=suggestions,
    )


def participants(question: Question, look: Look) -> Answer:
    """Who takes part in the talks: each delegation with its usual role and the number of rounds."""
    talks = look.series(question)
    rows = look.store.attendance.rows(statuses=["attended"], talks=talks.id if talks else "")
    if question.rounds or question.period or question.places:
        found = look.rounds(question)
        rows = [row for row in rows if row.round in set(found.keys)]
    if ALL_ROUNDS in question.operators:
        return _at_each(question, scope(question, look), look)
    if not rows or talks is None:
        return unknown("participants", "Nobody is recorded as taking part.", ("how many rounds have there been",))
    load(rows, look)
    by_actor: dict[str, list[Attendance]] = {}
    for row in rows:
        by_actor.setdefault(row.actor, []).append(row)
    blocks: dict[str, list[Line]] = {}
    for actor, own in sorted(by_actor.items(), key=lambda pair: -len(pair[1])):
        roles = [row.role for row in own]
        role = max(dict.fromkeys(roles), key=roles.count)
        text = f"{wording.capital(look.names([actor]))} — {wording.counted(len(own), 'round')}"
        blocks.setdefault(role, []).append(Line(text, tuple(own), sources=own[-1].sources[:2]))
    titles = {
        "guarantor": "Guarantors",
        "syrian-party": "Syrian parties",
        "observer": "Observers",
        "host": "Host",
        "mediator": "Mediator",
        "party": "Parties",
    }
    number_of = wording.counted(len(by_actor), "participant")
    verb = "is" if len(by_actor) == 1 else "are"
    heading = f"{number_of} {verb} recorded as having attended {look.talks_name(talks.id)} ({look.as_of(talks.id)}):"
    return Answer(
        "answered",
        heading,
        "participants",
        blocks=tuple(Block(titles[role], tuple(lines)) for role, lines in blocks.items()),
        suggestions=("who are the guarantors", "who attended the latest round"),
    )


_WHEN = frozenset({"period", "place", "talks", "kind"})
ROUND = frozenset({"round", "period", "place", "talks", "kind"})

INTENTS = (
    Intent(
        "attendees",
        (
            "who attended {round}",
            "who was at {round}",
            "who attended {talks} {round}",
            "who was {round}",
            "who were the participants of {round}",
            "participants {round}",
            "what participants were at {round}",
            "what were the participants of {round}",
            "attendance of {round}",
            "attendance at {round} is what",
            "how was attendance at {round}",
            "{round} who",
            "{round} who was there",
            "which delegation attended {round}",
            "which attended {round}",
            "what delegation attended {round}",
            "who were the attendees who attended {round}",
            "attended {round}",
            "who delegation {round}",
            "who was the delegation at {round}",
            "delegation at {round}",
            "who were at {round} delegates",
            "who was invited to and attended {round}",
            "participants who attended {round}",
            "who attended {round} and who led",
            "tell me about who attended {round}",
            "attendees at {round} who",
            "who attended rounds {round}",
            "who hold {round}",
            "who was in attendance by delegation at {round}",
            "how many delegations attended {round} | wants=count",
            "how many attended {round} | wants=count",
            "how many participants at {round} | wants=count",
            "how many who attended {round} | wants=count",
            "how many were at {round} | wants=count",
            "what was the attendance at {round}",
            "who took part in {round}",
            "who did {round} bring together",
            "who were those who attended {round}",
        ),
        attendees,
        frozenset({"talks", "kind"}),
        ask_back="Which round do you mean?",
        operators=frozenset({ALL_ROUNDS, BUT}),
        lists=frozenset({ALL}),
    ),
    Intent(
        "presence",
        (
            "did {actor} attend {round}",
            "{actor} attended {round}",
            "was {actor} at {round}",
            "{actor} at {round}",
            "was {actor} attending {round}",
            "was {actor} among the participants of {round}",
            "was {actor} a participant at {round}",
            "{actor} attendance at {round}",
            "attendance of {actor} at {round}",
            "did {actor} send a delegation to {round}",
            "was {actor} absent from {round} | wants=absent",
            "did {actor} boycott {round} | wants=absent",
            "{actor} absent at {round} | wants=absent",
            "was {actor} invited to {round}",
            "{actor} invited {round}",
            "did {actor} accept the invitation to {round}",
            "was a delegation from {actor} at {round}",
            "did who from {actor} attend {round}",
            "who from {actor} attended {round}",
            "who of {actor} attended {round}",
            "who attended from {actor} {round}",
            "who attended for {actor} {round}",
            "who was at {round} from {actor}",
            "who was at {round} for {actor}",
            "{actor} who attended {round}",
            "why was {actor} absent from {round}",
            "why did {actor} boycott {round}",
            "why was {actor} not at {round}",
            "why did {actor} attend {round}",
            "why {actor} not attend {round}",
            "{actor} not at {round}",
            "was {actor} not at {round} | wants=absent",
            "who is {actor} at {round}",
            "what about {actor} at {round}",
            "did {round} have {actor} attend",
            "did {actor} come to the meeting in {period}",
            "was {actor} represented at {round}",
            "did {actor} refuse {round}",
            "why did {actor} refuse {round}",
            "what members of {actor} attended {round}",
            "members of {actor} at {round}",
            "{actor} members at {round}",
            "who were the members of {actor} at {round}",
            "what kept {actor} from attending {round} | wants=why",
            "who was on {actor} at {round}",
            "was {actor} in {speaker} at {round}",
            "was {actor} of {speaker} at {round}",
            "did {actor} attend with {speaker} {round}",
            "did {actor} attend {round} for {speaker}",
            "{actor} absent {round} why | wants=why",
            "what was the reason {actor} absent {round} | wants=why",
            "was there {actor} attendance at {round}",
            "attend {actor} attendance {round}",
            "why {actor} absent {round} | wants=why",
        ),
        presence,
        frozenset({"talks", "kind"}),
        ask_back="Which round do you mean?",
        operators=frozenset({ALL_ROUNDS, ALL, ANY, NONE}),
    ),
    Intent(
        "presence_throughout",
        (
            "did {actor} attend every round",
            "was {actor} at every round",
            "was {actor} absent from every round | wants=absent",
            "did {actor} miss every round | wants=absent",
            "did {actor} send a delegation to every round",
            "was {actor} represented at every round",
        ),
        presence,
        _WHEN,
        preference=-0.3,
        operators=frozenset({ALL_ROUNDS, ALL, ANY, NONE}),
    ),
    Intent(
        "rounds_of",
        (
            "which rounds did {actor} attend",
            "what rounds did {actor} attend",
            "which did {actor} attend",
            "rounds attended by {actor}",
            "rounds {actor} attended",
            "rounds with {actor}",
            "which rounds were with {actor}",
            "which rounds were attended by {actor}",
            "which rounds had {actor} attend",
            "rounds of {actor}",
            "{actor} rounds",
            "{actor} attendance",
            "attendance of {actor}",
            "{actor} attended rounds",
            "{actor} attended which rounds",
            "{actor} attended",
            "did {actor} attend",
            "was {actor} attending rounds",
            "was {actor} invited",
            "has {actor} been invited",
            "did {actor} attend rounds",
            "when did {actor} attend",
            "when did {actor} attend rounds",
            "when was {actor} at rounds",
            "which rounds was {actor} at",
            "which rounds has {actor} been to",
            "what rounds has {actor} been to",
            "rounds {actor} was at",
            "rounds {actor} has been to",
            "which rounds {actor} was at",
            "which rounds was {actor}",
            "which rounds was {actor} part of",
            "how many rounds did {actor} attend | wants=count",
            "how many did {actor} attend | wants=count",
            "how many rounds was {actor} at | wants=count",
            "how many rounds with {actor} | wants=count",
            "how many rounds were attended by {actor} | wants=count",
            "how many was {actor} at | wants=count",
            "how many rounds had {actor} attend | wants=count",
            "how many {actor} attended rounds | wants=count",
            "how many rounds has {actor} been to attend | wants=count",
            "how many of the rounds did {actor} attend | wants=count",
            "{actor} how many rounds | wants=count",
            "how many rounds {actor} | wants=count",
            "at which rounds was {actor} represented",
            "where did {actor} attend",
            "which rounds did {actor} miss | wants=absent",
            "which rounds did {actor} not attend | wants=absent",
            "rounds {actor} missed | wants=absent",
            "when was {actor} absent | wants=absent",
            "when was {actor} first absent | wants=absent",
            "first time {actor} absent | wants=absent",
            "when was {actor} absent for the first time | wants=absent",
            "which rounds was {actor} absent from | wants=absent",
            "rounds without {actor} | wants=absent",
            "rounds not {actor} | wants=absent",
            "which rounds were not {actor} | wants=absent",
            "how many rounds did {actor} miss | wants=absent",
            "what did {actor} miss | wants=absent",
            "what did {actor} boycott | wants=absent",
            "did {actor} boycott rounds | wants=absent",
            "{actor} boycott | wants=absent",
            "which rounds did {actor} refuse | wants=absent",
            "{actor} participation in {talks}",
            "which rounds did {actor} attend in {period}",
            "rounds at which {actor} was attending",
            "rounds where {actor} attended",
            "rounds where {actor} was",
            "all rounds {actor} attended",
            "all rounds which {actor} attended",
            "all rounds at which {actor} was present",
            "{actor} in which rounds",
            "{actor} at which rounds",
            "{actor} was at which rounds",
            "{actor} which rounds",
            "rounds with {actor} attending",
            "every round with {actor} attendance",
            "rounds with {actor} attendance",
            "rounds was {actor} absent | wants=absent",
            "which rounds were {actor} absent | wants=absent",
            "which round was missed by {actor} | wants=absent",
            "which rounds featured {actor}",
            "rounds featuring {actor}",
            "which rounds attend {actor}",
        ),
        rounds_of,
        _WHEN,
        preference=-0.1,
        operators=frozenset({ALL, ANY, BUT}),
    ),
    Intent(
        "absentees",
        (
            "who was absent from {round}",
            "who did not attend {round}",
            "who was not at {round}",
            "who boycotted {round}",
            "who refused {round}",
            "who was absent at {round} and why",
            "who was absent why {round}",
            "absentees at {round}",
            "absent {round}",
            "absent from {round} who",
            "which delegation was absent from {round}",
            "which was absent from {round}",
            "what delegation was absent {round}",
            "how many were absent from {round}",
            "how many absent {round}",
            "why absent {round}",
            "was who absent from {round}",
            "who was absent from the attendees of {round}",
            "absent delegation {round}",
            "attendees absent {round}",
            "who stopped attending {round}",
            "who quit {round}",
        ),
        absentees,
        frozenset({"talks", "kind"}),
        lists=frozenset({ALL}),
        ask_back="Which round do you mean?",
        preference=0.1,
    ),
    Intent(
        "participants",
        (
            "who attends {talks}",
            "who attended every round",
            "which attended every round",
            "who was at every round",
            "which delegation attended every round",
            "who takes part in {talks}",
            "participants of {talks}",
            "who are the participants in {talks}",
            "who is in {talks}",
            "who is at {talks}",
            "who is part of {talks}",
            "which attended {talks}",
            "who has attended {talks}",
            "who attended {talks}",
            "participants in {talks}",
            "what are the participants of {talks}",
            "what delegation takes part in {talks}",
            "who is at {talks} rounds",
            "how many attend {talks}",
            "how many participants {talks}",
            "who was involved in {talks}",
        ),
        participants,
        _WHEN,
        preference=-0.2,
        operators=frozenset({ALL_ROUNDS}),
        lists=frozenset({ALL}),
    ),
)
