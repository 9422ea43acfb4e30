"""TalksBot: the single door. A chat and a text go in, an Answer comes out."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from bot.dialogue import small_talk as talking
from bot.dialogue.memory import Memory
from bot.dialogue.turns import Conversations
from bot.intents.base import Look, unknown
from bot.intents.catalogue import INTENTS
from bot.intents.sources import source_answer
from bot.intents.statements import line_of
from bot.question import Question
from bot.question.turn import Turn
from bot.reading.frame import build
from bot.reading.frames import Parted, parted, plain
from bot.reading.linking import Linker
from bot.reading.phrasings import Phrasebook
from bot.reading.reading import Reader, Reading
from bot.reading.vocabulary import vocabulary
from bot.settings import Settings
from bot.telling.answer import Answer, Block, Line, Page, pages
from knowledge.budget import Spent
from knowledge.facts import Attendance, Round
from knowledge.store import CROWD, FactStore, Named, StatementFilter
from knowledge.text import readable, words

OFFERED = 2
OFFERED_NAMES = 8
ASKED_BACK = 5
JOINTS = 6
"""At how many places a message may be two questions."""
TRIED = 3
"""In how many other talks an answer is looked for."""
LOOKED_AT = 2
"""How many times as long as what is read a message is looked at: what is not seen in it does not count."""
TOO_MUCH = "That is too much for me to read at once. Please ask one thing, in fewer words."
Read = tuple[Reading, Answer, tuple[Question, ...]]
"""How a message was read, the answer, and the questions that it answers."""
_DENIED = re.compile(
    r"^\W*not\b|\b(?:don['’]t|do not|not|isn['’]t|never) (?:care|mean|want|ask|asking|interested|about|talking|mind)\b",
    re.IGNORECASE,
)
_OF_THE_SAME = ("attend", "absent", "lead")
_SELF = frozenset(["i", "im", "ive", "id"])
log = logging.getLogger(__name__)
_JOINT = re.compile(r"\s+and\s+|\s*[,;?]\s+(?:and\s+)?|\s+-\s+", re.IGNORECASE)


@dataclass(slots=True)
class Explained:
    """An answer with how it came about."""

    answer: Answer
    reading: Reading | None = None
    ran: list[str] = field(default_factory=list)
    milliseconds: float = 0.0


class TalksBot:
    """Answers questions from a store of facts; one instance serves all chats of a process."""

    def __init__(self, store: FactStore, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.book = Phrasebook.of(INTENTS, vocabulary())
        names = store.names
        linker = Linker(
            vocabulary(), names.meanings, names.near_words, self.book.words, store.linked, names.longest_word, store.budget
        )
        self.reader = Reader(linker, self.book, store.budget)
        self.conversations = Conversations(settings.memory_minutes)

    def ask(self, chat: str, text: str) -> Answer:
        """The answer to a message of a chat; chats share nothing. `chat` names the conversation (chat and user)."""
        return self._ask(chat, text)[0]

    def explain(self, chat: str, text: str) -> Explained:
        """The same, with how it came about: what was linked, which phrasings matched, which look-ups ran."""
        # What was found before would not be looked up again, and so not be shown.
        self.store.forget()
        started = time.perf_counter()
        with self.store.traced() as ran:
            answer, reading = self._ask(chat, text)
        return Explained(answer, reading, ran, (time.perf_counter() - started) * 1000)

    def page(self, chat: str) -> Page | None:
        """The page of the last answer of a chat that is to be shown."""
        last = self.conversations.last(chat)
        if last is None:
            return None
        screens = pages(last.answer)
        return screens[min(last.page, len(screens)) - 1]

    def recall(self, memory: Memory) -> Turn:
        """The turn that a memory is of, its answer made anew from the facts as they are now."""
        try:
            with self.store.snapshot():
                answer = self._recalled(memory, Look(self.store, self.settings.default_talks))
        except Spent:
            answer = _too_much()
        return Turn(
            memory.question,
            replace(answer, read_as=memory.read_as),
            memory.rounds,
            memory.persons,
            pending=memory.pending,
            asked=memory.asked,
            of_sources=memory.of_sources,
        )

    def _recalled(self, memory: Memory, look: Look) -> Answer:
        answer = Answer("clarify", "")
        for number, question in enumerate(memory.asked):
            found, _ = self._of_fitting_talks(question, look)
            answer = _joined(answer, found) if number else found
        if memory.of_sources:
            answer = source_answer(answer.facts, "of that answer", look)
        return answer.cite(self.store.sources.by_id(answer.source_ids()))

    def _ask(self, chat: str, text: str) -> tuple[Answer, Reading | None]:
        try:
            return self._asked(chat, text)
        except Spent:
            log.info("a message took more steps than one may (%d characters)", len(text))
            return _too_much(), None

    def _asked(self, chat: str, text: str) -> tuple[Answer, Reading | None]:
        limit = self.settings.question_length
        # What is far longer than what is read need not be looked at to its end.
        text = readable(text[: limit * LOOKED_AT])
        cut = text if len(text) <= limit else text[:limit].rsplit(maxsplit=1)[0]
        with self.store.snapshot():
            look = Look(self.store, self.settings.default_talks)
            kind = talking.small_talk(cut)
            if kind:
                return self._talk(chat, kind, look), None
            last = self.conversations.last(chat)
            reading, answer, asked = self._parted(cut, look) or self._whole(cut, last, look)
            question = asked[-1] if asked else None
            if len(text) > limit:
                answer = replace(answer, read_as=f"Only the first {limit} characters were read.")
            answer = answer.cite(self.store.sources.by_id(answer.source_ids()))
            if question is not None and answer.status in ("answered", "unknown"):
                self.conversations.add(chat, self._turn(asked, answer, look))
            elif reading.status in ("missing", "choose") and reading.guess is not None:
                self.conversations.add(chat, Turn(reading.guess, answer, pending=True))
        return answer, reading

    def _whole(self, text: str, last: Turn | None, look: Look) -> Read:
        """A message read as one question, or as two; or, where it is none, as something told and a question."""
        reading = self.reader.read(text, last)
        answer, question = self._answer(reading, look)
        comparing = reading.frame is not None and any("compare" in classes for classes in reading.frame.classes)
        if question is not None and (reading.sure or comparing):
            return reading, answer, (question,)
        if not comparing and (both := self._two_in_one(plain(text), last, look, question)):
            return reading, *both
        if question is None and (parts := parted(text)) and (told := self._after(parts, look)):
            return told
        return reading, answer, () if question is None else (question,)

    def _parted(self, text: str, look: Look) -> Read | None:
        """A message that tells something in the first person, and asks: "I came across the name Naumkin. Who is he?"."""
        parts = parted(text)
        if parts is None or not parts.spoken:
            return None
        others = [word for sentence in parts.told for word in self._others_named(sentence)]
        if not others and not any(_DENIED.search(sentence) for sentence in parts.told):
            return self._after(parts, look)
        # "I don't care about round 8", "I study the Oslo accords": what is told is not what is asked about here.
        reading = self.reader.read(parts.asked)
        question = reading.question
        if others and not (question and reading.sure and (question.rounds or question.period)):
            reading = Reading("off_topic", unknown=tuple(others))
        answer, question = self._answer(reading, look)
        return reading, answer, () if question is None else (question,)

    def _after(self, parts: Parted, look: Look) -> Read | None:
        """The question of a message, with what is told before it as what it refers to; None where it is not sure."""
        before = Question("told")
        for sentence in parts.told:
            told = self.reader.read(sentence)
            if told.question is not None and told.sure and before.intent == "told":
                before = told.question
                continue
            frame = build(self.reader.linker.link(plain(sentence)).spans)
            before = before.but(
                rounds=before.rounds or tuple(frame.rounds),
                period=before.period or frame.period,
                topics=before.topics or tuple(frame.topics),
                actor=before.actor or next((mention.ids for mention in frame.mentions if mention.ids), ()),
            )
        spoken_of = self._turn((before,), Answer("clarify", ""), look)
        for asked in (parts.asked, f"and {parts.asked}"):
            reading = self.reader.read(asked, spoken_of)
            if reading.question is not None and reading.sure and reading.question.intent != "told":
                answer, question = self._answer(reading, look)
                return reading, answer, () if question is None else (question,)
        return None

    def _others_named(self, sentence: str) -> list[str]:
        """What a sentence names that nobody recorded: "I study the Oslo accords"."""
        linked = self.reader.linker.link(plain(sentence))
        named = {token.word for token in linked.typed if token.capital and token.word not in _SELF}
        named |= vocabulary().foreign - vocabulary().ordinary
        return [span.text for span in linked.spans if span.unknown and not named.isdisjoint(span.read.split())]

    def _talk(self, chat: str, kind: str, look: Look) -> Answer:
        last = self.conversations.last(chat)
        if kind == "more":
            if last is None:
                return Answer(
                    "clarify",
                    "There is nothing to show more of yet; ask me something.",
                    "more",
                    choices=talking.EXAMPLES,
                )
            count = len(pages(last.answer))
            if last.page >= count:
                return Answer("chat", "That was all.", "more")
            last.page += 1
            self.conversations.add(chat, last)
            return last.answer
        if kind == "sources":
            if last is None:
                text = "Every line I say names its sources. Whose do you want?"
                return Answer(
                    "clarify",
                    text,
                    "sources",
                    choices=("sources for the latest round", "do the sources disagree"),
                )
            answer = source_answer(last.answer.facts, "of that answer", look)
            answer = answer.cite(self.store.sources.by_id(answer.source_ids()))
            # "more" turns the pages of the sources; the facts they are of stay those of the question.
            told = Turn(last.question, answer, last.rounds, last.persons, asked=last.asked, of_sources=True)
            self.conversations.add(chat, told)
            return answer
        return talking.talk(kind, look)

    def _answer(self, reading: Reading, look: Look) -> tuple[Answer, Question | None]:
        question = reading.question
        if reading.status == "question" and question is not None:
            answer, question = self._of_fitting_talks(question, look)
            return _read_as(answer, reading), question
        if reading.status == "choose":
            return _choose(reading.choices, look), None
        if reading.status == "missing":
            return self._missing(reading, look), None
        if reading.status == "unknown_word":
            return self._unknown_words(reading, look), None
        if reading.status == "operator":
            return self._unevaluated(reading, look), None
        if reading.status == "unsure":
            return self._unsure(reading, look), None
        return talking.off_topic(look, reading.unknown), None

    def _two_in_one(
        self, text: str, last: Turn | None, look: Look, whole: Question | None
    ) -> tuple[Answer, tuple[Question, ...]] | None:
        """ "Who attended round 21 and what was agreed": each part a question, the second after the first.

        What merely goes on ("the heads of Jordan and of Russia at round 9") is none of its own where the whole is a question.
        """
        for joint in islice(_JOINT.finditer(text), JOINTS):
            first = self.reader.read(text[: joint.start()], last)
            if first.question is None or (first.frame is not None and not first.frame.classes):
                # "At round 8, was Alloush …" is one question.
                continue
            answer, question = self._answer(first, look)
            if question is None:
                continue
            turn = self._turn((question,), answer, look)
            second = self.reader.read(f"and {text[joint.end() :]}", turn)
            other, then = self._answer(second, look)
            if joint[0].strip() == "and" and first.frame is not None and first.frame.operators:
                # "At both round 8 and round 9"
                return None
            if second.followed and whole is not None and whole.rounds:
                return None
            if second.frame is not None and second.frame.classes and second.frame.classes[0][0] in _OF_THE_SAME:
                # "Who attended round 2, then declined to come to round 3" is about the same ones.
                return None
            if then is not None:
                return _joined(answer, other), (question, then)
            if second.empty:
                return answer, (question,)
        return None

    def _of_fitting_talks(self, question: Question, look: Look) -> tuple[Answer, Question]:
        """The answer of the default talks; where they have none and no talks are named, of others that fit."""
        intent = self.book.intents[question.intent]
        answer = intent.answer(question, look)
        named = question.talks or any(phrase.talks for phrase in question.rounds)
        if answer.status == "unknown" and not named:
            for talks in self._others(question, look):
                other = question.but(talks=talks)
                look.trying = True
                found = intent.answer(other, look)
                look.trying = False
                if found.status == "answered":
                    return found, other
        return answer, question

    def _others(self, question: Question, look: Look) -> list[str]:
        """The other talks that may have an answer: all when they are few, else some that have to do with what is named."""
        others = [talks for talks in look.talks if talks != look.default]
        if len(others) <= TRIED:
            return others
        about = [*question.speaker, *question.actor] or question.mention
        numbers = [number for phrase in question.rounds for number in phrase.numbers]
        if about or question.addressee or question.topics:
            fitting = look.store.talks.of_parties(about, question.addressee, question.topics, TRIED)
        elif numbers:
            fitting = look.store.talks.with_round(numbers, TRIED)
        else:
            fitting = others[:TRIED]
        return [talks for talks in fitting if talks != look.default]

    def _missing(self, reading: Reading, look: Look) -> Answer:
        latest = look.store.rounds.edge(look.default, last=True)
        choices: tuple[str, ...] = ()
        if "round" in reading.missing and latest:
            choices = tuple(f"round {number}" for number in range(latest.number, max(latest.number - 4, 0), -1))
        if "actor" in reading.missing and latest:
            came = look.store.attendance.rows(rounds=[latest.key], statuses=["attended"])
            choices = tuple(look.actors([row.actor])[row.actor].name for row in came[:ASKED_BACK])
        if "person" in reading.missing:
            quoted = look.store.statements.by_speaker(StatementFilter(talks=look.default), ASKED_BACK)
            choices = tuple(look.actor(one).name for one, _ in quoted)
        text = reading.ask_back or "Which round do you mean?"
        return Answer("clarify", text, "clarify", choices=choices)

    def _unknown_words(self, reading: Reading, look: Look) -> Answer:
        """The unknown words named, and recorded lines that hold them all with all the names."""
        unnamed = " and ".join(f"“{word}”" for word in reading.unknown)
        text = f"I have nothing on {unnamed}."
        guess = reading.guess
        lines: list[Line] = []
        if guess is not None:
            wanted = StatementFilter(
                speakers=guess.speaker,
                to=guess.addressee,
                topics=guess.topics,
                words=tuple(word for phrase in reading.unknown for word in words(phrase)),
                rounds=tuple(look.rounds(guess).keys),
                talks=look.default,
            )
            if not guess.actor and wanted.words and not (guess.rounds and not wanted.rounds):
                hits = look.store.statements.find(wanted, OFFERED)
                look.actors({one.speaker for one in hits})
                lines = [line_of(one, look) for one in hits]
        if lines:
            text = f"I have no answer about {unnamed}; recorded with these words:"
        suggestions = [] if guess is None else self._nearest(guess, look)
        return unknown("unknown_words", text, suggestions, lines)

    def _unevaluated(self, reading: Reading, look: Look) -> Answer:
        """An operator that no look-up evaluates: it is named, and what is near is offered."""
        named = " and ".join(f"“{one}”" for one in reading.unknown)
        suggestions = [] if reading.guess is None else self._nearest(reading.guess, look)
        return unknown("operator", f"I cannot tell that of {named}.", suggestions)

    def _nearest(self, guess: Question, look: Look) -> list[str]:
        found = look.rounds(guess).rounds
        suggestions = []
        if found and found[0].talks == look.default:
            suggestions.append(f"tell me about round {found[0].number}")
        if guess.topics and look.store.statements.any(StatementFilter(topics=guess.topics, talks=look.default)):
            suggestions.append(f"what was said about {look.topic_names(guess.topics[:1])}")
        named = [*guess.speaker, *guess.actor, *guess.addressee]
        if named:
            suggestions.append(f"tell me about {look.names(named[:1])}")
        return suggestions

    def _unsure(self, reading: Reading, look: Look) -> Answer:
        frame = reading.frame
        suggestions: list[str] = []
        if frame is not None:
            if frame.rounds:
                suggestions += ["who attended the latest round", "what was agreed in the latest round"]
            for mention in frame.mentions[:2]:
                if mention.ids:
                    suggestions.append(f"tell me about {look.names(mention.ids[:1])}")
            if frame.topics:
                suggestions.append(f"what was said about {look.topic_names(frame.topics[:1])}")
        text = "I am not sure what you are asking. You could ask:" if suggestions else "I am not sure what you are asking."
        return Answer("clarify", text, "unsure", choices=tuple(suggestions[:4]) or talking.EXAMPLES)

    def _turn(self, asked: tuple[Question, ...], answer: Answer, look: Look) -> Turn:
        question = asked[-1]
        rounds = tuple(look.rounds(question).keys)
        if not rounds:
            touched = {fact.key for fact in answer.facts if isinstance(fact, Round)}
            touched |= {fact.round for fact in answer.facts if isinstance(fact, Attendance)}
            rounds = tuple(touched) if len(touched) == 1 else ()
        persons: Sequence[str] = question.speaker or question.actor
        if question.intent == "leader":
            persons = tuple(dict.fromkeys(fact.head for fact in answer.facts if isinstance(fact, Attendance) and fact.head))[:1]
        elif question.intent == "by_title":
            persons = tuple(fact.key for fact in answer.facts if fact.KIND == "actor")[:1]
        return Turn(question, answer, rounds, tuple(persons), asked=asked)


def _too_much() -> Answer:
    return Answer("clarify", TOO_MUCH, "too_much", choices=talking.EXAMPLES)


def _joined(first: Answer, second: Answer) -> Answer:
    """Two answers as one: the second's heading stands over its lines."""
    head = Block(second.heading, second.blocks[0].lines) if second.blocks and not second.blocks[0].title else None
    rest = (head, *second.blocks[1:]) if head else (Block(second.heading, ()), *second.blocks)
    return replace(
        first,
        status="answered" if "answered" in (first.status, second.status) else first.status,
        verdict=first.verdict if second.verdict in (None, first.verdict) else second.verdict if first.verdict is None else None,
        blocks=(*first.blocks, *rest),
        heading_facts=(*first.heading_facts, *second.heading_facts),
        closing=" ".join(part for part in (first.closing, second.closing) if part),
        suggestions=tuple(dict.fromkeys((*first.suggestions[:1], *second.suggestions)))[:3],
    )


def _choose(choices: Sequence[Named], look: Look) -> Answer:
    shown = [one.id for one in choices[:OFFERED_NAMES]]
    if choices[0].kind == "topic":
        names = [topic.name for topic in look.store.topics.by_id(shown).values()]
    else:
        look.actors(shown)
        names = [look.actor(one).name for one in shown]
    number = str(len(choices)) if len(choices) < CROWD else f"{CROWD} or more"
    return Answer("clarify", f"“{choices[0].shown}” may mean {number}: which one?", "choose", choices=tuple(names))


def _read_as(answer: Answer, reading: Reading) -> Answer:
    linked = reading.linked
    if linked is None or not linked.corrections or answer.status == "off_topic":
        return answer
    names = {span.text for span in linked.spans}
    said = [f"“{typed}” as “{read}”" for typed, read in linked.corrections if names]
    return replace(answer, read_as=f"I read {' and '.join(said)}.")
