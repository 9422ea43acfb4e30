"""How rounds are named: "21", "21st", "astana-21", "r21", "the latest", "the one after 13", "the first two rounds"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.question import RoundPhrase
from bot.reading.dates import MONTHS, period_at, year_of
from bot.reading.numbers import NUMBER_WORDS, cardinal, ordinal

NOUNS = frozenset(
    [
        "round",
        "rounds",
        "meeting",
        "meetings",
        "session",
        "sessions",
        "edition",
        "editions",
        "talks",
        "summit",
        "gathering",
        "conference",
        "rd",
        "rnd",
        "negotiations",
    ]
)
_FIRST = {"first", "earliest", "inaugural", "opening", "initial", "1st"}
_LAST = {"last", "latest", "newest", "final", "closing"}
_NEXT = {"next", "following", "subsequent"}
_PREVIOUS = {"previous", "preceding", "prior", "earlier"}
_BACK = {"penultimate": 2, "antepenultimate": 3}
_POINTING = {"that", "this", "it", "which"}
# Words after which a bare number is a round: "who was at 21", "between 21 and 22".
_BEFORE_NUMBER = {
    "at",
    "in",
    "of",
    "for",
    "after",
    "before",
    "from",
    "attend",
    "attended",
    "between",
    "and",
    "to",
    "vs",
    "with",
    "no",
    "number",
    "about",
    "was",
    "were",
    "did",
    "when",
    "where",
    "who",
}
_GLUED = re.compile(r"(round|r|rd|astana)(\d{1,3})")
# Words without a digit that the name of a round can start with, besides names of talks.
_STARTS = (
    NOUNS | _FIRST | _LAST | _NEXT | _PREVIOUS | _BACK.keys() | NUMBER_WORDS
    | {"number", "nr", "most", "upcoming", "coming", "r", "rd", "after", "before"}
    | {"followed", "follows", "preceded", "succeeded", "since", "from", "until", "till", "up", "ahead", "prior"}
)  # fmt: skip

_LEADING_TO = frozenset(
    "one came come comes next held was is were and then what which round meeting session what's about happened".split()
)
_WHOSE = frozenset(["they", "he", "she", "it", "we"])
_ANY_OF = frozenset(["any", "every", "all", "each", "no", "some", "other", "another"])
_PARTS = frozenset(["session", "meeting", "ceremony", "plenary", "day", "hour"])
_STEPS = {"earlier": -1, "before": -1, "prior": -1, "previously": -1, "later": 1, "after": 1, "on": 1}

NameAt = Callable[[int], tuple[str, int] | None]


class RoundGrammar:
    """Reads the names of rounds out of the folded words of a question.

    `talks_at` tells where talks are named, `place_at` where a city or country of rounds is: (id, words used) or None.
    """

    def __init__(self, words: Sequence[str], talks_at: NameAt, place_at: NameAt = lambda at: None) -> None:
        self.words = words
        self.talks_at = talks_at
        self.place_at = place_at

    def at(self, start: int) -> tuple[RoundPhrase, int] | None:
        """(rounds named, words used) when a name of rounds starts at a place, else None."""
        word = self.word(start)
        if word not in _STARTS and word.isalpha() and not self.talks_at(start):
            return None
        for form in (
            self._glued,
            self._offset,
            self._noun_number,
            self._talks_number,
            self._edge,
            self._nth,
            self._stretch,
            self._bare,
        ):
            found = form(start)
            if found:
                return found
        return None

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def noun(self, at: int) -> int:
        """Words used by "round", "Astana round", "round of talks", "round of the Astana talks" at a place."""
        used = 0
        if talks := self.talks_at(at):
            used = talks[1]
        if self.word(at + used) in NOUNS:
            used += 1
            follow = at + used
            if self.word(follow) == "of":
                follow += 1 + (self.word(follow + 1) == "the")
                if talks := self.talks_at(follow):
                    return follow + talks[1] - at
                if self.word(follow) in ("talks", "negotiations"):
                    return follow + 1 - at
            return used
        return used if used and self.words[at + used - 1] in NOUNS else 0

    def talks_in(self, start: int, end: int) -> str:
        return next((found[0] for at in range(start, end) if (found := self.talks_at(at))), "")

    def _glued(self, start: int) -> tuple[RoundPhrase, int] | None:
        if match := _GLUED.fullmatch(self.word(start)):
            return RoundPhrase((int(match[2]),)), 1
        if self.word(start) in ("r", "rd") and (found := cardinal(self.words, start + 1)):
            return RoundPhrase((found[0],)), 1 + found[1]
        return None

    def _numbers(self, at: int, listed: bool = True) -> tuple[tuple[int, ...], int]:
        """ "1 and 22", "3, 4 and 5" (when `listed`), "3 to 5" at a place: the numbers and the place after them."""
        first = cardinal(self.words, at)
        if not first or (year_of(self.word(at)) and first[0] > 999) or period_at(self.words, at):
            return (), at
        numbers, at = [first[0]], at + first[1]
        while True:
            joint = self.word(at)
            skip = 1 if joint in ("and", "to", "or", "through", "till", "until") else 0
            skip += bool(skip) and self.word(at + skip) == "the"
            skip += bool(skip) and self.word(at + skip) in NOUNS
            found = cardinal(self.words, at + skip) if skip or listed else None
            if found and self.word(at + skip + found[1]) in MONTHS:
                return (), at
            if not found or found[0] > 999 or period_at(self.words, at + skip):
                return tuple(dict.fromkeys(numbers)), at
            if joint in ("to", "through", "till", "until") and numbers[-1] < found[0] <= numbers[-1] + 100:
                numbers += range(numbers[-1] + 1, found[0])
            numbers.append(found[0])
            at += skip + found[1]

    def _noun_number(self, start: int) -> tuple[RoundPhrase, int] | None:
        if self.word(start) in ("number", "nr") and self.word(start + 1).isdigit():
            return RoundPhrase((int(self.word(start + 1)),)), 2
        used = self.noun(start)
        if not used:
            return None
        at = start + used
        while self.word(at) in ("no", "number", "nr", "num", "numbers", "nos"):
            at += 1
        if self.word(at) == "from" and len(self._numbers(at + 1)[0]) > 1:
            # "Each round from 2 to 9"
            at += 1
        numbers, end = self._numbers(at)
        if not numbers:
            nth = ordinal(self.words, at)
            if nth and at == start + used and self.word(start) in ("round", "meeting"):
                return RoundPhrase((nth[0],), talks=self.talks_in(start, at)), at + nth[1] - start
            return None
        return RoundPhrase(numbers, talks=self.talks_in(start, at)), end - start

    def _talks_number(self, start: int) -> tuple[RoundPhrase, int] | None:
        talks = self.talks_at(start)
        if not talks:
            return None
        at = start + talks[1]
        numbers, end = self._numbers(at)
        return (RoundPhrase(numbers, talks=talks[0]), end - start) if numbers else None

    def _edge(self, start: int) -> tuple[RoundPhrase, int] | None:
        if self.word(start + 1) in _PARTS and self.word(start + 2) == "of":
            # "The opening session of round 8" is a part of it.
            return None
        at, nth = start, 1
        if self.word(at) in _BACK:
            nth, edge = _BACK[self.word(at)], "last"
            at += 1
        else:
            second = {"second": 2, "third": 3, "2nd": 2, "3rd": 3}.get(self.word(at))
            skip = 1 + (self.word(at + 1) == "to")
            if second and self.word(at + skip) in _LAST:
                nth, edge, at = second, "last", at + skip + 1
            elif self.word(at) == "next" and self.word(at + 1) == "to" and self.word(at + 2) == "last":
                nth, edge, at = 2, "last", at + 3
            elif self.word(at) == "most" and self.word(at + 1) == "recent":
                edge, at = "last", at + 2
            elif self.word(at) in _LAST:
                edge, at = "last", at + 1
                at += self.word(at) in ("ever",)
            elif self.word(at) in _FIRST:
                edge, at = "first", at + 1
                at += self.word(at) in ("ever",)
            else:
                return None
        if edge == "last" and self.word(at) == "but" and cardinal(self.words, at + 1):
            # "the last but one"
            back = cardinal(self.words, at + 1)
            assert back is not None
            nth, at = nth + back[0], at + 1 + back[1]
        place = self.place_at(at)
        if place and self.word(at + place[1]) in NOUNS and not self.talks_at(at):
            return RoundPhrase(edge="first" if edge == "first" else "last", nth=nth, place=place[0]), at + place[1] + 1 - start
        count = 1
        found = cardinal(self.words, at)
        if found and found[0] <= 50 and self.noun(at + found[1]):
            count, at = found[0], at + found[1]
        noun = self.noun(at)
        if self.word(at + (noun or self.word(at) == "one")) in _WHOSE:
            # "The last one they attended" is none of all.
            return None
        alone = self.word(start) in ("latest", "penultimate", "newest", "most") and self.word(at) in (
            "",
            "one",
            "of",
            "in",
        )
        ends = at == len(self.words) or self.word(at) in ("in", "of")
        alone = alone or (self.word(at) == "one") or (self.word(start - 1) == "the" and ends)
        if not noun and not alone:
            return None
        at += noun or (self.word(at) == "one")
        return RoundPhrase(
            edge="first" if edge == "first" else "last", count=count, nth=nth, talks=self.talks_in(start, at)
        ), at - start

    def _nth(self, start: int) -> tuple[RoundPhrase, int] | None:
        nth = ordinal(self.words, start)
        if not nth or period_at(self.words, start):
            return None
        numbers, at = [nth[0]], start + nth[1]
        while self.word(at) in ("and", "or", "vs", "versus", "to"):
            skip = 1 + (self.word(at + 1) == "the")
            more = ordinal(self.words, at + skip)
            if not more:
                break
            numbers.append(more[0])
            at += skip + more[1]
        place = self.place_at(at)
        if place and self.word(at + place[1]) in NOUNS and not self.talks_at(at):
            return RoundPhrase(edge="first", nth=nth[0], place=place[0]), at + place[1] + 1 - start
        noun = self.noun(at)
        if self.word(at) == "time" and self.word(start - 1) == "the" and nth[0] > 1:
            return RoundPhrase(tuple(numbers)), at + 1 - start
        typed = any(char.isdigit() for char in self.word(start))
        ends = self.word(at) in ("", "one", "and") and (self.word(start - 1) in ("the", "of", "at", "in") or start == 0)
        if not noun and not typed and not (ends and at - start <= 4):
            return None
        at += noun or (self.word(at) == "one")
        return RoundPhrase(tuple(numbers), nth=nth[0], talks=self.talks_in(start, at)), at - start

    def _offset(self, start: int) -> tuple[RoundPhrase, int] | None:
        word = self.word(start)
        if word in _NEXT | _PREVIOUS or (word in ("upcoming", "coming")):
            at = start + 1
            noun = self.noun(at)
            noun = noun or (self.word(at) == "one")
            relation = self.word(at + noun)
            if not noun and relation not in ("after",) and not (word in _NEXT and at >= len(self.words) and start):
                return None
            at += noun
            offset = -1 if word in _PREVIOUS else 1
            if relation in ("after", "before", "to", "following"):
                base, end = self._base(at + 1)
                if base:
                    return RoundPhrase(offset=-1 if relation == "before" else offset, base=base), end - start
            if word in ("next", "upcoming", "coming"):
                # With nothing before it, the next is the one after the latest.
                return RoundPhrase(offset=offset, anaphor=True), at - start
            return RoundPhrase(offset=offset, base=RoundPhrase(anaphor=True)), at - start
        steps = cardinal(self.words, start)
        if steps and self.noun(start + steps[1]):
            end = start + steps[1] + self.noun(start + steps[1])
            sign = _STEPS.get(self.word(end))
            if sign:
                # "two rounds earlier", "two rounds before round 9"
                base, used = self._base(end + 1) if self.word(end) in ("before", "after") else (None, end + 1)
                return RoundPhrase(offset=sign * steps[0], base=base or RoundPhrase(anaphor=True)), (
                    used if base else end + 1
                ) - start
        at = start
        if word == "one" or (self.noun(start) and word != "rounds"):
            at += self.noun(start) or 1
            while self.word(at) in (
                "that",
                "which",
                "came",
                "comes",
                "held",
                "right",
                "just",
                "directly",
                "immediately",
                "took",
                "place",
                "was",
            ):
                at += 1
            relation = self.word(at)
            if self.word(start - 1) in _ANY_OF and relation in ("after", "before", "since", "until"):
                # "Any round after the eighth" is any of those that came.
                found = self._stretch(at, bare=True)
                return (found[0], at + found[1] - start) if found else None
            signs = {"after": 1, "following": 1, "followed": 1, "before": -1, "preceding": -1, "preceded": -1}
            if relation not in signs:
                return None
            base, end = self._base(at + 1)
            if base:
                return RoundPhrase(offset=signs[relation], base=base), end - start
            if at + 1 >= len(self.words) and word in ("one", "round", "meeting"):
                return RoundPhrase(offset=signs[relation], base=RoundPhrase(anaphor=True)), at + 1 - start
            return None
        if word in ("after", "before") and start and self.word(start - 1) not in _LEADING_TO:
            # "Who joined after round 10": at no round in particular.
            return None
        if word in ("after", "before", "followed", "follows", "preceded", "succeeded"):
            sign = -1 if word in ("before", "preceded") else 1
            base, end = self._base(start + 1)
            if base and word in ("after", "before") and not start and end < len(self.words):
                # "Before round 8, who spoke about …": at any of the rounds before it.
                return None
            if base and not base.anaphor:
                return RoundPhrase(offset=sign, base=base), end - start
        return None

    def _stretch(self, start: int, bare: bool = False) -> tuple[RoundPhrase, int] | None:
        """ "before round 12", "up to round 14", "after round 16", "from round 15 on", "from round 3 to round 7".

        With `bare` a number alone is a round: "every round before 15".
        """
        word, at = self.word(start), start + 1
        if word == "up" and self.word(at) == "to":
            word, at = "until", at + 1
            if self.word(at) == "and" and self.word(at + 1) == "including":
                at += 2
        elif word in ("ahead", "prior") and self.word(at) in ("of", "to"):
            word, at = "before", at + 1
        if word not in ("since", "from", "after", "before", "until", "till"):
            return None
        base, end = self._base(at)
        if base is None or len(base.numbers) != 1 or (not bare and self.word(end - 1).isdigit() and end - at == 1):
            # "After 5" may be an hour.
            return None
        number = base.numbers[0]
        if word in ("before", "until", "till"):
            last = number - (word == "before")
            return (RoundPhrase(until=last, talks=base.talks), end - start) if last > 0 else None
        if word == "after":
            return RoundPhrase(since=number + 1, talks=base.talks), end - start
        if self.word(end) in ("to", "through", "until", "till"):
            last_base, last_end = self._base(end + 1)
            if last_base is not None and len(last_base.numbers) == 1 and last_base.numbers[0] >= number:
                return RoundPhrase(since=number, until=last_base.numbers[0], talks=base.talks), last_end - start
        for ending in (("right", "through"), ("on",), ("onwards",), ("onward",), ("forward",), ("through",)):
            if tuple(self.words[end : end + len(ending)]) == ending:
                return RoundPhrase(since=number, talks=base.talks), end + len(ending) - start
        return (RoundPhrase(since=number, talks=base.talks), end - start) if word == "since" else None

    def _base(self, at: int) -> tuple[RoundPhrase | None, int]:
        at += self.word(at) == "the"
        if self.word(at) in _POINTING and not cardinal(self.words, at + 1):
            return RoundPhrase(anaphor=True), at + 1 + (self.word(at + 1) in NOUNS or self.word(at + 1) == "one")
        for form in (self._glued, self._noun_number, self._talks_number, self._edge, self._nth):
            found = form(at)
            if found:
                return found[0], at + found[1]
        found_number = cardinal(self.words, at)
        if found_number and found_number[0] < 1000 and not period_at(self.words, at):
            return RoundPhrase((found_number[0],)), at + found_number[1]
        return None, at

    def _bare(self, start: int) -> tuple[RoundPhrase, int] | None:
        numbers, end = self._numbers(start, listed=False)
        if not numbers or max(numbers) > 999:
            return None
        digits = self.word(start).isdigit()
        if self.word(end) == "rounds" and len(numbers) == 1:
            # "Who attended 8 rounds" counts them.
            return None
        if self.noun(end) and (len(numbers) > 1 or (digits and self.word(end) in ("round", "meeting", "session"))):
            # "the 17 round", but "3 rounds" counts them.
            return RoundPhrase(numbers), end + self.noun(end) - start
        only = end - start == len(self.words)
        if (digits and (self.word(start - 1) in _BEFORE_NUMBER or only or end == len(self.words))) or (
            self.word(start - 1) in ("round", "rounds")
        ):
            return RoundPhrase(numbers), end - start
        return None
