"""The state's file: what stands in it and what does not, who may read it, and what happens when it cannot be written."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.chat.desk import ASK_AGAIN, OFF_TOPIC, REPORTED, TOO_OLD, Asker, Desk
from bot.dialogue.memory import Memory, as_json
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from bot.state import State, StateUnusable, schema
from bot.state import sqlite as stored
from knowledge.store import FactStore

ADA = Asker("telegram", "47110815", "47110815")
BOB = Asker("telegram", "-10047110816", "47110817")
PATIENCE = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talks-state.db"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    found = State(path)
    yield found
    found.close()


@pytest.fixture
def desk(bot: TalksBot, state: State) -> Desk:
    return Desk(TalksBot(FactStore(bot.store.path), bot.settings), state)


@pytest.fixture
def locked(path: Path, state: State) -> Iterator[sqlite3.Connection]:
    """Another process that keeps the file locked for writing."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    if other.in_transaction:
        other.execute("ROLLBACK")
    other.close()


def everything(path: Path) -> bytes:
    """All bytes of the file and of what lies beside it."""
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(path.name + "*")))


def count(path: Path) -> int:
    """How many answers' buttons are kept in the file."""
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM records").fetchone()[0])
    finally:
        connection.close()


def test_no_text_no_person_and_no_chat_stand_in_the_file(desk: Desk, path: Path) -> None:
    desk.message(ADA, "my secret recipe for marmalade")
    desk.message(BOB, "please list everyone who attended round 21")
    desk.message(BOB, "who attended round 21")
    desk.command(ADA, "asked", "opposition russia")
    desk.command(ADA, "attended")
    assert desk.state.flush()
    raw = everything(path)
    for word in (b"marmalade", b"everyone", b"attended round", b"47110815", b"10047110816", b"47110817"):
        assert word not in raw, word
    assert desk.state.counted(OFF_TOPIC) == 1
    assert count(path) == 5


def test_what_is_kept_of_somebody_can_be_deleted_and_is_gone_from_the_file(desk: Desk, path: Path) -> None:
    mine = desk.command(ADA, "rounds")
    theirs = desk.command(BOB, "rounds")
    assert desk.state.flush()
    key = mine.key.encode()
    assert key in everything(path)
    said = desk.command(ADA, "privacy", "delete").answer
    assert said is not None
    assert "1 answer to you" in said.heading
    assert desk.state.flush()
    assert key not in everything(path)
    assert desk.press(ADA, mine.buttons[0][0].data).notice == TOO_OLD
    assert desk.press(BOB, theirs.buttons[0][0].data).page is not None
    assert desk.bot.conversations.last(ADA.conversation) is None


def test_the_privacy_page_has_a_button_that_deletes(desk: Desk, path: Path) -> None:
    desk.message(ADA, "who attended round 21")
    page = desk.command(ADA, "privacy")
    assert page.answer is not None
    assert "Delete" in page.buttons[-1][0].label
    assert desk.command(ADA, "privacy", "please").answer == page.answer
    assert desk.press(ADA, page.buttons[-1][0].data).page is not None
    assert desk.state.flush()
    assert count(path) == 0


def test_a_report_keeps_the_text_because_its_sender_sends_it(desk: Desk, state: State) -> None:
    reply = desk.message(ADA, "who attended round 21 please")
    assert state.gaps() == []
    assert desk.press(ADA, f"r{reply.key}").notice == REPORTED
    (gap,) = state.gaps()
    assert (gap.kind, gap.text) == ("reported", "who attended round 21 please")
    assert gap.answer.startswith("12 participants")


def test_after_a_restart_a_report_has_the_first_line_alone(desk: Desk, bot: TalksBot, state: State) -> None:
    reply = desk.message(ADA, "who attended round 21 please")
    unclear = desk.message(ADA, "what is the GDP of Russia")
    later = Desk(bot, state)
    assert later.press(ADA, f"r{reply.key}").notice == REPORTED
    (gap,) = (one for one in state.gaps() if one.kind == "reported")
    assert gap.text == gap.answer
    assert gap.text.startswith("12 participants")
    data = next(one.data for row in unclear.buttons for one in row if one.data.startswith("r"))
    assert later.press(ADA, data).notice == ASK_AGAIN


def test_a_file_of_the_last_version_is_migrated(path: Path, bot: TalksBot) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrations.apply(Database(connection), stop_before="nothing_more_than_is_said")
    bot.ask("before", "who attended round 21")
    turn = bot.conversations.last("before")
    assert turn is not None
    memory = as_json(Memory.of(turn))
    body = {"chat": ADA.place, "text": "my marmalade", "heading": "Marmalade", "offers": ["who is Tohmeh"], "memory": memory}
    private = {**body, "user": ADA.user}
    for key, one in (("A" * 11, body), ("B" * 11, private)):
        connection.execute("INSERT INTO records VALUES (?, ?, ?)", (key, int(time.time()), json.dumps(one)))
    connection.execute("INSERT INTO notes VALUES ('commands', 'abc')")
    connection.execute("INSERT INTO admins VALUES ('telegram', '5', 'Eve', 'me', 1)")
    connection.close()
    state = State(path)
    raw = everything(path)
    for word in (b"armalade", b"47110815"):
        assert word not in raw, word
    desk = Desk(bot, state)
    assert desk.press(ADA, f"o{'A' * 11}:0").page is not None
    assert desk.press(BOB, f"o{'A' * 11}:0").page is None
    assert desk.press(Asker("telegram", ADA.chat, "3"), f"o{'B' * 11}:0").page is None
    assert state.note("commands") == "abc"
    assert state.is_admin("telegram", "5")
    state.close()
    again = State(path)
    assert again.alias("telegram:1") == state.alias("telegram:1")
    again.close()


