"""The desk: commands, buttons, who may press what, limits, and what is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands import BY_NAME, COMMANDS, PLATFORMS, split
from bot.chat.completion import Completion
from bot.chat.desk import NOT_HERE, NOT_YOURS, TOO_OLD, Asker, Desk
from bot.chat.limits import RateLimit, Verdict
from bot.dialogue.memory import Memory, as_json, memory_of
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from bot.state import State
from knowledge.store import FactStore

ADA = Asker("discord", "1", "ada")
BOB = Asker("discord", "1", "bob")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    found = State(tmp_path / "talks-state.db")
    yield found
    found.close()


@pytest.fixture
def desk(bundle_file: Path, state: State) -> Desk:
    """A desk whose conversations are the test's own."""
    return Desk(TalksBot(FactStore(bundle_file), Settings(database=bundle_file)), state)


@pytest.fixture(scope="module")
def shared_desk(bot: TalksBot, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(bot, State(tmp_path_factory.mktemp("desk") / "talks-state.db"))


def rows(state: State, sql: str) -> list[tuple[object, ...]]:
    """What stands in the state's file."""
    assert state.flush()
    connection = sqlite3.connect(state.path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def heading(desk: Desk, asker: Asker, text: str) -> str:
    answer = desk.message(asker, text).answer
    assert answer is not None
    return answer.heading


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.sentences], ids=lambda one: one.name)
def test_the_example_of_every_command_is_answered(desk: Desk, command) -> None:  # type: ignore[no-untyped-def]
    desk.message(Asker("telegram", "1", "ada"), "who attended round 21")
    reply = desk.command(Asker("telegram", "1", "ada"), command.name, command.example)
    assert reply.answer is not None
    assert reply.answer.status in ("answered", "chat")


def test_a_round_as_it_was_shown_is_understood(desk: Desk) -> None:
    answer = desk.command(ADA, "attended", {"round": "15 · February 2021 · Sochi"}).answer
    assert answer is not None
    assert "round 15" in answer.heading


def test_every_choice_of_an_option_is_understood(desk: Desk) -> None:
    """What is offered for an option means that very fact to every command that has such an option."""
    for kind, command, option in (
        ("actor", "who", "name"),
        ("actor", "said", "speaker"),
        ("round", "round", "number"),
        ("topic", "agreed", "about"),
    ):
        for choice in desk.choices(kind, ""):
            given_options = {"round": "round 13"} if command == "agreed" else {}
            reply = desk.command(ADA, command, {**given_options, option: choice.value})
            assert reply.answer is not None
            assert reply.answer.status in ("answered", "unknown"), (command, choice)
            assert "I have nothing on" not in reply.answer.heading, (command, choice)


def test_a_command_of_another_platform_is_not_there(desk: Desk) -> None:
    reply = desk.command(ADA, "start")
    assert reply.answer is not None
    assert reply.answer.heading.startswith("There is no command /start.")


@pytest.mark.parametrize(
    ("name", "typed", "options"),
    [
        ("attended", "21", {"round": "round 21"}),
        ("attended", "Turkey #21", {"round": "round 21", "delegation": "Turkey"}),
        ("attended", "sochi 2021", {"round": "sochi 2021"}),
        ("attended", "21st", {"round": "round 21"}),
        ("asked", "opposition russia", {"speaker": "opposition", "addressee": "russia"}),
        (
            "asked",
            "opposition russia idlib 13",
            {"speaker": "opposition", "addressee": "russia", "about": "idlib", "round": "round 13"},
        ),
        ("said", "lavrov idlib", {"speaker": "lavrov", "about": "idlib"}),
        ("said", "Zzyzxov idlib", {"speaker": "Zzyzxov", "about": "idlib"}),
        ("agreed", "22 idlib", {"round": "round 22", "about": "idlib"}),
        ("agreed", "in round 22 about unicorns", {"round": "round 22", "about": "unicorns"}),
        ("who", "ahmed tohmeh", {"name": "ahmed tohmeh"}),
        ("attended", "", {}),
    ],
)  # fmt: skip
def test_arguments_in_words(desk: Desk, name: str, typed: str, options: dict[str, str]) -> None:
    assert split(BY_NAME[name], typed, desk.bot.reader.linker) == options


