"""The frame of a question: its core is what is left when rounds, dates, topics and the like are taken into slots.

"In round 8, what did the opposition ask of Russia about detainees?" has the core  what A act of A ; its round and topic are
slots, wherever they stood. Phrasings (bot/intents) go through the same steps, so that a phrasing is compared by what it asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.question import Period, RoundPhrase
from bot.question.operators import ALL_ROUNDS, ANY, OTHER
from bot.reading.linking import Span
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
NEVER = "never"
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
class Mention:
    """An actor (or several, joined by "and") in the core, or a pronoun for one, or a phrase that nobody knows."""

    ids: tuple[str, ...] = ()
    choices: tuple[Named, ...] = ()
    role: str = ""
    anaphor: str = ""
    text: str = ""
    demonym: bool = False
    unknown: str = ""


@dataclass(slots=True)
class Frame:
    """Token classes in order, each with its alternatives (the most specific first), the parties among them, and the slots."""

    classes: list[tuple[str, ...]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    rounds: list[RoundPhrase] = field(default_factory=list)
    period: Period | None = None
    topics: list[str] = field(default_factory=list)
    topic_choices: tuple[Named, ...] = ()
    events: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    talks: str = ""
    anaphor: bool = False
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

    def slots(self) -> set[str]:
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


def build(spans: Sequence[Span]) -> Frame:
    """The core of linked spans."""
    return _Builder(list(spans)).build()


class _Builder:
    def __init__(self, spans: list[Span]) -> None:
        self.frame = Frame(words=len(spans))
        self.all = spans
        found = taken([span for span in spans if not span.filler])
        self.spans, self.frame.operators = found.spans, found.operators
        for span in found.besides:
            self.frame.besides += [name.id for name in span.of_kind("actor")]
            self.frame.besides_roles += [sense.value for sense in span.senses if sense.token_class == "role noun"]
            if (word := span.read.split()[-1].removesuffix("s")) in ROLES:
                self.frame.besides_roles.append(word)

    def build(self) -> Frame:
        self._drop_address()
        self._negation()
        self._polarity()
        self._apposition()
        at = 0
        while at < len(self.spans):
            at = self._take(at)
        self._join()
        self._topicalised()
        if self.frame.rounds or self.frame.period:
            self.frame.anaphor = False
        return self.frame

    def _drop_address(self) -> None:
        """ "Can you tell me who …", "explain … to me": who talks to whom is dropped around the question."""
        if len(self.spans) > 2 and self.spans[-1].has("person") and self.spans[-2].has("to", "for"):
            self.spans = self.spans[:-2]
        first = next((at for at, span in enumerate(self.spans) if _interrogative(span)), 0)
        head = self.spans[:first]
        if head and all(_carries(span) or span.unknown or span.has("act", "tell") for span in head) and _asks_to_know(head):
            # "I should be grateful to learn which …", "could you explain who …": the question is what stands within.
            self.spans = self.spans[first:]
            return
        first = next((at for at, span in enumerate(self.spans) if not _carries(span)), len(self.spans))
        head = self.spans[:first]
        start = self.all.index(self.spans[first]) if first < len(self.spans) else len(self.all)
        spoken = any(not _SPEAKING.isdisjoint(span.read.split()) for span in self.all[:start])
        rest = self.spans[first:]
        framed = spoken and any(span.has("person", CARRIER) for span in head)
        if framed and rest and (_wanted(rest[0]) or _asks_to_know(head)) and (_asks(rest) or _asks_to_know(head)):
            # "I would appreciate an account of …": nothing of it asks.
            self.spans = self.spans[first:]

    def _negation(self) -> None:
        """ "Why didn't the opposition come" is about an absence, wherever the "not" stands."""
        opened = bool(self.spans) and self.spans[0].has("do", "be", "have")
        some = opened and any(span.has("rounds") for span in self.spans)
        if opened and not some and any(_not_there(span) for span in self.spans):
            # "Did Lebanon not turn up" asks whether it did.
            self.frame.polar = True
            attend = (Sense("attend"),)
            self.spans = [replace(span, senses=attend) if _not_there(span) else span for span in self.spans]
        nots = [span for span in self.spans if span.has("not")]
        if nots and nots[0] is self.spans[0]:
            # "Didn't Jordan attend" asks whether it did.
            self.frame.polar = True
            self.spans = self.spans[1:]
        elif len(nots) == 1 and opened and (nots[0].read == NEVER or (some and self._done())):
            self._away_at(nots[0])
        elif len(nots) == 1 and opened and self._done() and not self._after_and(nots[0]):
            # "Did Jordan not attend" asks whether it did; "is it true that Jordan did not" is about what is claimed.
            self.frame.polar = True
            self.spans = [span for span in self.spans[1:] if span is not nots[0]]
        elif len(nots) == 1 and any(map(self._attending, self.spans)) and not self._after_and(nots[0]):
            if self.spans[0].has("polar") or (nots[0].read == NEVER and not self._of_which_rounds()):
                # "Is it true that the US did not come after 2017", "who never came": at none of the rounds there.
                self.frame.operators.setdefault(ALL_ROUNDS, nots[0].text)
            self._turn_into_absence(nots[0])

    def _away_at(self, no: Span) -> None:
        """ "Did Turkey not attend a round" asks for one that it missed, "did the US never attend" whether it missed all."""
        self.frame.polar = True
        if not any(map(self._attending, self.spans)):
            self.frame.operators.setdefault(OTHER, no.text)
            return
        if no.read == NEVER:
            self.frame.operators.setdefault(ALL_ROUNDS, no.text)
        self._turn_into_absence(no)

    def _turn_into_absence(self, no: Span) -> None:
        absent = (Sense("absent"),)
        kept = [replace(span, senses=absent) if self._attending(span) else span for span in self.spans]
        self.spans = [span for span in kept if span is not no]

    def _of_which_rounds(self) -> bool:
        """Whether rounds are named or asked for: "which rounds did the US never attend" are those that it missed."""
        return any(
            span.rounds or (span.has("rounds") and at and self.spans[at - 1].has("which", "what", "how many"))
            for at, span in enumerate(self.spans)
        )

    def _attending(self, span: Span) -> bool:
        """Whether somebody attends; that there is something ("was there a round without …") is no attendance."""
        return span.has("attend") and not (span is self.spans[0] and span.read in _EXISTS)

    def _done(self) -> bool:
        return any(span.has("attend", "lead", "act") for span in self.spans)

    def _after_and(self, span: Span) -> bool:
        at = self.spans.index(span)
        return at > 0 and self.spans[at - 1].has("and", "and what about")

    def _polarity(self) -> None:
        kept: list[Span] = []
        for at, span in enumerate(self.spans):
            if at == 0 and span.read.startswith(("was ", "were ", "is ", "are ")):
                self.frame.polar = True
            if span.has("polar") or (at == 0 and span.read in _EXISTS):
                # "Were there comments on oil", "was there a round in June 2022"
                self.frame.polar = True
            elif span.has("modal") and not any(other.has("act", "attend") or other.of_kind("topic") for other in self.spans):
                # "Where will round 23 be"; but what somebody will do no record says.
                continue
            elif span.has("do"):
                # "Does the US attend" is about now, which no record answers with yes.
                self.frame.polar |= not kept and span.read == "did"
            elif span.has("have"):
                rest = self.spans[:at] + self.spans[at + 1 :]
                if any(other.has(*_VERBS) for other in rest):
                    self.frame.polar |= not kept
                else:
                    kept.append(Span(span.start, span.end, span.text, span.read))
            else:
                kept.append(span)
        first = kept[0] if kept else None
        if first is not None and first.has("be") and len(kept) > 1:
            self.frame.polar = True
        self.spans = kept

    def _is_actor(self, at: int) -> bool:
        return 0 <= at < len(self.spans) and bool(self.spans[at].of_kind("actor"))

    def _apposition(self) -> None:
        """ "the Turkish delegation", "delegation of Turkey", "UN envoy Pedersen": one actor each."""
        kept: list[Span] = []
        at = 0
        while at < len(self.spans):
            span = self.spans[at]
            noun = span.has("delegation") or span.read in ("government", "regime", "administration")
            if (
                span.read in _PEOPLE
                and kept
                and _demonym(kept[-1])
                and any(one.has("attend", "act") for one in self.spans[at:])
            ):
                # "Did Iraqi diplomats attend": whether Iraq did.
                at += 1
                continue
            if noun and kept and kept[-1].of_kind("actor"):
                at += 1
                continue
            if span.has("delegation") and not span.names:
                skip = at + 1
                if skip < len(self.spans) and self.spans[skip].has("of", "from"):
                    skip += 1
                if self._is_actor(skip):
                    at = skip
                    continue
            if span.has("title"):
                following = self.spans[at + 1] if at + 1 < len(self.spans) else None
                if following and _person(following):
                    if kept and kept[-1].of_kind("actor"):
                        kept.pop()
                    at += 1
                    continue
            if span.read in _HEADS and kept and kept[-1].of_kind("actor") and not _person(kept[-1]) and self._is_actor(at + 1):
                # "opposition leader Tohmeh"
                kept.pop()
                at += 1
                continue
            kept.append(span)
            at += 1
        self.spans = kept

    def _take(self, at: int) -> int:
        span, frame = self.spans[at], self.frame
        if span.rounds:
            frame.rounds.append(span.rounds)
        elif span.period:
            self._period(span)
        elif span.names:
            self._name(at, span)
        elif _tells(span):
            return self._unknown(at)
        else:
            self._word(at, span)
        return at + 1

    def _period(self, span: Span) -> None:
        """ "In 2017 and 2018" is one span; times that do not adjoin are not answered as if one of them had been meant."""
        first, second = self.frame.period, span.period
        assert second is not None
        if first is not None and first.years and second.years and second.since == first.until + timedelta(days=1):
            second = Period(first.since, second.until, f"{first.text} and {second.text}")
        elif first is not None:
            self.frame.classes.append((UNKNOWN,))
            self.frame.unknown.append(span.text)
        self.frame.period = second

    def _unknown(self, at: int) -> int:
        end = at
        while end < len(self.spans) and _tells(self.spans[end]):
            end += 1
        text = " ".join(span.text for span in self.spans[at:end])
        self.frame.classes.append((UNKNOWN,))
        self.frame.unknown.append(text)
        return end

    def _before(self, span: Span) -> str:
        """The word before a span, fillers counted."""
        at = self.all.index(span) - 1
        while at >= 0 and self.all[at].read in ("the", "a", "an"):
            at -= 1
        return self.all[at].read if at >= 0 else ""

    def _of_a_round(self, span: Span) -> bool:
        """Whether a span stands in "round 5 of the …"."""
        at = self.all.index(span) - 1
        while at >= 0 and self.all[at].read in ("the", "a", "an"):
            at -= 1
        return at > 0 and self.all[at].read == "of" and self.all[at - 1].rounds is not None

    def _directly_in(self, span: Span) -> bool:
        """ "in Iran", "at the UN", but not "in the opposition delegation"."""
        at = self.all.index(span)
        team = span.possessive or (at + 1 < len(self.all) and self.all[at + 1].has("delegation"))
        if self._before(span) == "at" and self.all[at - 1].read == "the" and not team:
            # "Accusations at Ankara" are aimed at it.
            return all(name.sort != "demonym" for name in span.names)
        return at > 0 and self.all[at - 1].read in ("in", "inside") and all(name.sort != "demonym" for name in span.names)

    def _name(self, at: int, span: Span) -> None:
        frame = self.frame
        place, talks, topic = span.of_kind("place"), span.of_kind("talks"), span.of_kind("topic")
        actor, event = span.of_kind("actor"), span.of_kind("event")
        inside = self._before(span) in ("in", "at", "outside", "inside")
        if place and (inside or not (actor or talks)):
            frame.places += [name.id for name in place]
            if talks:
                frame.talks = frame.talks or talks[0].id
        elif talks and not actor:
            frame.talks = talks[0].id
            if topic:
                # "The Astana format" is both; what is asked of it decides.
                frame.topics += [name.id for name in topic[:1]]
                frame.talks_or_topic = True
        elif (
            actor
            and at
            and span.of_kind("actor")[0].sort == "demonym"
            and self.spans[at - 1].read.startswith(("speak", "spoke"))
        ):
            # "Who speaks Russian": a language.
            frame.classes.append((UNKNOWN,))
            frame.unknown.append(span.text)
        elif actor and self._directly_in(span):
            # "in Iran" is where, not who; no round was there.
            frame.classes.append((UNKNOWN,))
            frame.unknown.append(f"{self._before(span)} {span.text}")
        elif actor and not (topic and _longest(topic) > _longest(actor)):
            self._party(span, actor)
        elif topic and self._of_a_round(span):
            # "Round 5 of the constitutional committee": none of ours.
            frame.classes.append((UNKNOWN,))
            frame.unknown.append(f"of {span.text}")
        elif topic or event:
            if len(topic) > 1:
                frame.topic_choices = topic
            frame.topics += [name.id for name in topic[:1]]
            frame.events += [name.id for name in event]
        elif place:
            frame.places += [name.id for name in place]

    def _party(self, span: Span, actor: tuple[Named, ...]) -> None:
        word = span.read.split()[0].removesuffix("s")
        role = word if word in ROLES else ""
        ids = tuple(name.id for name in actor)
        # Several may hold an office ("the Russian deputy foreign minister"); of several that share a name one is meant.
        all_meant = len(ids) == 1 or all(name.sort == "role" for name in actor)
        mention = Mention(
            ids if all_meant else (),
            () if all_meant else actor,
            role,
            text=span.text,
            demonym=all(name.sort == "demonym" for name in actor),
        )
        self.frame.mentions.append(mention)
        self.frame.classes.append((ROLE, ACTOR) if role else (ACTOR,))

    def _next_is_party(self, at: int) -> bool:
        if at + 1 >= len(self.spans):
            return False
        following = self.spans[at + 1]
        if following.unknown or following.has(*_POINTING):
            return True
        return self._is_actor(at + 1) and not (following.of_kind("place") and self._before(following) in ("in", "at"))

    def _word(self, at: int, span: Span) -> None:
        frame = self.frame
        classes = [sense.token_class for sense in span.senses]
        token_class = classes[0]
        if token_class == "and what about":
            if at == 0 and len(self.spans) > 1 and span is self.all[0]:
                frame.follow = True
            elif span.read == "and":
                frame.classes.append(("and",))
            elif "only" in span.read.split():
                # "Was Jordan the only observer": nobody can tell.
                frame.classes.append((UNKNOWN,))
                frame.unknown.append(span.text)
            return
        if token_class == "and" and at == 0 and len(self.spans) > 1:
            frame.follow = True
            return
        if token_class == "that round":
            # "Who said that …": no round, unless it ends there.
            frame.anaphor |= not (span.read == "that" and at + 1 < len(self.spans) and at and self.spans[at - 1].has("act"))
            return
        if token_class in _POINTING:
            frame.mentions.append(Mention(anaphor=_POINTING[token_class], text=span.text))
            frame.classes.append((ACTOR,))
            return
        if token_class in _PREPOSITIONS:
            if token_class == "between" or self._next_is_party(at):
                frame.classes.append((token_class,))
            return
        if token_class == "act":
            self._act(at, span)
            return
        if token_class == "who" and span.senses[0].value:
            frame.kind = span.senses[0].value
        if token_class == "title":
            frame.title = span.read
        if token_class == "role noun":
            frame.mentions.append(Mention(role=span.senses[0].value, text=span.text))
            frame.classes.append((ROLE,))
            return
        if token_class == LIGHT and any(other.has(*_BESIDE_LIGHT) for other in self.spans if other is not span):
            return
        if token_class == LIGHT:
            # "Who took Idlib": what was done is not said by any word of ours.
            frame.classes.append((UNKNOWN,))
            frame.unknown.append(span.text)
            return
        frame.classes.append(tuple(dict.fromkeys(classes)))

    def _act(self, at: int, span: Span) -> None:
        frame = self.frame
        before = self.spans[at - 1] if at else None
        # "Lavrov's take on Idlib" is what he says, "what was Lavrov asked" what is said to him.
        noun = (NOUN,) if span.has(NOUN) or (before is not None and before.possessive) else ()
        named = any(NOUN in classes for classes in frame.classes)
        if span.has(LIGHT) and not noun and (named or (at + 1 < len(self.spans) and self.spans[at + 1].has(NOUN))):
            # "Raised demands", "which demands did they raise": the noun says what was done.
            return
        frame.acts += [sense.value for sense in span.senses if sense.token_class == "act"]
        frame.classes.append((f"act={span.senses[0].value}", *noun, "act"))

    def _topicalised(self) -> None:
        """ "Nazarbayev in 2017, what did he say?": the pronoun is who was named first."""
        frame = self.frame
        if len(frame.mentions) == 2 and frame.classes[:1] == [(ACTOR,)] and frame.mentions[0].ids and frame.mentions[1].anaphor:
            frame.classes, frame.mentions = frame.classes[1:], frame.mentions[:1]

    def _listed(self, at: int) -> bool:
        """Whether the party at a place stands in a list that an "and" closes."""
        classes = self.frame.classes
        while _is_party(classes, at):
            at += 1
        return at < len(classes) and classes[at][0] == "and" and _is_party(classes, at + 1)

    def _join(self) -> None:
        """ "Russia and Turkey", "the Russian envoy Lavrentiev": one party; "and" between other things falls away."""
        frame = self.frame
        if any("source" in here for here in frame.classes):
            frame.classes = [here for here in frame.classes if here != ("person",)]
        classes: list[tuple[str, ...]] = []
        mentions: list[Mention] = []
        waiting = list(frame.mentions)
        at = 0
        while at < len(frame.classes):
            here = frame.classes[at]
            if here == ("or",):
                # "Jordan or Iraq" is neither of them and not both; elsewhere it joins nothing.
                between = bool(classes) and ACTOR in classes[-1] and _is_party(frame.classes, at + 1)
                at += 1
                if between and mentions and mentions[-1].ids and waiting[0].ids:
                    # One of them is enough.
                    frame.operators.setdefault(ANY, "or")
                    second = waiting.pop(0)
                    mentions[-1] = Mention((*mentions[-1].ids, *second.ids), text=f"{mentions[-1].text} or {second.text}")
                    classes[-1] = (ACTOR,)
                    at += 1
                elif between:
                    classes.append(here)
                continue
            if here[0] == "and":
                before = classes[-1] if classes else ()
                after = frame.classes[at + 1] if at + 1 < len(frame.classes) else ()
                if ACTOR in before and len(after) == 1 and classes[-2:-1] == [after] and _is_party(frame.classes, at + 2):
                    # "Of Jordan and of Russia"
                    del frame.classes[at + 1]
                    after = frame.classes[at + 1]
                if ACTOR in before and ACTOR in after and mentions and mentions[-1].ids and waiting[0].ids:
                    second = waiting.pop(0)
                    mentions[-1] = Mention((*mentions[-1].ids, *second.ids), text=f"{mentions[-1].text} and {second.text}")
                    classes[-1] = (ACTOR,)
                    at += 2
                    continue
                at += 1
                if ACTOR in before and ACTOR in after:
                    classes.append(here)
                continue
            if ACTOR in here or here == (ROLE,):
                mention = waiting.pop(0)
                if self._listed(at) and classes and ACTOR in classes[-1] and mentions[-1].ids and mention.ids:
                    # "Russia, Turkey and Iran"
                    mentions[-1] = Mention((*mentions[-1].ids, *mention.ids), text=f"{mentions[-1].text} and {mention.text}")
                    classes[-1] = (ACTOR,)
                    at += 1
                    continue
                if classes and ACTOR in classes[-1] and mentions[-1].demonym and mention.ids and not mention.demonym:
                    mentions[-1] = mention
                    classes[-1] = here
                    at += 1
                    continue
                mentions.append(mention)
            elif classes and here != (UNKNOWN,) and _repeats(classes[-1], here):
                at += 1
                continue
            elif here == ("who",) and classes and classes[-1] in (("which",), ("what",)):
                classes.pop()
            elif (here[-1] == "act" or here == ("hold",)) and classes and classes[-1][0] in _ALL and not mentions:
                # "What did the parties settle on", "where did the delegations meet": nobody in particular.
                classes.pop()
            classes.append(here)
            at += 1
        if frame.period or frame.places:
            # "What was agreed in the December 2017 round": the time says which; "which rounds" asks for them.
            asked = {at for at, here in enumerate(classes) if here == ("rounds",) and at and classes[at - 1][0] not in _ASKING}
            if mentions or any(here[0] in _DONE or here[-1] == "act" for here in classes):
                asked |= {at for at, here in enumerate(classes) if here == ("hold",)}
            classes = [here for at, here in enumerate(classes) if at not in asked]
        frame.classes, frame.mentions = classes, mentions


def _not_there(span: Span) -> bool:
    """Whether a span is an absence that is told by a "not": "not turn up"; "stay away" is one of its own."""
    return span.has("absent") and span.read.startswith("not ")


def _tells(span: Span) -> bool:
    """Whether a span is a word that nobody accounts for, or that only carries a question when it stands before it."""
    return span.unknown or (bool(span.senses) and span.senses[0].token_class == CARRIER)


def _carries(span: Span) -> bool:
    """Whether a word may stand around a question without asking for anything: "I should be grateful"."""
    if span.names or span.rounds or span.period:
        return False
    return span.has(CARRIER, *_CARRYING) or span.read == "get"


def _interrogative(span: Span) -> bool:
    """Whether a span opens a question: "who", "at which", "in what capacity"; not "city", which asks where."""
    return span.has(*_QUESTION_WORDS) and not _INTERROGATIVES.isdisjoint(span.read.split()[:2])


def _wanted(span: Span) -> bool:
    """Whether it may be what somebody wants: a name, a question, a list; "I attended" and "I ask" tell what he does."""
    noun = span.has(NOUN) or span.possessive or span.read in _HEADS
    return bool(span.names or span.rounds or span.period) or noun or _interrogative(span) or span.has(*_NOUNS)


def _asks(spans: Sequence[Span]) -> bool:
    """Whether anything is asked besides that somebody or something is named: "I am from Turkey"."""
    return any(not (span.names or span.period or span.has(*_PREPOSITIONS, *_CARRYING)) for span in spans)


def _asks_to_know(spans: Sequence[Span]) -> bool:
    return any(not _TO_KNOW.isdisjoint(span.read.split()) for span in spans)


def _person(span: Span) -> bool:
    return any(name.kind == "actor" and name.sort in ("person", "part") for name in span.names)


def _demonym(span: Span) -> bool:
    names = span.of_kind("actor")
    return bool(names) and all(name.sort == "demonym" for name in names)


def _is_party(classes: Sequence[tuple[str, ...]], at: int) -> bool:
    return 0 <= at < len(classes) and ACTOR in classes[at]


def _repeats(before: tuple[str, ...], here: tuple[str, ...]) -> bool:
    """ "Agreements reached", "over time … changed": the same said twice."""
    return before == here or (before[-1] == here[-1] == "act" and before[0] == here[0])


def _longest(names: tuple[Named, ...]) -> int:
    return max((len(name.norm) for name in names), default=0)
