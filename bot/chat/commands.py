"""The one table of slash commands: names, options, what each asks, on which platform, who may use them.

A command asks what its sentence says once the options are filled in: commands and free text take the same way to an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.reading.linking import Linker, Span

OptionKind = Literal["text", "round", "actor", "topic", "word"]
Platform = Literal["telegram", "discord"]
PLATFORMS: tuple[Platform, ...] = ("telegram", "discord")


@dataclass(frozen=True, slots=True)
class Option:
    """A slot of a command; `ask_back` is the question when a required one is missing."""

    name: str
    kind: OptionKind
    description: str
    required: bool = True
    ask_back: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command.

    `sentences` are the questions that it asks, with {options}: the first whose options are given holds; a part in [brackets]
    stands only when its option is given. A command without any is a `page`: a text about the bot itself (bot/about.py). `words`
    are what an option of that kind may say.
    """

    name: str
    description: str
    options: tuple[Option, ...] = ()
    sentences: tuple[str, ...] = ()
    example: str = ""
    page: str = ""
    words: tuple[str, ...] = ()
    platforms: tuple[Platform, ...] = PLATFORMS
    audience: Literal["everyone", "admins"] = "everyone"

    def missing(self, given: Mapping[str, str]) -> Option | None:
        """The first required option that is not given."""
        return next((one for one in self.options if one.required and not given.get(one.name, "").strip()), None)

    def question(self, given: Mapping[str, str]) -> str:
        """The question that the command asks, its options filled in."""
        filled = {one.name: _value(one, given[one.name]) for one in self.options if given.get(one.name, "").strip()}

        def part(match: re.Match[str]) -> str:
            names = re.findall(r"\{(\w+)\}", match[1])
            return match[1] if all(name in filled for name in names) else ""

        fitting = (re.sub(r"\[([^\]]*)\]", part, sentence) for sentence in self.sentences)
        sentence = next(one for one in fitting if all(name in filled for name in re.findall(r"\{(\w+)\}", one)))
        return re.sub(r"\{(\w+)\}", lambda match: filled[match[1]], sentence).strip()


_SHOWN_ROUND = re.compile(r"\d{1,9} · .+")
_BARE_ROUND = re.compile(r"#?\d{1,9}(?:st|nd|rd|th)?")


def _value(option: Option, text: str) -> str:
    text = " ".join(text.split())
    if option.kind == "round":
        # What is offered ("21 · January 2024 · Astana") may come back as it was shown.
        text = text.split(" · ")[0] if _SHOWN_ROUND.fullmatch(text) else text
        return f"round {text.strip('#stndrh')}" if _BARE_ROUND.fullmatch(text) else text
    return text


_ROUND = Option("round", "round", "Which round: a number, “latest”, a place or a date", ask_back="Which round?")
_ANY_ROUND = Option("round", "round", "Only at this round: a number, “latest”, a place or a date", required=False)
_ABOUT = Option("about", "topic", "Only about this: a topic, for instance Idlib", required=False)
_SPEAKER = Option("speaker", "actor", "Who said it: a country, a delegation or a person", ask_back="Whose words?")