@given(typed=st.text(max_size=200), name=st.sampled_from(sorted(BY_NAME)))
def test_no_arguments_break_a_command(bot: TalksBot, typed: str, name: str) -> None:
    command = BY_NAME[name]
    given_options = split(command, typed, bot.reader.linker)
    if command.sentences and command.missing(given_options) is None:
        bot.ask("arguments", command.question(given_options))


def test_only_the_asker_presses_the_buttons_of_a_private_answer(desk: Desk) -> None:
    private = Asker("discord", "1", "ada", private=True)
    reply = desk.command(private, "rounds")
    more = reply.buttons[0][0].data
    assert desk.press(BOB, more).notice == NOT_YOURS
    assert desk.press(private, more).page is not None
    assert desk.shared(BOB, reply.key) is None


def test_buttons_belong_to_their_chat_and_are_forgotten(desk: Desk, state: State) -> None:
    data = desk.command(ADA, "rounds").buttons[0][0].data
    assert desk.press(Asker("discord", "2", "ada"), data).notice == NOT_HERE
    assert desk.press(Asker("telegram", "1", "ada"), data).notice == NOT_HERE
    desk.settle()
    state._clock = lambda: 2e9 * 2
    state.forget_old(90, 90)
    assert state.flush()
    assert desk.press(ADA, data).notice == TOO_OLD


@given(data=st.text(max_size=80) | st.from_regex(r"[ocpr][A-Za-z0-9_-]{11}:[0-9]{1,4}", fullmatch=True))
def test_no_button_data_breaks_the_desk(shared_desk: Desk, data: str) -> None:
    assert shared_desk.press(ADA, data).notice == TOO_OLD


def test_what_an_older_version_kept_is_too_old(desk: Desk, state: State) -> None:
    state.keep("AAAAAAAAAAA", ADA.place, ADA.person, {"offers": [], "memory": {"nonsense": 1}})
    for data in ("pAAAAAAAAAAA:2", "oAAAAAAAAAAA:7"):
        assert desk.press(ADA, data).notice == TOO_OLD


def test_a_question_cannot_be_taken_up_from_another_chat(desk: Desk) -> None:
    reply = desk.message(ADA, "who attended round 21")
    data = reply.buttons[0][0].data
    elsewhere = Asker("discord", "2", "bob")
    assert "round 21" not in heading(desk, elsewhere, "and Turkey?")
    answer = desk.message(elsewhere, "and Turkey?", replied=data).answer
    assert answer is not None
    assert "round 21" not in answer.heading
    here = desk.message(BOB, "and Turkey?", replied=data).answer
    assert here is not None
    assert "round 21" in here.heading


def test_gaps_hold_no_person_and_no_chat(desk: Desk, state: State) -> None:
    desk.message(Asker("telegram", "4711", "0815"), "did France attend round 3")
    desk.message(Asker("telegram", "4711", "0816"), "did FRANCE attend round 3?")
    (gap,) = state.gaps()
    assert (gap.kind, gap.text, gap.count) == ("unknown", "did France attend round 3", 2)
    row = str(rows(state, "SELECT * FROM gaps"))
    assert "4711" not in row
    assert "081" not in row


def test_gaps_can_be_turned_off(bundle_file: Path, state: State) -> None:
    desk = Desk(TalksBot(FactStore(bundle_file), Settings(database=bundle_file, gap_days=0)), state)
    desk.message(ADA, "did France attend round 3")
    reply = desk.message(ADA, "who attended round 21")
    assert not [one for row in reply.buttons for one in row if "report" in one.label]
    assert desk.press(ADA, f"r{reply.key}").notice
    assert state.gaps() == []


def test_a_reply_to_the_last_answer_takes_it_up_after_it_was_forgotten(desk: Desk) -> None:
    data = desk.message(ADA, "who led the Turkish delegation in round 13").buttons[0][0].data
    desk.bot.conversations.forget(ADA.conversation)
    answer = desk.message(ADA, "and Russia?", replied=data).answer
    assert answer is not None
    assert "Alexander Lavrentiev led" in answer.heading


