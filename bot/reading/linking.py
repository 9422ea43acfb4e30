"""From the words of a question to spans: rounds, dates, names and words of ours; what is left is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.question import Period, RoundPhrase
from bot.reading.dates import MONTHS, period_at
from bot.reading.numbers import NUMBER_WORDS, ORDINALS
from bot.reading.rounds import RoundGrammar
from bot.reading.vocabulary import FILLER, Sense, Vocabulary, closeness, far_slips, repairs, typed_for
from knowledge.budget import Budget
from knowledge.store import Named
from knowledge.text import Token, skeleton, slips, tokens

MAX_WORDS = 80
TRIED = 3
OPEN = 2
"""Words that nobody knows from which on a question is none of ours with slips in it."""
READINGS = 3
ROUND = "round"
ACTS = frozenset(["said", "asked", "agreed", "demanded"])
"""What is mostly done with words; phrasings have a slot for it."""
LONG = 7
"""Letters of a word from which two slips in it are looked for among the names."""
LONGEST_NAME = 8
# A short capital alias ("US") typed in lower case is a party only where a party can stand.
_PARTY_AFTER = frozenset(
    [
        "the",
        "did",
        "was",
        "were",
        "does",
        "is",
        "has",
        "had",
        "by",
        "against",
        "and",
        "or",
        "on",
        "towards",
        "toward",
        "when",
        "why",
        "will",
        "would",
        "that",
    ]
)
_PARTY_BEFORE = frozenset(["attend", "act", "lead", "absent", "delegation", "stop", "role"])
_NEVER_PARTY_AFTER = frozenset(
    ["tell", "give", "let", "show", "help", "send", "remind", "ask", "told", "gave", "for", "to", "with"]
)
_SORTS = {"name": 0, "alias": 0, "person": 0, "demonym": 1, "role": 2, "part": 3}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a question and what it is: `senses` of a word, `names`, `rounds` or a `period`; none of them is unknown.

    `text` is how it was typed, `read` its folded words, corrected.
    """

    start: int
    end: int
    text: str
    read: str
    senses: tuple[Sense, ...] = ()
    names: tuple[Named, ...] = ()
    rounds: RoundPhrase | None = None
    period: Period | None = None
    possessive: bool = False

    @property
    def unknown(self) -> bool:
        """Whether nobody accounts for it."""
        return not (self.senses or self.names or self.rounds or self.period)

    @property
    def filler(self) -> bool:
        """Whether it asks for nothing."""
        return bool(self.senses) and self.senses[0].token_class == FILLER

    def has(self, *classes: str) -> bool:
        """Whether it has one of these token classes."""
        # Asked thousands of times at start and dozens of times a question: a loop takes half of what any() does.
        for sense in self.senses:  # noqa: SIM110
            if sense.token_class in classes:
                return True
        return False

    def of_kind(self, kind: str) -> tuple[Named, ...]:
        """Its meanings of one kind of fact, the best sort of name only."""
        found = [name for name in self.names if name.kind == kind]
        best = min((_SORTS[name.sort] for name in found), default=0)
        unique = {name.id: name for name in found if _SORTS[name.sort] == best}
        return tuple(unique.values())


@dataclass(frozen=True, slots=True)
class Linked:
    """The spans of a question, and the corrections made: (as typed, as read); its words, and its spans before them."""

    spans: tuple[Span, ...]
    corrections: tuple[tuple[str, str], ...] = ()
    typed: tuple[Token, ...] = ()
    first: tuple[Span, ...] = ()


KEPT = 120
"""Characters of a text at most whose link is remembered: what is longer is not asked by many in the same words."""
SPARE = 2
"""Letters by which a slip of typing may be longer than the longest word there is."""
SPANNED, COMPARED, FINGERED = 3, 0.25, 60
"""Steps of reading that cost: a phrase that is looked up, a word that is compared with another by its letters, by fingers."""
REPAIRED = 4
"""Spellings less a letter of all that a word was before a slip, in squares of its length."""
Keep = Callable[[tuple[str, bool], Callable[[], Linked]], Linked]
"""Gives what was found for a key before, while the names are what they were; else finds it."""