COMMANDS: tuple[Command, ...] = (
    Command("start", "Say hello and show examples", page="start", platforms=("telegram",)),
    Command("help", "What you can ask, with examples", page="help"),
    Command(
        "ask",
        "Ask anything about the talks in your own words",
        (
            Option(
                "question", "text", "Your question, for instance: who attended round 21", ask_back="What do you want to know?"
            ),
        ),
        ("{question}",),
        "who attended round 21",
    ),
    Command(
        "attended",
        "Who attended a round, or whether a delegation did",
        (_ROUND, Option("delegation", "actor", "Whether this delegation was there", required=False)),
        ("did {delegation} attend {round}", "who attended {round}"),
        "21",
    ),
    Command(
        "asked",
        "Who asked whom for what",
        (
            Option("speaker", "actor", "Who asked: a country, a delegation or a person", ask_back="Who asked?"),
            Option("addressee", "actor", "Who was asked", ask_back="Whom did they ask?"),
            _ABOUT,
            _ANY_ROUND,
        ),
        ("what did {speaker} ask {addressee}[ about {about}][ in {round}]",),
        "opposition russia",
    ),
    Command(
        "said",
        "What a side or a person said",
        (_SPEAKER, _ABOUT, _ANY_ROUND, Option("to", "actor", "Only to this side or person", required=False)),
        ("what did {speaker} say[ to {to}][ about {about}][ in {round}]",),
        "lavrentiev idlib",
    ),
    Command(
        "agreed",
        "What was agreed at a round",
        (_ROUND, _ABOUT),
        ("what was agreed[ about {about}] in {round}",),
        "22",
    ),
    Command(
        "round",
        "What is recorded of a round",
        (Option("number", "round", _ROUND.description, ask_back="Which round?"),),
        ("tell me about {number}",),
        "21",
    ),
    Command(
        "who",
        "Who somebody is, or what a body is",
        (Option("name", "actor", "A person, a country, a delegation", ask_back="Who?"),),
        ("who is {name}",),
        "tohmeh",
    ),
    Command("rounds", "All rounds: when and where", sentences=("list all rounds",)),
    Command("topics", "What was talked about, with the number of statements", page="topics"),
    Command("sources", "Where what is recorded of a round comes from", (_ROUND,), ("sources for {round}",), "21"),
    Command("more", "The next page of the last answer", sentences=("more",), platforms=("telegram",)),
    Command(
        "admin",
        "Look after the facts: load, add, undo and more (admins only)",
        page="admin",
        platforms=("telegram",),
        audience="admins",
    ),
    Command("about", "What this bot is and what it knows", page="about"),
    Command(
        "privacy",
        "What this bot keeps, and for how long; “delete” deletes what is kept of you",
        (Option("do", "word", "“delete” deletes what is kept of you", required=False),),
        page="privacy",
        words=("delete",),
    ),
)
BY_NAME = {one.name: one for one in COMMANDS}


def offered(platform: Platform) -> tuple[Command, ...]:
    """The commands that a platform offers, in the order of the table."""
    return tuple(one for one in COMMANDS if platform in one.platforms)


def split(command: Command, text: str, linker: Linker) -> dict[str, str]:
    """The options of a command from its arguments in words: "opposition russia idlib 13" for /asked.

    Each name goes to the next open option of its kind, a number or a round to the round; words that nobody knows go to the
    first open option of any kind, so that the answer names them.
    """
    text = " ".join(text.split())
    if len(command.options) == 1:
        return {command.options[0].name: text} if text else {}
    given: dict[str, str] = {}
    left: list[str] = []
    for span in linker.link(_with_rounds(command, text)).spans:
        option = _home(command, span, given)
        if option is not None:
            # "sochi 2021" is one round in two spans.
            given[option.name] = f"{given.get(option.name, '')} {span.text}".strip()
        elif span.unknown:
            left.append(span.text)
    if left:
        free = [one for one in command.options if one.name not in given and one.kind != "round"]
        wanted = sorted(free, key=lambda one: not one.required)
        if wanted:
            given[wanted[0].name] = " ".join(left)
    return given


def _with_rounds(command: Command, text: str) -> str:
    """A bare number among the arguments is a round."""
    if not any(one.kind == "round" for one in command.options):
        return text
    return re.sub(r"(?<![\w.,/-])(?<!round )#?(\d{1,3})(?:st|nd|rd|th)?(?![\w.,/-])", r"round \1", text, flags=re.IGNORECASE)


def _home(command: Command, span: Span, given: Mapping[str, str]) -> Option | None:
    # A name that is a topic as well is a place to a command that takes no topic.
    kinds = {name.kind for name in span.names} & {"place", *(one.kind for one in command.options)}
    if span.rounds or span.period or ("place" in kinds and not kinds & {"actor", "topic"}):
        return next((one for one in command.options if one.kind == "round"), None)
    open_options = [one for one in command.options if one.name not in given and one.kind in kinds]
    return min(open_options, key=lambda one: not one.required, default=None)