def test_limits_let_ten_pass_then_tell_once_then_are_silent() -> None:
    now = 0.0
    limit = RateLimit(10, 30, clock=lambda: now)
    found = [limit.check("ada", "chat") for _ in range(13)]
    assert found == [Verdict.ALLOWED] * 10 + [Verdict.TELL, Verdict.SILENT, Verdict.SILENT]
    assert limit.check("bob", "chat") is Verdict.ALLOWED
    now = 10.5
    assert limit.check("ada", "chat") is Verdict.ALLOWED


def test_in_a_group_no_more_is_let_in_than_goes_out() -> None:
    now = 0.0
    limit = RateLimit(0, 0, 20, clock=lambda: now)
    sent: list[float] = []
    for step in range(6_000):
        now = step / 10
        if limit.check(f"user {step}", "group", group=True) is not Verdict.SILENT:
            sent.append(now)
        assert limit.check(f"user {step}", "private") is Verdict.ALLOWED
    assert max(sum(at - 60 < other <= at for other in sent) for at in sent) == 20
    assert len(sent) >= 190


def test_no_limit_and_a_bounded_memory() -> None:
    limit = RateLimit(0, 0, clock=lambda: 0.0)
    assert {limit.check(str(number % 3), "chat") for number in range(50)} == {Verdict.ALLOWED}
    for number in range(12_000):
        limit.check(f"user {number}", f"chat {number}")
    assert len(limit._windows) <= 10_000


QUESTIONS = (
    "who attended round 21",
    "what did the opposition ask Russia in the last two rounds",
    "which rounds were in Sochi",
    "which round was in December 2017",
    "who was missing in the round after 12",
    "compare rounds 1 and 22",
    "what did Lavrentiev say about Iran since 2020",
    "who attended round 21 and what was agreed",
)


@pytest.mark.parametrize("text", QUESTIONS)
def test_an_answer_is_made_anew_from_what_is_kept_of_it(desk: Desk, text: str) -> None:
    first = desk.message(ADA, text).answer
    turn = desk.bot.conversations.last(ADA.conversation)
    assert turn is not None
    memory = Memory.of(turn)
    assert memory_of(as_json(memory)) == memory
    assert desk.bot.recall(memory).answer == first
    told = desk.message(ADA, "sources?").answer
    turn = desk.bot.conversations.last(ADA.conversation)
    assert turn is not None
    assert desk.bot.recall(memory_of(as_json(Memory.of(turn)))).answer == told


@pytest.mark.parametrize(
    ("kind", "typed", "first"),
    [
        ("round", "", "22 · November 2024 · Astana"),
        ("round", "21", "21 · January 2024 · Astana"),
        ("round", "jan 2024", "21 · January 2024 · Astana"),
        ("round", "soc", "15 · February 2021 · Sochi"),
        ("round", "latest", "22 · November 2024 · Astana"),
        ("actor", "lavr", "Sergei Lavrov (Russia)"),
        ("actor", "lavrntiev", "Alexander Lavrentiev (Russia)"),
        ("actor", "syrian op", "The Syrian opposition"),
        ("actor", "us", "The United States"),
        ("topic", "detain", "detainees"),
    ],
)
def test_completion(bot: TalksBot, kind: str, typed: str, first: str) -> None:
    found = Completion(bot).choices(kind, typed)  # type: ignore[arg-type]
    assert found[0].label == first
    assert len(found) <= 25


@given(typed=st.text(max_size=120), kind=st.sampled_from(["round", "actor", "topic", "text"]))
def test_completion_takes_anything(bot: TalksBot, typed: str, kind: str) -> None:
    assert len(Completion(bot).choices(kind, typed)) <= 25  # type: ignore[arg-type]


def test_the_table_is_within_the_limits_of_the_platforms() -> None:
    names = [one.name for one in COMMANDS]
    assert len(set(names)) == len(names) <= 100
    for command in COMMANDS:
        assert 1 <= len(command.name) <= 32
        assert command.name.isascii()
        assert command.name == command.name.lower()
        assert 1 <= len(command.description) <= 100
        assert len(command.options) <= 25
        assert bool(command.sentences) != bool(command.page)
        assert set(command.platforms) <= set(PLATFORMS)
        required = [one.required for one in command.options]
        assert required == sorted(required, reverse=True), "Discord wants required options first"
        for option in command.options:
            assert 1 <= len(option.name) <= 32
            assert 1 <= len(option.description) <= 100