def test_the_file_and_what_lies_beside_it_are_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "talks-state.db"
    state = State(path)
    state.set_note("a", "1")
    assert state.flush()
    names = sorted(one.name for one in path.parent.iterdir())
    assert names == [path.name, f"{path.name}-shm", f"{path.name}-wal"]
    assert {one.stat().st_mode & 0o777 for one in path.parent.iterdir()} == {0o600}
    state.close()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_rights_of_a_file_of_before_are_mended(path: Path) -> None:
    sqlite3.connect(path).close()
    path.touch()
    path.chmod(0o644)
    State(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_answer_waits_for_a_locked_file(
    desk: Desk, locked: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "AGAIN_SECONDS", 0.05)
    tried = threading.Event()
    write = desk.state._write_all

    def write_and_tell() -> bool:
        done = write()
        tried.set()
        return done

    monkeypatch.setattr(desk.state, "_write_all", write_and_tell)
    reply = desk.command(ADA, "rounds")
    desk.settle()
    assert tried.wait(PATIENCE)
    # Told in the log, and the buttons work meanwhile.
    assert desk.press(ADA, reply.buttons[0][0].data).page is not None
    assert count(path) == 0
    locked.execute("ROLLBACK")
    assert desk.state.flush(PATIENCE)
    assert count(path) == 1


def test_what_waits_has_a_bound(desk: Desk, locked: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "WAITING", 20)
    for number in range(50):
        desk.state.keep(f"{number:011}", "telegram:1", "telegram:1", {})
    assert len(desk.state._jobs) == 20
    assert desk.state.kept(f"{10:011}") is None
    assert desk.state.kept(f"{40:011}") is not None


def test_records_have_a_ceiling_and_the_oldest_go_first(state: State, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "RECORDS_OF_CHAT", 6)
    monkeypatch.setattr(stored, "RECORDS_OF_PERSON", 4)
    monkeypatch.setattr(stored, "RECORDS_KEPT", 14)

    def keep(first: int, chat: str, person: str) -> None:
        for number in range(first, first + 10):
            state.keep(f"{number:011}", chat, person, {})
        assert state.flush(PATIENCE)

    keep(100, "telegram:-1", "telegram:1")
    assert count(path) == 4
    assert state.kept(f"{109:011}") is not None
    assert state.kept(f"{105:011}") is None
    keep(200, "telegram:-1", "telegram:2")
    assert count(path) == 6
    keep(300, "telegram:-2", "telegram:3")
    keep(400, "telegram:-3", "telegram:4")
    assert count(path) <= 14
    assert state.kept(f"{409:011}") is not None


def test_a_record_that_cannot_be_written_is_dropped_and_not_the_rest(state: State, path: Path) -> None:
    state.keep("A" * 11, "telegram:1", "telegram:1", {"offers": ["half \ud83d a pair"]})
    state.add_gap("unknown", "half \ud83d a pair")
    state._later(lambda connection: connection.execute("INSERT INTO notes VALUES (?, ?)", ("bad", object())))
    state.set_note("good", "yes")
    assert state.flush(PATIENCE)
    assert state.note("good") == "yes"
    assert count(path) == 1
    assert state.gaps()[0].text == "half \ufffd a pair"


def test_what_is_kept_of_a_chat_moves_with_it(desk: Desk, path: Path) -> None:
    reply = desk.command(BOB, "rounds")
    more = reply.buttons[0][0].data
    desk.moved("telegram", BOB.chat, "-1009")
    later = Asker("telegram", "-1009", BOB.user)
    assert desk.press(BOB, more).page is None
    assert desk.press(later, more).page is not None
    desk.message(later, "who attended round 21")
    desk.moved("telegram", "-1009", "-1010")
    answer = desk.message(Asker("telegram", "-1010", BOB.user), "and France?").answer
    assert answer is not None
    assert "round 21" in answer.heading
    assert desk.state.flush(PATIENCE)
    more = desk.command(Asker("telegram", "-1010", BOB.user), "rounds").buttons[0][0].data
    assert desk.state.flush(PATIENCE)
    desk.moved("telegram", "-1010", "-1011")
    assert desk.state.flush(PATIENCE)
    assert desk.press(Asker("telegram", "-1011", BOB.user), more).page is not None


def test_a_file_that_is_none_of_ours_is_told_with_what_to_do(path: Path) -> None:
    path.write_bytes(b"this is no database" * 500)
    with pytest.raises(StateUnusable, match="move it away"):
        State(path)


def test_on_a_full_disk_there_is_a_state_and_one_line_of_log(bundle_file: Path, tmp_path: Path) -> None:
    """In a process whose files cannot grow, which is what a full disk is to it."""
    shutil.copy(bundle_file, tmp_path / "talks.db")
    code = f"""
import logging, pathlib, resource
logging.basicConfig(level="INFO")
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
from bot.state import State
state = State(pathlib.Path({str(tmp_path / "new" / "talks-state.db")!r}))
state.set_note("a", "1")
state.keep("A" * 11, "telegram:1", "telegram:1", {{}})
print(state.note("a"), state.kept("A" * 11) is not None, state.is_admin("telegram", "1"), state.flush(0.1))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(state.flush(60), state.note("a"))
state.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines() == [" True False False", "True 1"]
    assert done.stderr.count("cannot be written") == 1
    assert "Traceback" not in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_settings_of_before_still_say_what_they_mean(tmp_path: Path) -> None:
    assert Settings(database=tmp_path / "x.db").button_days == 7
