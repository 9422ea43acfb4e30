"""The core of a question: what is left when rounds, dates, topics and other adjuncts are taken into slots.

"In round 8, what did the opposition ask of Russia about detainees?" has the core  what A act of A ; its round and topic are
slots, wherever they stood. Phrasings (bot/intents) go through the same steps, so that a phrasing is compared by what it asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.question import Period, RoundPhrase
from bot.question.operators import ALL_ROUNDS, ANY
from bot.reading.linking import Piece
from bot.reading.operators import taken
from bot.reading.vocabulary import CARRIER, LIGHT, NOUN, Sense
from knowledge.facts import ROLES
from knowledge.store import Named

ACTOR, ROLE, UNKNOWN = "A", "ROLE", "?"
_PREPOSITIONS = frozenset(["of", "to", "from", "by", "with", "against", "for", "about", "between"])
_QUESTION_WORDS = frozenset(["who", "what", "which", "when", "where", "how many", "how long", "why", "how", "polar"])
_VERBS = frozenset(
    [
        "attend",
        "act",
        "lead",
        "be",
        "hold",
        "outcome",
        "change",
        "absent",
        "stop",
        "speak for",
        "invite",
        "start",
        "end",
        "start attending",
        "role noun",
        "rounds",
        "role",
        "play",
    ]
)
_INTERROGATIVES = frozenset("who whom whose whos what whats which when whens where wheres why how whether".split())
_ALL = ("delegation", "attendees", "speak for")
_NOUNS = [
    *"attendees outcome communique source tell timeline compare history role delegation rounds".split(),
    "speak for",
    "role noun",
    "how long",
    "when",
    "where",
    "change",
    "start",
    "end",
    "last for",
    "dispute",
]
_BESIDE_LIGHT = (NOUN, "act", "compare", "outcome", "attend", "absent")
"""What says what was done, so that a "made", "got" or "put" beside it need not."""
_CARRYING = ("person", "do", "modal", "be", "have", "not", "to", "for", "of", "with", "that round", "about", "and")
_EXISTS = ("was there", "were there", "is there", "are there")
_SPEAKING = frozenset("i im id ive me my we us our you your u one".split())
_PEOPLE = frozenset("diplomats officials representatives envoys delegates politicians members negotiators".split())
_HEADS = ("leader", "head", "chief", "negotiator", "delegate", "spokesman", "spokeswoman", "representative")
_DONE = ("attend", "attendees", "absent", "lead", "outcome", "communique")
_ASKING = ("which", "what", "how many", "be")
_POINTING = {"he": "person", "they": "any"}
_TO_KNOW = frozenset(
    """know learn establish enquire inquire ask recall remember tell say see check find understand determine figure explain
    describe wonder wondered wondering sure clue idea list name names summary account word forgot forget verify confirm report
    state clarify show remind curious mention note inform""".split()
)


@dataclass(frozen=True, slots=True)
class Party:
    """An actor (or several, joined by "and") in the core, or a pronoun for one, or a phrase that nobody knows."""

    ids: tuple[str, ...] = ()
    choices: tuple[Named, ...] = ()
    role: str = ""
    pointing: str = ""
    text: str = ""
    demonym: bool = False
    unknown: str = ""


@dataclass(slots=True)
class Core:
    """Symbols in order, each with its alternatives (the most specific first), the parties among them, and the adjuncts."""

    symbols: list[tuple[str, ...]] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    rounds: list[RoundPhrase] = field(default_factory=list)
    period: Period | None = None
    topics: list[str] = field(default_factory=list)
    topic_choices: tuple[Named, ...] = ()
    events: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    talks: str = ""
    pointing: bool = False
    polar: bool = False
    kind: str = ""
    title: str = ""
    follow: bool = False
    resolved: bool = False
    talks_or_topic: bool = False
    unknown: list[str] = field(default_factory=list)
    operators: dict[str, str] = field(default_factory=dict)
    besides: list[str] = field(default_factory=list)
    besides_roles: list[str] = field(default_factory=list)
    words: int = 0

    def adjuncts(self) -> set[str]:
        """The slots that are filled outside the core."""
        filled = {
            "round": self.rounds,
            "period": self.period,
            "topic": self.topics or self.topic_choices,
            "event": self.events,
            "place": self.places,
            "talks": self.talks,
            "kind": self.kind,
        }
        return {name for name, value in filled.items() if value}


def build(pieces: Sequence[Piece]) -> Core:
    """The core of linked pieces."""
    return _Builder(list(pieces)).build()


class _Builder:
    def __init__(self, pieces: list[Piece]) -> None:
        self.core = Core(words=len(pieces))
        self.all = pieces
        found = taken([piece for piece in pieces if not piece.filler])
        self.pieces, self.core.operators = found.pieces, found.operators
        for piece in found.besides:
            self.core.besides += [name.id for name in piece.of_kind("actor")]
            self.core.besides_roles += [sense.value for sense in piece.senses if sense.symbol == "role noun"]
            if (word := piece.read.split()[-1].removesuffix("s")) in ROLES:
                self.core.besides_roles.append(word)

    def build(self) -> Core:
        self._drop_address()
        self._negation()
        self._polarity()
        self._apposition()
        at = 0
        while at < len(self.pieces):
            at = self._take(at)
        self._join()
        self._topicalised()
        if self.core.rounds or self.core.period:
            self.core.pointing = False
        return self.core

    def _drop_address(self) -> None:
        """ "Can you tell me who …", "explain … to me": who talks to whom is dropped around the question."""
        if len(self.pieces) > 2 and self.pieces[-1].has("person") and self.pieces[-2].has("to", "for"):
            self.pieces = self.pieces[:-2]
        first = next((at for at, piece in enumerate(self.pieces) if _interrogative(piece)), 0)
        head = self.pieces[:first]
        if head and all(_carries(piece) or piece.unknown or piece.has("act", "tell") for piece in head) and _asks_to_know(head):
            # "I should be grateful to learn which …", "could you explain who …": the question is what stands within.
            self.pieces = self.pieces[first:]
            return
        first = next((at for at, piece in enumerate(self.pieces) if not _carries(piece)), len(self.pieces))
        head = self.pieces[:first]
        start = self.all.index(self.pieces[first]) if first < len(self.pieces) else len(self.all)
        spoken = any(not _SPEAKING.isdisjoint(piece.read.split()) for piece in self.all[:start])
        rest = self.pieces[first:]
        framed = spoken and any(piece.has("person", CARRIER) for piece in head)
        if framed and rest and (_wanted(rest[0]) or _asks_to_know(head)) and (_asks(rest) or _asks_to_know(head)):
            # "I would appreciate an account of …": nothing of it asks.
            self.pieces = self.pieces[first:]

    def _negation(self) -> None:
        """ "Why didn't the opposition come" is about an absence, wherever the "not" stands."""
        if self.pieces and self.pieces[0].has("do", "be", "have") and any(_not_there(piece) for piece in self.pieces):
            # "Did Lebanon not turn up" asks whether it did.
            self.core.polar = True
            attend = (Sense("attend"),)
            self.pieces = [replace(piece, senses=attend) if _not_there(piece) else piece for piece in self.pieces]
        nots = [piece for piece in self.pieces if piece.has("not")]
        if nots and nots[0] is self.pieces[0]:
            # "Didn't Jordan attend" asks whether it did.
            self.core.polar = True
            self.pieces = self.pieces[1:]
        elif len(nots) == 1 and self.pieces[0].has("do", "be", "have") and self._done() and not self._after_and(nots[0]):
            # "Did Jordan not attend" asks whether it did; "is it true that Jordan did not" is about what is claimed.
            self.core.polar = True
            self.pieces = [piece for piece in self.pieces[1:] if piece is not nots[0]]
        elif len(nots) == 1 and any(map(self._attending, self.pieces)) and not self._after_and(nots[0]):
            if self.pieces[0].has("polar"):
                # "Is it true that the US did not come after 2017": at none of the rounds there.
                self.core.operators.setdefault(ALL_ROUNDS, nots[0].text)
            absent = (Sense("absent"),)
            kept = [replace(piece, senses=absent) if self._attending(piece) else piece for piece in self.pieces]
            self.pieces = [piece for piece in kept if piece is not nots[0]]

    def _attending(self, piece: Piece) -> bool:
        """Whether somebody attends; that there is something ("was there a round without …") is no attendance."""
        return piece.has("attend") and not (piece is self.pieces[0] and piece.read in _EXISTS)

    def _done(self) -> bool:
        return any(piece.has("attend", "lead", "act") for piece in self.pieces)

    def _after_and(self, piece: Piece) -> bool:
        at = self.pieces.index(piece)
        return at > 0 and self.pieces[at - 1].has("and", "and what about")

    def _polarity(self) -> None:
        kept: list[Piece] = []
        for at, piece in enumerate(self.pieces):
            if at == 0 and piece.read.startswith(("was ", "were ", "is ", "are ")):
                self.core.polar = True
            if piece.has("polar") or (at == 0 and piece.read in _EXISTS):
                # "Were there comments on oil", "was there a round in June 2022"
                self.core.polar = True
            elif piece.has("modal") and not any(other.has("act", "attend") or other.of_kind("topic") for other in self.pieces):
                # "Where will round 23 be"; but what somebody will do no record says.
                continue
            elif piece.has("do"):
                # "Does the US attend" is about now, which no record answers with yes.
                self.core.polar |= not kept and piece.read == "did"
            elif piece.has("have"):
                rest = self.pieces[:at] + self.pieces[at + 1 :]
                if any(other.has(*_VERBS) for other in rest):
                    self.core.polar |= not kept
                else:
                    kept.append(Piece(piece.start, piece.end, piece.text, piece.read))
            else:
                kept.append(piece)
        first = kept[0] if kept else None
        if first is not None and first.has("be") and len(kept) > 1:
            self.core.polar = True
        self.pieces = kept

    def _is_actor(self, at: int) -> bool:
        return 0 <= at < len(self.pieces) and bool(self.pieces[at].of_kind("actor"))

    def _apposition(self) -> None:
        """ "the Turkish delegation", "delegation of Turkey", "UN envoy Pedersen": one actor each."""
        kept: list[Piece] = []
        at = 0
        while at < len(self.pieces):
            piece = self.pieces[at]
            noun = piece.has("delegation") or piece.read in ("government", "regime", "administration")
            if (
                piece.read in _PEOPLE
                and kept
                and _demonym(kept[-1])
                and any(one.has("attend", "act") for one in self.pieces[at:])
            ):
                # "Did Iraqi diplomats attend": whether Iraq did.
                at += 1
                continue
            if noun and kept and kept[-1].of_kind("actor"):
                at += 1
                continue
            if piece.has("delegation") and not piece.names:
                skip = at + 1
                if skip < len(self.pieces) and self.pieces[skip].has("of", "from"):
                    skip += 1
                if self._is_actor(skip):
                    at = skip
                    continue
            if piece.has("title"):
                following = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
                if following and _person(following):
                    if kept and kept[-1].of_kind("actor"):
                        kept.pop()
                    at += 1
                    continue
            if piece.read in _HEADS and kept and kept[-1].of_kind("actor") and not _person(kept[-1]) and self._is_actor(at + 1):
                # "opposition leader Tohmeh"
                kept.pop()
                at += 1
                continue
            kept.append(piece)
            at += 1
        self.pieces = kept

    def _take(self, at: int) -> int:
        piece, core = self.pieces[at], self.core
        if piece.rounds:
            core.rounds.append(piece.rounds)
        elif piece.period:
            self._period(piece)
        elif piece.names:
            self._name(at, piece)
        elif _tells(piece):
            return self._unknown(at)
        else:
            self._word(at, piece)
        return at + 1

    def _period(self, piece: Piece) -> None:
        """ "In 2017 and 2018" is one span; times that do not adjoin are not answered as if one of them had been meant."""
        first, second = self.core.period, piece.period
        assert second is not None
        if first is not None and first.years and second.years and second.since == first.until + timedelta(days=1):
            second = Period(first.since, second.until, f"{first.text} and {second.text}")
        elif first is not None:
            self.core.symbols.append((UNKNOWN,))
            self.core.unknown.append(piece.text)
        self.core.period = second

    def _unknown(self, at: int) -> int:
        end = at
        while end < len(self.pieces) and _tells(self.pieces[end]):
            end += 1
        text = " ".join(piece.text for piece in self.pieces[at:end])
        self.core.symbols.append((UNKNOWN,))
        self.core.unknown.append(text)
        return end

    def _before(self, piece: Piece) -> str:
        """The word before a piece, fillers counted."""
        at = self.all.index(piece) - 1
        while at >= 0 and self.all[at].read in ("the", "a", "an"):
            at -= 1
        return self.all[at].read if at >= 0 else ""

    def _of_a_round(self, piece: Piece) -> bool:
        """Whether a piece stands in "round 5 of the …"."""
        at = self.all.index(piece) - 1
        while at >= 0 and self.all[at].read in ("the", "a", "an"):
            at -= 1
        return at > 0 and self.all[at].read == "of" and self.all[at - 1].rounds is not None

    def _directly_in(self, piece: Piece) -> bool:
        """ "in Iran", "at the UN", but not "in the opposition delegation"."""
        at = self.all.index(piece)
        team = piece.possessive or (at + 1 < len(self.all) and self.all[at + 1].has("delegation"))
        if self._before(piece) == "at" and self.all[at - 1].read == "the" and not team:
            # "Accusations at Ankara" are aimed at it.
            return all(name.sort != "demonym" for name in piece.names)
        return at > 0 and self.all[at - 1].read in ("in", "inside") and all(name.sort != "demonym" for name in piece.names)

    def _name(self, at: int, piece: Piece) -> None:
        core = self.core
        place, talks, topic = piece.of_kind("place"), piece.of_kind("talks"), piece.of_kind("topic")
        actor, event = piece.of_kind("actor"), piece.of_kind("event")
        inside = self._before(piece) in ("in", "at", "outside", "inside")
        if place and (inside or not (actor or talks)):
            core.places += [name.id for name in place]
            if talks:
                core.talks = core.talks or talks[0].id
        elif talks and not actor:
            core.talks = talks[0].id
            if topic:
                # "The Astana format" is both; what is asked of it decides.
                core.topics += [name.id for name in topic[:1]]
                core.talks_or_topic = True
        elif (
            actor
            and at
            and piece.of_kind("actor")[0].sort == "demonym"
            and self.pieces[at - 1].read.startswith(("speak", "spoke"))
        ):
            # "Who speaks Russian": a language.
            core.symbols.append((UNKNOWN,))
            core.unknown.append(piece.text)
        elif actor and self._directly_in(piece):
            # "in Iran" is where, not who; no round was there.
            core.symbols.append((UNKNOWN,))
            core.unknown.append(f"{self._before(piece)} {piece.text}")
        elif actor and not (topic and _longest(topic) > _longest(actor)):
            self._party(piece, actor)
        elif topic and self._of_a_round(piece):
            # "Round 5 of the constitutional committee": none of ours.
            core.symbols.append((UNKNOWN,))
            core.unknown.append(f"of {piece.text}")
        elif topic or event:
            if len(topic) > 1:
                core.topic_choices = topic
            core.topics += [name.id for name in topic[:1]]
            core.events += [name.id for name in event]
        elif place:
            core.places += [name.id for name in place]

    def _party(self, piece: Piece, actor: tuple[Named, ...]) -> None:
        word = piece.read.split()[0].removesuffix("s")
        role = word if word in ROLES else ""
        ids = tuple(name.id for name in actor)
        # Several may hold an office ("the Russian deputy foreign minister"); of several that share a name one is meant.
        all_meant = len(ids) == 1 or all(name.sort == "role" for name in actor)
        party = Party(
            ids if all_meant else (),
            () if all_meant else actor,
            role,
            text=piece.text,
            demonym=all(name.sort == "demonym" for name in actor),
        )
        self.core.parties.append(party)
        self.core.symbols.append((ROLE, ACTOR) if role else (ACTOR,))

    def _next_is_party(self, at: int) -> bool:
        if at + 1 >= len(self.pieces):
            return False
        following = self.pieces[at + 1]
        if following.unknown or following.has(*_POINTING):
            return True
        return self._is_actor(at + 1) and not (following.of_kind("place") and self._before(following) in ("in", "at"))

    def _word(self, at: int, piece: Piece) -> None:
        core = self.core
        symbols = [sense.symbol for sense in piece.senses]
        symbol = symbols[0]
        if symbol == "and what about":
            if at == 0 and len(self.pieces) > 1 and piece is self.all[0]:
                core.follow = True
            elif piece.read == "and":
                core.symbols.append(("and",))
            elif "only" in piece.read.split():
                # "Was Jordan the only observer": nobody can tell.
                core.symbols.append((UNKNOWN,))
                core.unknown.append(piece.text)
            return
        if symbol == "and" and at == 0 and len(self.pieces) > 1:
            core.follow = True
            return
        if symbol == "that round":
            # "Who said that …": no round, unless it ends there.
            core.pointing |= not (piece.read == "that" and at + 1 < len(self.pieces) and at and self.pieces[at - 1].has("act"))
            return
        if symbol in _POINTING:
            core.parties.append(Party(pointing=_POINTING[symbol], text=piece.text))
            core.symbols.append((ACTOR,))
            return
        if symbol in _PREPOSITIONS:
            if symbol == "between" or self._next_is_party(at):
                core.symbols.append((symbol,))
            return
        if symbol == "act":
            self._act(at, piece)
            return
        if symbol == "who" and piece.senses[0].value:
            core.kind = piece.senses[0].value
        if symbol == "title":
            core.title = piece.read
        if symbol == "role noun":
            core.parties.append(Party(role=piece.senses[0].value, text=piece.text))
            core.symbols.append((ROLE,))
            return
        if symbol == LIGHT and any(other.has(*_BESIDE_LIGHT) for other in self.pieces if other is not piece):
            return
        if symbol == LIGHT:
            # "Who took Idlib": what was done is not said by any word of ours.
            core.symbols.append((UNKNOWN,))
            core.unknown.append(piece.text)
            return
        core.symbols.append(tuple(dict.fromkeys(symbols)))

    def _act(self, at: int, piece: Piece) -> None:
        core = self.core
        before = self.pieces[at - 1] if at else None
        # "Lavrov's take on Idlib" is what he says, "what was Lavrov asked" what is said to him.
        noun = (NOUN,) if piece.has(NOUN) or (before is not None and before.possessive) else ()
        named = any(NOUN in symbols for symbols in core.symbols)
        if piece.has(LIGHT) and not noun and (named or (at + 1 < len(self.pieces) and self.pieces[at + 1].has(NOUN))):
            # "Raised demands", "which demands did they raise": the noun says what was done.
            return
        core.acts += [sense.value for sense in piece.senses if sense.symbol == "act"]
        core.symbols.append((f"act={piece.senses[0].value}", *noun, "act"))

    def _topicalised(self) -> None:
        """ "Nazarbayev in 2017, what did he say?": the pronoun is who was named first."""
        core = self.core
        if len(core.parties) == 2 and core.symbols[:1] == [(ACTOR,)] and core.parties[0].ids and core.parties[1].pointing:
            core.symbols, core.parties = core.symbols[1:], core.parties[:1]

    def _listed(self, at: int) -> bool:
        """Whether the party at a place stands in a list that an "and" closes."""
        symbols = self.core.symbols
        while _is_party(symbols, at):
            at += 1
        return at < len(symbols) and symbols[at][0] == "and" and _is_party(symbols, at + 1)

    def _join(self) -> None:
        """ "Russia and Turkey", "the Russian envoy Lavrentiev": one party; "and" between other things falls away."""
        core = self.core
        if any("source" in here for here in core.symbols):
            core.symbols = [here for here in core.symbols if here != ("person",)]
        symbols: list[tuple[str, ...]] = []
        parties: list[Party] = []
        waiting = list(core.parties)
        at = 0
        while at < len(core.symbols):
            here = core.symbols[at]
            if here == ("or",):
                # "Jordan or Iraq" is neither of them and not both; elsewhere it joins nothing.
                between = bool(symbols) and ACTOR in symbols[-1] and _is_party(core.symbols, at + 1)
                at += 1
                if between and parties and parties[-1].ids and waiting[0].ids:
                    # One of them is enough.
                    core.operators.setdefault(ANY, "or")
                    second = waiting.pop(0)
                    parties[-1] = Party((*parties[-1].ids, *second.ids), text=f"{parties[-1].text} or {second.text}")
                    symbols[-1] = (ACTOR,)
                    at += 1
                elif between:
                    symbols.append(here)
                continue
            if here[0] == "and":
                before = symbols[-1] if symbols else ()
                after = core.symbols[at + 1] if at + 1 < len(core.symbols) else ()
                if ACTOR in before and len(after) == 1 and symbols[-2:-1] == [after] and _is_party(core.symbols, at + 2):
                    # "Of Jordan and of Russia"
                    del core.symbols[at + 1]
                    after = core.symbols[at + 1]
                if ACTOR in before and ACTOR in after and parties and parties[-1].ids and waiting[0].ids:
                    second = waiting.pop(0)
                    parties[-1] = Party((*parties[-1].ids, *second.ids), text=f"{parties[-1].text} and {second.text}")
                    symbols[-1] = (ACTOR,)
                    at += 2
                    continue
                at += 1
                if ACTOR in before and ACTOR in after:
                    symbols.append(here)
                continue
            if ACTOR in here or here == (ROLE,):
                party = waiting.pop(0)
                if self._listed(at) and symbols and ACTOR in symbols[-1] and parties[-1].ids and party.ids:
                    # "Russia, Turkey and Iran"
                    parties[-1] = Party((*parties[-1].ids, *party.ids), text=f"{parties[-1].text} and {party.text}")
                    symbols[-1] = (ACTOR,)
                    at += 1
                    continue
                if symbols and ACTOR in symbols[-1] and parties[-1].demonym and party.ids and not party.demonym:
                    parties[-1] = party
                    symbols[-1] = here
                    at += 1
                    continue
                parties.append(party)
            elif symbols and here != (UNKNOWN,) and _repeats(symbols[-1], here):
                at += 1
                continue
            elif here == ("who",) and symbols and symbols[-1] in (("which",), ("what",)):
                symbols.pop()
            elif (here[-1] == "act" or here == ("hold",)) and symbols and symbols[-1][0] in _ALL and not parties:
                # "What did the parties settle on", "where did the delegations meet": nobody in particular.
                symbols.pop()
            symbols.append(here)
            at += 1
        if core.period or core.places:
            # "What was agreed in the December 2017 round": the time says which; "which rounds" asks for them.
            asked = {at for at, here in enumerate(symbols) if here == ("rounds",) and at and symbols[at - 1][0] not in _ASKING}
            if parties or any(here[0] in _DONE or here[-1] == "act" for here in symbols):
                asked |= {at for at, here in enumerate(symbols) if here == ("hold",)}
            symbols = [here for at, here in enumerate(symbols) if at not in asked]
        core.symbols, core.parties = symbols, parties


def _not_there(piece: Piece) -> bool:
    """Whether a piece is an absence that is told by a "not": "not turn up"; "stay away" is one of its own."""
    return piece.has("absent") and piece.read.startswith("not ")


def _tells(piece: Piece) -> bool:
    """Whether a piece is a word that nobody accounts for, or that only carries a question when it stands before it."""
    return piece.unknown or (bool(piece.senses) and piece.senses[0].symbol == CARRIER)


def _carries(piece: Piece) -> bool:
    """Whether a word may stand around a question without asking for anything: "I should be grateful"."""
    if piece.names or piece.rounds or piece.period:
        return False
    return piece.has(CARRIER, *_CARRYING) or piece.read == "get"


def _interrogative(piece: Piece) -> bool:
    """Whether a piece opens a question: "who", "at which", "in what capacity"; not "city", which asks where."""
    return piece.has(*_QUESTION_WORDS) and not _INTERROGATIVES.isdisjoint(piece.read.split()[:2])


def _wanted(piece: Piece) -> bool:
    """Whether it may be what somebody wants: a name, a question, a list; "I attended" and "I ask" tell what he does."""
    noun = piece.has(NOUN) or piece.possessive or piece.read in _HEADS
    return bool(piece.names or piece.rounds or piece.period) or noun or _interrogative(piece) or piece.has(*_NOUNS)


def _asks(pieces: Sequence[Piece]) -> bool:
    """Whether anything is asked besides that somebody or something is named: "I am from Turkey"."""
    return any(not (piece.names or piece.period or piece.has(*_PREPOSITIONS, *_CARRYING)) for piece in pieces)


def _asks_to_know(pieces: Sequence[Piece]) -> bool:
    return any(not _TO_KNOW.isdisjoint(piece.read.split()) for piece in pieces)


def _person(piece: Piece) -> bool:
    return any(name.kind == "actor" and name.sort in ("person", "part") for name in piece.names)


def _demonym(piece: Piece) -> bool:
    names = piece.of_kind("actor")
    return bool(names) and all(name.sort == "demonym" for name in names)


def _is_party(symbols: Sequence[tuple[str, ...]], at: int) -> bool:
    return 0 <= at < len(symbols) and ACTOR in symbols[at]


def _repeats(before: tuple[str, ...], here: tuple[str, ...]) -> bool:
    """ "Agreements reached", "over time … changed": the same said twice."""
    return before == here or (before[-1] == here[-1] == "act" and before[0] == here[0])


def _longest(names: tuple[Named, ...]) -> int:
    return max((len(name.norm) for name in names), default=0)
