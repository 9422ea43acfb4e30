"""What admins do on Telegram: load, add, retract, look back, grant; and who may not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.state import State
from tests.adapters.telegram.conftest import OWNER, Start, environment
from tests.adapters.telegram.test_chat import asked, button, buttons
from tests.conftest import GENEVA
from tests.servers.process import TalksProcess
from tests.servers.telegram import Call, TelegramServer

Dict = dict[str, Any]
YAML = "application/x-yaml"
BAD_DATE = b"pack: x\nrounds:\n  - {talks: astana, number: 23, starts: 31.02.2017, ends: 2017-03-01, sources: [rt]}\n"
BAD_ACTOR = b"pack: x\nattendance:\n  - {round: astana/21, actor: jordon, role: observer, status: attended, sources: [x]}\n"


class Admin:
    """The owner at a bot of the test's own."""

    def __init__(self, server: TelegramServer, bot: TalksProcess) -> None:
        self.server = server
        self.bot = bot
        self.person = server.user(OWNER, "Olga")

    def say(self, text: str, **extra: Any) -> Call:
        self.server.say(text, user=self.person, **extra)
        return self.server.wait("sendMessage", chat_id=OWNER)

    def send(self, content: bytes, name: str = "facts.yaml", caption: str = "/admin load") -> Call:
        return self.say(caption, document=self.server.file(content, name, YAML))

    def press(self, call: Call, label: str, edits: bool = True) -> Call:
        self.server.press(call.result, button(call, label), self.person)
        return self.server.wait("editMessageText" if edits else "sendMessage", chat_id=OWNER)

    def facts(self) -> list[Any]:
        """Everything that is recorded, and the loads."""
        with sqlite3.connect(self.bot.database) as connection:
            return [
                connection.execute("SELECT * FROM pack_rows ORDER BY 1, 2, 3").fetchall(),
                connection.execute("SELECT number, pack, undoes FROM loads").fetchall(),
            ]


@pytest.fixture(scope="module")
def talks(server: TelegramServer, bundle_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TalksProcess]:
    """A bot that the tests of this module share, without limits."""
    database = tmp_path_factory.mktemp("admin") / "talks.db"
    shutil.copy(bundle_file, database)
    process = TalksProcess(database, **environment(server, TALKS_USER_LIMIT="0", TALKS_CHAT_LIMIT="0"))
    try:
        process.logged("serving as")
        yield process
        process.stop()
    finally:
        process.kill()


@pytest.fixture
def admin(alone: TelegramServer, start: Start) -> Admin:
    return Admin(alone, start(alone, TALKS_USER_LIMIT="0", TALKS_CHAT_LIMIT="0", TALKS_LOG="telegram:-100777"))


def test_load_preview_confirm_ask_undo(admin: Admin) -> None:
    log = admin.server.group(-100777, "Log")
    admin.server.seen(log)
    before = admin.facts()
    preview = admin.send(GENEVA.read_bytes())
    text = preview.result["text"]
    assert text.startswith("Loading facts.yaml: pack geneva, 13 new, 0 changed, 0 gone.")
    assert "+ Switzerland attended geneva round 4 as host, led by Jan Muster [1]" in text
    assert admin.facts() == before
    done = admin.press(preview, "Confirm")
    assert "Done: load 2." in done.result["text"]
    assert "load 2" in admin.server.wait("sendMessage", chat_id=-100777).result["text"]
    assert "Switzerland — host" in asked(admin.server, "who attended geneva round 4", admin.person)
    undo = admin.say("/admin undo 2")
    assert "13 gone" in undo.result["text"]
    assert "Done: load 3" in admin.press(undo, "Confirm").result["text"]
    assert admin.facts()[0] == before[0]
    assert "Switzerland — host" not in asked(admin.server, "who attended geneva round 4", admin.person)
    history = admin.say("/admin history").result["text"]
    assert "geneva: undo of 2" in history
    assert f"telegram:{OWNER} (Olga)" in history
    shown = admin.say("/admin show 2").result["text"]
    assert "Switzerland attended geneva round 4" in shown
    admin.bot.stop()
    assert admin.server.violations == []