class Linker:
    """Links the words of questions with a vocabulary and the names of a store."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        names: Callable[[Iterable[str]], list[Named]],
        near_words: Callable[[Iterable[str]], list[tuple[str, str]]],
        common: Iterable[str] = (),
        keep: Keep = lambda key, find: find(),
        longest_word: Callable[[], int] = lambda: 0,
        budget: Budget | None = None,
    ) -> None:
        """`common` are the words that questions mostly consist of: a slip is more likely one. `keep` remembers links.

        `longest_word` tells how many letters the longest word of a name has; `budget` is drawn on.
        """
        self.longest_word = longest_word
        self.budget = budget or Budget()
        self.common = frozenset(common) | {word for word in MONTHS.keys() | NUMBER_WORDS if len(word) >= LONG and common}
        self._far: dict[str, list[str]] = {}
        for word in self.common:
            for key in far_slips(word):
                self._far.setdefault(key, []).append(word)
        self.vocabulary = vocabulary
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(vocabulary.words):
            if len(word) > 3:
                self._by_letter.setdefault(word[0], []).append(word)
        self.names = names
        self.near_words = near_words
        self.keep = keep

    def spans(self, text: str) -> tuple[Span, ...]:
        """The spans of `text` as it stands, no slip mended."""
        return self._segment(tokens(text)[:MAX_WORDS])

    def link(self, text: str, plain: Linked | None = None) -> Linked:
        """The spans of `text`; words that nobody knows are corrected when they are slips of one that is known.

        With `plain`, which is how the text was linked before, more is dared: ordinary English words are taken for slips of
        common ones too ("form" for "from").
        """
        if len(text) > KEPT:
            return self._link(text, plain)
        return self.keep((text, plain is None), lambda: self._link(text, plain))

    def _link(self, text: str, plain: Linked | None) -> Linked:
        typed = plain.typed if plain else tokens(text)[:MAX_WORDS]
        first = spans = plain.first if plain else self._segment(typed)
        ranked = self._corrections(_unknown_words(spans), plain is not None, _counted(typed), _named(typed))
        mended: dict[str, str] = {}
        for choice in range(TRIED):
            # A candidate that is only part of a name ("observer" of "observer states") links to nothing: the next.
            open_words = [word for word in ranked if word in _unknown_words(spans) or mended.get(word) in _unknown_words(spans)]
            trial = {word: ranked[word][choice] for word in open_words if choice < len(ranked[word])}
            if not trial:
                break
            mended |= trial
            better = tuple(replace(token, word=mended.get(token.word, token.word)) for token in typed)
            spans = self._segment(better)
        left = set(_unknown_words(spans))
        return Linked(spans, tuple((word, known) for word, known in mended.items() if known not in left), typed, first)

    def others(self, text: str, plain: Linked) -> Iterator[Linked]:
        """Other ways to read a question whose words are not all known: with two slips in a word, most likely first.

        They are guesses: to be taken only if the question then fits exactly.
        """
        unknown = list(dict.fromkeys(_unknown_words(plain.first)))
        doubtful = [word for word in unknown if self._doubtful(word) and word not in self.vocabulary.foreign]
        if (
            not self.vocabulary.meant.isdisjoint(unknown)
            or not doubtful
            or len(set(_unknown_words(plain.spans))) > OPEN
            or len(doubtful) > OPEN + 1
        ):
            return
        ranked = self._guesses(doubtful, _counted(plain.typed), _named(plain.typed))
        choices = [ranked[word] for word in doubtful]
        if not all(choices):
            return
        for chosen in sorted(product(*(range(len(words)) for words in choices)), key=sum)[:READINGS]:
            mended = {word: words[at] for word, words, at in zip(doubtful, choices, chosen, strict=True)}
            better = tuple(replace(token, word=mended.get(token.word, token.word)) for token in plain.typed)
            spans = self._segment(better)
            yield Linked(
                spans, tuple((word, known) for word, known in mended.items() if word != known), plain.typed, plain.first
            )

    def ordinary(self, linked: Linked) -> bool:
        """Whether a word that stands in any dictionary was corrected."""
        return any(word in self.vocabulary.ordinary for word, _ in linked.corrections)

    def _guesses(self, doubtful: list[str], counted: frozenset[str], named: frozenset[str]) -> dict[str, list[str]]:
        """The words that each may have been typed for, most likely first."""
        found: dict[str, set[str]] = {}
        keys: dict[str, set[str]] = {}
        for word in doubtful:
            ours = self._by_letter.get(word[0], ()) if word not in named else ()
            self._compared(len(ours))
            near = process.extract(word, ours, scorer=OSA.distance, score_cutoff=3, limit=None)
            if word in self.vocabulary.ordinary:
                # A word in its own right asks for something: one slip at most, and not of a filler ("help" is no "hello").
                found[word] = {known for known, far, _ in near if far == 1 and self._usual(known)}
                continue
            found[word] = self._typed_for(word, (known for known, _, _ in near))
            if len(word) > 3 and self.budget.spell(REPAIRED * len(word) ** 2):
                for one in repairs(word) | {word}:
                    for key in slips(one):
                        keys.setdefault(key, set()).add(word)
        for key, known in self.near_words(keys) if keys else ():
            for word in keys[key] if len(known) > 3 else ():
                if known not in found[word]:
                    found[word] |= self._typed_for(word, (known,))
        return {word: self._likeliest(word, known, word in counted)[:TRIED] for word, known in found.items()}

    def _doubtful(self, word: str) -> bool:
        """Whether a word may be a slip of one that is known: it has letters alone, and not too few or too many of them."""
        if not (len(word) > 2 and word.isalpha() and word.isascii()) or word in self.vocabulary.meant:
            return False
        # The names are asked only about words that are longer than all others.
        return len(word) <= self.vocabulary.longest_word + SPARE or len(word) <= self.longest_word() + SPARE

    def _compared(self, words: int) -> None:
        self.budget.read(int(COMPARED * words))

    def _typed_for(self, word: str, candidates: Iterable[str]) -> set[str]:
        """Those of the candidates that two slips of fingers make `word` of."""
        found = set()
        for known in candidates:
            self.budget.read(FINGERED)
            if typed_for(word, known):
                found.add(known)
        return found

    def _usual(self, word: str) -> bool:
        """Whether a word is one that questions mostly consist of, and no filler."""
        if any(sense.token_class == FILLER for sense in self.vocabulary.senses((word,))):
            return False
        return word in self.common or word in ORDINALS or word in ACTS

    def _likeliest(self, word: str, candidates: Iterable[str], counted: bool) -> list[str]:
        """Candidates that a word may be a slip of, the likeliest first: what stands with a number is a round."""
        ranked = [(counted and known == ROUND, self._likeness(word, known), known) for known in candidates if known != word]
        return [known for _, _, known in sorted(ranked, reverse=True)]

    def _segment(self, typed: tuple[Token, ...]) -> tuple[Span, ...]:
        words = [token.word for token in typed]
        self.budget.read(SPANNED * LONGEST_NAME * len(words))
        phrases = {
            (start, end): " ".join(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1)
        }
        meanings: dict[str, list[Named]] = {}
        for name in self.names(dict.fromkeys(phrases.values())):
            meanings.setdefault(name.norm, []).append(name)
        # Where names start: (place after it, its meanings), the longest first. Most phrases of a question are none.
        named: dict[int, list[tuple[int, list[Named]]]] = {}
        for (start, end), phrase in phrases.items() if meanings else ():
            if phrase in meanings:
                named.setdefault(start, []).insert(0, (end, meanings[phrase]))

        def name_at(kind: str, at: int, longest: int) -> tuple[str, int] | None:
            for end, names in named.get(at, ()):
                if end - at <= longest:
                    for name in names:
                        if name.kind == kind:
                            return name.id, end - at
            return None

        grammar = RoundGrammar(words, lambda at: name_at("talks", at, LONGEST_NAME), lambda at: name_at("place", at, 2))
        found: list[Span] = []
        at = 0
        while at < len(words):
            span = self._piece(typed, words, at, named.get(at, ()), grammar)
            found.append(span)
            at = span.end
        return tuple(found)

    def _piece(
        self,
        typed: tuple[Token, ...],
        words: list[str],
        at: int,
        named: Iterable[tuple[int, list[Named]]],
        grammar: RoundGrammar,
    ) -> Span:
        form_end, senses = self._form(words, at)
        if words[at] == "the" and form_end > at + 1 and grammar.at(at + 1):
            # "the round before": the name of a round, not "the round" that was spoken of.
            form_end, senses = at + 1, self.vocabulary.senses(("the",))
        named_end = at
        names: tuple[Named, ...] = ()
        for end, meant in named:
            here = tuple(name for name in meant if self._fits(name, typed, words, at, end, senses))
            if here:
                named_end, names = end, here
                break
        period = period_at(words, at)
        rounds = None if period else grammar.at(at)
        longest = max(form_end, named_end, at + (period[1] if period else 0), at + (rounds[1] if rounds else 0))

        def cut(end: int) -> tuple[int, int, str, str]:
            return (
                at,
                end,
                " ".join(dict.fromkeys(token.typed for token in typed[at:end])),
                " ".join(words[at:end]),
            )

        possessive = typed[longest - 1].possessive if longest > at else False
        if period and at + period[1] == longest:
            return Span(*cut(longest), period=period[0])
        if rounds and at + rounds[1] == longest:
            return Span(*cut(longest), rounds=rounds[0])
        if named_end == longest and names:
            return Span(*cut(longest), names=names, possessive=possessive)
        if senses and form_end == longest:
            return Span(*cut(longest), senses=senses)
        return Span(*cut(at + 1))

    def _form(self, words: list[str], at: int) -> tuple[int, tuple[Sense, ...]]:
        for end in range(min(at + self.vocabulary.longest.get(words[at], 0), len(words)), at, -1):
            senses = self.vocabulary.senses(tuple(words[at:end]))
            if senses:
                return end, senses
        return at, ()

    def _fits(
        self,
        name: Named,
        typed: tuple[Token, ...],
        words: list[str],
        at: int,
        end: int,
        senses: tuple[Sense, ...],
    ) -> bool:
        """Whether a name may be meant: an ordinary word is a name only when it was typed as one."""
        if end - at > 1:
            return True
        token = typed[at]
        ours = bool(self.vocabulary.senses((token.word,)))
        if name.shown.isupper() and len(name.shown) <= 4:
            if not ours or (token.shouted and any(one.typed != one.typed.upper() for one in typed)):
                return True
            if not any(sense.token_class == "person" for sense in self.vocabulary.senses((token.word,))):
                # An organisation WHO or a country IT is not meant by "who" or "it".
                return False
            before = words[at - 1] if at else ""
            follows = self._form(words, at + 1)[1] if at + 1 < len(words) else ()
            mention = any(sense.token_class in _PARTY_BEFORE for sense in follows)
            return before not in _NEVER_PARTY_AFTER and (before in _PARTY_AFTER or mention)
        if ours:
            return token.capital or (name.sort in ("name", "alias", "person") and token.typed[:1].isupper() and len(typed) == 1)
        if name.sort == "part":
            return token.typed[:1].isupper() or token.word not in self.vocabulary.ordinary
        return True

    def _corrections(
        self, unknown: list[str], daring: bool, counted: frozenset[str], named: frozenset[str]
    ) -> dict[str, list[str]]:
        unknown = [word for word in unknown if word not in self.vocabulary.foreign]
        ordinary = [word for word in unknown if word in self.vocabulary.ordinary]
        doubtful = [word for word in unknown if self._doubtful(word) and word not in ordinary]
        # "Syria" is known from "talks on Syria" alone: by itself it may be a slip ("Syrian") as well.
        doubtful = [word for word in doubtful if not self.vocabulary.senses((word,))]
        doubtful = [word for word in doubtful if self.budget.spell(len(word) ** 2)]
        near = {word: self._near(word, word in named) for word in doubtful}
        if daring:
            ordinary = [word for word in ordinary if word not in named and word not in self.vocabulary.meant]
            ordinary = [word for word in ordinary if self.budget.spell(len(word))]
            near |= {word: set(filter(self._usual, self.vocabulary.near(word))) for word in ordinary}
        keys: dict[str, list[str]] = {}
        for word in doubtful:
            for key in slips(word) | (far_slips(word) if len(word) >= LONG else set()):
                keys.setdefault(key, []).append(word)
        for key, known in self.near_words(keys) if keys else ():
            self._compared(len(keys[key]))
            for word in keys[key]:
                if OSA.distance(word, known) <= 2 or skeleton(word) == skeleton(known):
                    near[word].add(known)
        found = {}
        for word, candidates in near.items():
            round_meant = word in counted and (daring or word not in self.vocabulary.ordinary) and typed_for(word, ROUND)
            likely = self._likeliest(word, candidates | ({ROUND} if round_meant else set()), round_meant)[:TRIED]
            found[word] = [
                known
                for known in likely
                if (round_meant and known == ROUND) or self._likeness(word, known) >= self._needed(word, known)
            ]
        return {word: known for word, known in found.items() if known}

    def _near(self, word: str, named: bool) -> set[str]:
        """Words of questions that a word may be a slip of; a name ("Havel") is none of a plain word ("have")."""
        if named:
            return {known for known in self.vocabulary.near(word) if known in MONTHS or known in (ROUND, "rounds")}
        far = {known for key in far_slips(word) for known in self._far.get(key, ())}
        near = {known for known in far if OSA.distance(word, known) < 2}
        return self.vocabulary.near(word) | near | self._typed_for(word, far - near)

    def _likeness(self, word: str, known: str) -> float:
        if known in self.vocabulary.words:
            return closeness(word, known) + (0.07 if known in self.common else 0.03)
        same_sound = skeleton(word) == skeleton(known) and len(skeleton(word)) > 2
        return closeness(word, known) + (0.12 if same_sound else 0.0)

    def _needed(self, word: str, known: str) -> float:
        """How alike a slip must be: in short words one slip changes more of it; common words may have two."""
        if word in self.vocabulary.ordinary:
            return 0.7
        if len(word) == 3:
            return 0.74
        if known in self.common and len(known) > 4:
            return 0.62
        return 0.72


def _counted(typed: Iterable[Token]) -> frozenset[str]:
    """The words that stand before a number, or after a first, second, 13th."""
    counted = set()
    for token, after in pairwise(typed):
        if after.word.isdigit():
            counted.add(token.word)
        if token.word in ORDINALS or (token.word[:1].isdigit() and not token.word.isdigit()):
            counted.add(after.word)
    return frozenset(counted)


def _named(typed: tuple[Token, ...]) -> frozenset[str]:
    """The words that were typed as names: with a capital, where most others have none."""
    named = frozenset(token.word for token in typed if token.capital)
    return named if 2 * len(named) <= len(typed) else frozenset()


def _unknown_words(spans: Iterable[Span]) -> list[str]:
    return [word for span in spans if span.unknown for word in span.read.split()]