def test_the_command_in_reply_to_a_document(admin: Admin) -> None:
    message = admin.server.say("", user=admin.person, document=admin.server.file(GENEVA.read_bytes(), "facts.yaml", YAML))
    admin.server.wait("sendMessage", chat_id=OWNER)
    assert "13 new" in admin.say("/admin load", reply_to_message=message).result["text"]


def test_cancel_and_a_second_press_change_nothing(admin: Admin) -> None:
    before = admin.facts()
    preview = admin.send(GENEVA.read_bytes())
    data = button(preview, "Confirm")
    assert "cancelled. Nothing was changed." in admin.press(preview, "Cancel").result["text"]
    query = admin.server.press(preview.result, data, admin.person)
    notice = admin.server.wait("answerCallbackQuery", callback_query_id=query).params["text"]
    assert notice == "This was confirmed or cancelled already."
    assert admin.facts() == before


def test_a_preview_survives_a_restart_and_expires(admin: Admin, start: Start) -> None:
    first = admin.send(GENEVA.read_bytes())
    second = admin.send(GENEVA.read_bytes())
    admin.bot.stop()
    with sqlite3.connect(admin.bot.database.with_name("talks-state.db")) as state:
        key = button(second, "Confirm")[2:]
        state.execute("UPDATE previews SET at = at - 901 WHERE key = ?", (key,))
    start(admin.server)
    assert "older than 15 minutes" in admin.press(second, "Confirm").result["text"]
    assert "Done: load 2" in admin.press(first, "Confirm").result["text"]


def test_facts_that_changed_meanwhile_give_a_fresh_preview(admin: Admin) -> None:
    first, second = admin.send(GENEVA.read_bytes()), admin.send(GENEVA.read_bytes().replace(b"Jan Muster", b"Jana Muster"))
    admin.press(first, "Confirm")
    again = admin.press(second, "Confirm")
    assert again.result["text"].startswith("The facts were changed meanwhile, so nothing was done.")
    assert "0 new, 1 changed" in again.result["text"]
    assert "Done: load 3" in admin.press(again, "Confirm").result["text"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("facts.zip", b"PK\x03\x04rest", "ZIP"),
        ("facts.png", b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        ("empty.yaml", b"", "empty"),
        ("latin.yaml", "pack: gen\xe8ve".encode("latin-1"), "UTF-8"),
        ("utf16.yaml", "pack: x".encode("utf-16"), "UTF-16"),
        ("bomb.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\npack: x\n", "alias"),
        ("deep.json", b'{"pack":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "deep"),
        ("twice.yaml", b"pack: a\npack: b\n", "twice"),
        ("date.yaml", BAD_DATE, "31.02.2017"),
        ("near.yaml", BAD_ACTOR, "did you mean “jordan”"),
        ("bidi.yaml", "pack: x\ntopics:\n  - {id: t, name: \"a\u202eb\"}\n".encode(), "RIGHT-TO-LEFT OVERRIDE"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)  # fmt: skip
def test_bad_files_get_a_clear_message(
    server: TelegramServer, talks: TalksProcess, name: str, content: bytes, said: str
) -> None:
    owner = Admin(server, talks)
    before = owner.facts()
    text = owner.send(content, name).result["text"]
    assert said.lower() in text.lower()
    assert name in text
    assert owner.facts() == before


def test_a_file_over_the_limit_and_rows_over_the_limit(alone: TelegramServer, start: Start) -> None:
    size = len(GENEVA.read_bytes())
    admin = Admin(alone, start(alone, TALKS_MAX_PACK_MB=f"{(size - 1) / 1_000_000:.6f}"))
    assert f"{size - 1:,} are allowed" in admin.send(GENEVA.read_bytes()).result["text"]
    admin.bot.stop()
    admin = Admin(alone, start(alone, TALKS_MAX_PACK_ROWS="5"))
    assert "5 are allowed" in admin.send(GENEVA.read_bytes()).result["text"]


def test_errors_come_in_pages_each_with_its_line(admin: Admin) -> None:
    rows = "".join(f"  - {{id: t{number}, name: x, colour: red}}\n" for number in range(60))
    call = admin.send(f"pack: many\ntopics:\n{rows}".encode())
    assert "60 errors; nothing was changed." in call.result["text"]
    assert "line 3" in call.result["text"]
    second = admin.press(call, "more ›")
    assert "facts.yaml, line" in second.result["text"]
    assert second.result["text"] != call.result["text"]


def test_texts_with_markup_and_sql_are_only_texts(admin: Admin) -> None:
    pack = {
        "pack": "odd",
        "sources": [{"id": "s-odd", "publisher": "Wire'; DROP TABLE actors; --", "title": "<b>x</b> @everyone"}],
        "actors": [{"id": "robert", "kind": "person", "name": "Xaverius'); DROP TABLE names; --"}],
        "statements": [
            {
                "round": "astana/22",
                "speaker": "robert",
                "act": "said",
                "text": "<script>*hi*</script> @everyone",
                "sources": ["s-odd"],
            }
        ],
    }
    preview = admin.send(json.dumps(pack).encode(), "odd.json")
    assert "<script>*hi*</script> @everyone" in preview.result["text"]
    admin.press(preview, "Confirm")
    assert "<script>*hi*</script> @everyone" in asked(admin.server, "what did Xaverius say at round 22", admin.person)
    assert "12 participants" in asked(admin.server, "who attended round 21", admin.person)


def test_csv_asks_for_its_pack_and_loads(admin: Admin) -> None:
    csv = "\ufeffround;actor;role;status;sources\r\nastana/22;switzerland;observer;invited;enab-baladi-2024-10-10\r\n".encode()
    assert "admin load PACK" in admin.send(csv, "rows.csv").result["text"]
    text = admin.send(csv, "rows.csv", "/admin load local attendance").result["text"]
    assert "switzerland" in text
    assert "unknown" in text or "no actor" in text
    good = admin.send(csv.replace(b"switzerland", b"france"), "rows.csv", "/admin load local")
    assert "France was invited to round 22 as observer" in good.result["text"]
    admin.press(good, "Confirm")
    assert "France — observer, invited [1]" in asked(admin.server, "did France attend round 22", admin.person)


def test_one_fact_is_added_in_a_dialogue(admin: Admin) -> None:
    call = admin.press(admin.say("/admin add"), "attendance", edits=False)
    assert call.result["text"].startswith("round:")
    call = admin.press(call, "22 ·", edits=False)
    assert call.result["text"].startswith("actor:")
    call = admin.say("France")
    assert call.result["text"].startswith("role:")
    call = admin.press(call, "observer", edits=False)
    call = admin.press(call, "attended", edits=False)
    assert call.result["text"].startswith("sources:")
    call = admin.say("enab-baladi-2024-10-10")
    assert "(optional)" in call.result["text"]
    preview = admin.press(call, "that is all", edits=False)
    assert "+ France attended round 22 as observer [1]" in preview.result["text"]
    admin.press(preview, "Confirm")
    assert asked(admin.server, "did France attend round 22", admin.person).startswith("Yes")
    exported = admin.say("/admin export local").result["text"]
    assert "Pack local" in exported
    file = admin.server.wait("sendDocument", chat_id=OWNER).files["document"]
    assert b"actor: france" in file


def test_a_dialogue_survives_a_restart_and_can_be_left(admin: Admin, start: Start) -> None:
    admin.say("/admin add source")
    admin.say("Rudaw")
    admin.bot.stop()
    start(admin.server)
    call = admin.say("A title")
    assert "(optional)" in call.result["text"]
    assert "Left; nothing was changed." in admin.press(call, "leave").result["text"]
    assert "12 participants" in asked(admin.server, "who attended round 21", admin.person)
    admin.say("/admin add source")
    assert "Left; nothing was changed." in admin.say("cancel").result["text"]


def test_what_is_wrong_in_a_dialogue_is_asked_for_again(admin: Admin) -> None:
    admin.say("/admin add source")
    admin.say("Rudaw")
    call = admin.say("A title")
    assert call.result["text"].startswith("published")
    call = admin.say("31.02.2017")
    call = admin.press(call, "that is all", edits=False)
    assert "31.02.2017" in call.result["text"]
    assert "Once more: published" in call.result["text"]
    call = admin.say("2017-02-28")
    assert "source rudaw-2017-02-28: Rudaw, “A title”" in call.result["text"]
    admin.say("/admin add source")
    assert "Left; nothing was changed." in admin.say("/cancel").result["text"]
    assert "12 participants" in asked(admin.server, "who attended round 21", admin.person)


def test_in_a_topic_nobody_is_granted_by_mistake(admin: Admin) -> None:
    forum = admin.server.forum(-8, "Forum")
    carl = admin.server.user(8_666, "Carl")
    opened = admin.server.say("Topic", user=carl, chat=forum, message_thread_id=3, is_topic_message=True)
    opened = {**opened, "forum_topic_created": {"name": "Topic", "icon_color": 1}}
    more = {"message_thread_id": 3, "is_topic_message": True, "reply_to_message": opened}
    admin.server.say("/admin grant", user=admin.person, chat=forum, **more)
    assert "Whom?" in admin.server.wait("sendMessage", chat_id=-8).result["text"]


def test_another_command_in_reply_to_a_file_leaves_the_file_alone(admin: Admin) -> None:
    file = admin.server.say("", user=admin.person, document=admin.server.file(b"x", "big.bin", YAML))
    admin.server.wait("sendMessage", chat_id=OWNER)
    assert "Loads, the newest first" in admin.say("/admin history", reply_to_message=file).result["text"]


def test_rows_that_came_meanwhile_are_not_kept_silently(admin: Admin) -> None:
    admin.press(admin.send(GENEVA.read_bytes()), "Confirm")
    older = admin.send(GENEVA.read_bytes().replace(b"Jan Muster", b"Jana Muster"))
    more = b"publisher;title;id\nWire;Another;extra-1\n"
    admin.press(admin.send(more, "rows.csv", "/admin load geneva sources"), "Confirm")
    again = admin.press(older, "Confirm")
    assert again.result["text"].startswith("The facts were changed meanwhile")
    assert "1 gone" in again.result["text"]


def test_a_long_preview_has_pages_and_its_buttons_on_each(admin: Admin) -> None:
    rows = [
        {"id": f"l-{n}", "round": "astana/22", "speaker": "russia", "act": ["said", "asked"][n % 2], "text": "word " * 300}
        | {"sources": ["s-l"]}
        for n in range(40)
    ]
    actors = [{"id": f"person-{n}", "kind": "person", "name": f"Person {n} " + "of a long name " * 12} for n in range(9)]
    pack = {"pack": "long", "sources": [{"id": "s-l", "publisher": "Wire", "title": "T" * 400}], "actors": actors}
    topics = [{"id": f"topic-{n}", "name": f"topic {n} " + "of a long name " * 12} for n in range(9)]
    preview = admin.send(json.dumps({**pack, "topics": topics, "statements": rows}).encode(), "long.json")
    second = admin.press(preview, "more ›")
    assert "(2/" in second.result["text"]
    assert "Done: load 2" in admin.press(second, "Confirm").result["text"]


def test_a_fact_is_retracted_by_what_it_says_or_its_key(admin: Admin) -> None:
    assert "Say what and why" in admin.say("/admin retract astana/21:jordan").result["text"]
    preview = admin.say("/admin retract astana/21:jordan because the source was withdrawn")
    assert "takes back attendance astana/21:jordan: the source was withdrawn" in preview.result["text"]
    admin.press(preview, "Confirm")
    assert not asked(admin.server, "did Jordan attend round 21", admin.person).startswith("Yes")
    which = admin.say("/admin retract did Iraq attend round 21 because it was a slip")
    preview = admin.press(which, "astana/21:iraq", edits=False)
    assert "takes back attendance astana/21:iraq" in preview.result["text"]
    assert "No recorded fact" in admin.say("/admin retract the moon is green because x").result["text"]


def test_backup_goes_to_owners_in_private_only(admin: Admin) -> None:
    group = admin.server.group(-5, "Group")
    admin.server.say("/admin backup", user=admin.person, chat=group)
    assert "in private only" in admin.server.wait("sendMessage", chat_id=-5).result["text"]
    admin.say("/admin backup")
    assert admin.server.wait("sendDocument", chat_id=OWNER).files["document"].startswith(b"SQLite format 3")


def test_owners_grant_and_revoke(admin: Admin) -> None:
    bob = admin.server.user(42, "Bob")
    assert "you are telegram:42" in asked(admin.server, "/admin history", bob)
    group = admin.server.group(-6, "Group")
    said = admin.server.say("hi", user=bob, chat=group)
    admin.server.say("/admin grant", user=admin.person, chat=group, reply_to_message=said)
    assert "telegram:42 may change facts now" in admin.server.wait("sendMessage", chat_id=-6).result["text"]
    assert "Loads, the newest first" in asked(admin.server, "/admin history", bob)
    assert "Only the owners" in asked(admin.server, "/admin grant 43", bob)
    assert "Only the owners" in asked(admin.server, "/admin backup", bob)
    assert "telegram:42" in admin.say("/admin list").result["text"]
    assert "may no longer" in admin.say("/admin revoke 42").result["text"]
    assert "Only admins" in asked(admin.server, "/admin history", bob)
    assert "Whom?" in admin.say("/admin grant everyone").result["text"]


def test_who_is_no_admin_is_refused_everywhere_and_that_is_recorded(admin: Admin) -> None:
    bob = admin.server.user(42, "Bob")
    preview = admin.send(GENEVA.read_bytes())
    before = admin.facts()
    for text in (
        "load",
        "add",
        "retract x because y",
        "history",
        "show 1",
        "undo 1",
        "export",
        "backup",
        "gaps",
        "grant 42",
        "list",
        "nonsense",
    ):
        assert "Only" in asked(admin.server, f"/admin {text}", bob)
    admin.server.say("/admin load", user=bob, document=admin.server.file(GENEVA.read_bytes(), "facts.yaml", YAML))
    assert "Only admins" in admin.server.wait("sendMessage", chat_id=42).result["text"]
    assert not [call for call in admin.server.calls if call.method == "getFile" and call.at > preview.at]
    # Somebody else's preview, in a group where both are; and an anonymous admin of the group.
    group = admin.server.group(-7, "Group")
    admin.server.say("/admin undo 1", user=admin.person, chat=group)
    shown = admin.server.wait("sendMessage", chat_id=-7)
    query = admin.server.press(shown.result, button(shown, "Confirm"), bob)
    assert "Only admins" in admin.server.wait("answerCallbackQuery", callback_query_id=query).params["text"]
    anonymous = admin.server.user(1_087_968_824, "Group", is_bot=True)
    admin.server.say("/admin history", user=anonymous, chat=group, sender_chat=group)
    assert "You write as the group" in admin.server.wait("sendMessage", chat_id=-7).result["text"]
    admin.say("/admin grant 42")
    query = admin.server.press(shown.result, button(shown, "Confirm"), bob)
    assert "Only who asked" in admin.server.wait("answerCallbackQuery", callback_query_id=query).params["text"]
    assert admin.facts() == before
    admin.bot.stop()
    refused = [who for who, _, _, was in State(admin.bot.database.with_name("talks-state.db")).actions() if was]
    assert refused.count("telegram:42 (Bob)") >= 14


def test_gaps_are_listed_and_worked_off(admin: Admin) -> None:
    ada = admin.server.user(1, "Ada")
    assert "Nothing was asked in vain" in admin.say("/admin gaps").result["text"]
    for _ in range(2):
        asked(admin.server, "did France attend round 3", ada)
    asked(admin.server, "did Germany attend round 5", ada)
    asked(admin.server, "what is the best pizza", ada)
    call = admin.say("/admin gaps")
    assert "1: 2× “did France attend round 3” (unknown" in call.result["text"]
    assert "pizza" not in call.result["text"]
    after = admin.press(call, "1: not ours")
    assert "France" not in after.result["text"]
    asked(admin.server, "did France attend round 3", ada)
    assert "France" not in admin.say("/admin gaps").result["text"]
    what = admin.press(after, "1: add a fact", edits=False)
    assert "did Germany attend round 5" in what.result["text"]
    assert buttons(what)[0]["text"] == "statement"


def test_two_admins_load_at_the_same_time(admin: Admin) -> None:
    bob = admin.server.user(42, "Bob")
    admin.say("/admin grant 42")
    other = (
        GENEVA.read_bytes()
        .replace(b"pack: geneva", b"pack: bern")
        .replace(b"geneva", b"bern")
        .replace(b"test-wire-1", b"wire-bern")
    )
    mine = admin.send(GENEVA.read_bytes())
    admin.server.say("/admin load", user=bob, document=admin.server.file(other, "bern.yaml", YAML))
    theirs = admin.server.wait("sendMessage", chat_id=42)
    admin.server.press(mine.result, button(mine, "Confirm"), admin.person)
    admin.server.press(theirs.result, button(theirs, "Confirm"), bob)
    texts = [admin.server.wait("editMessageText", chat_id=chat).result["text"] for chat in (OWNER, 42)]
    assert all("Done: load" in text or "changed meanwhile" in text for text in texts), texts
    assert "Done: load" in texts[0]


def test_a_large_pack_shows_its_progress_while_questions_are_answered(alone: TelegramServer, start: Start) -> None:
    rows = [
        {
            "id": f"b-{n}",
            "round": f"astana/{n % 22 + 1}",
            "speaker": "russia",
            "act": "said",
            "text": f"matter {n}" + " x" * 100,
        }
        | {"sources": ["s-b"]}
        for n in range(20_000)
    ]
    pack = {"pack": "big", "sources": [{"id": "s-b", "publisher": "Wire", "title": "T"}], "statements": rows}
    bot = start(alone, TALKS_USER_LIMIT="0", TALKS_CHAT_LIMIT="0")
    admin = Admin(alone, bot)
    reading = admin.send(json.dumps(pack).encode(), "big.json")
    assert reading.result["text"].startswith("Reading big.json and comparing it")
    ada = alone.user(1, "Ada")
    assert "12 participants" in asked(alone, "who attended round 21", ada)
    preview = alone.wait("editMessageText", chat_id=OWNER)
    assert "20,002 new" in preview.result["text"]
    alone.press(preview.result, button(preview, "Confirm"), admin.person)
    assert "of 20,001 rows" in alone.wait("editMessageText", chat_id=OWNER).result["text"]
    assert "12 participants" in asked(alone, "who attended round 21", ada)
    while "Done: load 2" not in (said := alone.wait("editMessageText", chat_id=OWNER).result["text"]):
        assert "of 20,001 rows" in said
    assert "on what Russia said" in asked(alone, "what did Russia say in round 7", ada)
    bot.stop()


def test_stopped_while_loading_it_ends_in_time_with_nothing_changed(alone: TelegramServer, start: Start) -> None:
    rows = [
        {"id": f"k-{n}", "round": "astana/22", "speaker": "russia", "act": "said", "text": f"thing {n}", "sources": ["s-k"]}
        for n in range(20_000)
    ]
    pack = {"pack": "stopped", "sources": [{"id": "s-k", "publisher": "Wire", "title": "T"}], "statements": rows}
    admin = Admin(alone, start(alone))
    admin.send(json.dumps(pack).encode(), "stopped.json")
    preview = alone.wait("editMessageText", chat_id=OWNER)
    before = admin.facts()
    alone.press(preview.result, button(preview, "Confirm"), admin.person)
    alone.wait("editMessageText", chat_id=OWNER)
    admin.bot.stop()
    assert admin.facts() == before
    start(alone)
    alone.press(preview.result, button(preview, "Confirm"), admin.person)
    while "Done: load 2" not in alone.wait("editMessageText", chat_id=OWNER).result["text"]:
        pass


def test_killed_while_loading_the_facts_are_old_or_new(alone: TelegramServer, start: Start, facts: Path) -> None:
    rows = [
        {"id": f"k-{n}", "round": "astana/22", "speaker": "russia", "act": "said", "text": f"thing {n}", "sources": ["s-k"]}
        for n in range(12_000)
    ]
    pack = {"pack": "killed", "sources": [{"id": "s-k", "publisher": "Wire", "title": "T"}], "statements": rows}
    bot = start(alone)
    admin = Admin(alone, bot)
    preview = admin.send(json.dumps(pack).encode(), "killed.json")
    if "Confirm" not in str(preview.result.get("reply_markup")):
        preview = alone.wait("editMessageText", chat_id=OWNER)
    before = admin.facts()
    alone.press(preview.result, button(preview, "Confirm"), admin.person)
    alone.wait("editMessageText", chat_id=OWNER)
    bot.kill()
    now = admin.facts()
    assert now == before or len(now[0]) == len(before[0]) + 12_002
    again = start(alone)
    assert "12 participants" in asked(alone, "who attended round 21", admin.person)
    again.stop()
