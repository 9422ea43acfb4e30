"""What admins do on Discord: load, add, retract, look back, grant; and who may not."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.state import State
from tests.adapters.discord.conftest import Start
from tests.conftest import GENEVA
from tests.servers.discord_bridge import DiscordBridge
from tests.servers.process import TalksProcess


def _final(message: dict[str, Any]) -> bool:
    """Whether a message is more than the word that something is under way."""
    return bool(message["content"]) and "Reading" not in message["content"]


class Admin:
    """The owner at a bot of the test's own."""

    def __init__(self, bridge: DiscordBridge, bot: TalksProcess) -> None:
        self.bridge = bridge
        self.bot = bot

    def do(self, name: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
        handle = self.bridge.slash(f"admin {name}", options or {}, self.bridge.mod)
        assert handle.ephemeral
        found: dict[str, Any] = handle.message()
        return found

    def load(self, content: bytes, name: str = "facts.yaml", **more: str) -> dict[str, Any]:
        handle = self.bridge.slash("admin load", {"file": (name, content), **more}, self.bridge.mod)
        found: dict[str, Any] = handle.message(20, _final)
        return found

    def press(self, message: dict[str, Any], label: str) -> dict[str, Any]:
        found: dict[str, Any] = self.bridge.press(message, label, self.bridge.mod).message()
        return found

    def facts(self) -> list[Any]:
        with sqlite3.connect(self.bot.database) as connection:
            return [
                connection.execute("SELECT * FROM pack_rows ORDER BY 1, 2, 3").fetchall(),
                connection.execute("SELECT number, pack, undoes FROM loads").fetchall(),
            ]


@pytest.fixture
def admin(bridge: DiscordBridge, start: Start) -> Admin:
    bot = start(bridge, TALKS_OWNERS=f"discord:{bridge.mod.id}", TALKS_LOG=f"discord:{bridge.side.id}")
    return Admin(bridge, bot)


def text(message: dict[str, Any]) -> str:
    """What a message says, its escapes taken out."""
    return str(message["content"] + "\n" + "\n".join(one.get("description", "") for one in message["embeds"])).replace("\\", "")


def test_load_preview_confirm_ask_undo(admin: Admin) -> None:
    before = admin.facts()
    preview = admin.load(GENEVA.read_bytes())
    assert "Loading facts.yaml: pack geneva, 13 new, 0 changed, 0 gone." in text(preview)
    assert "+ Switzerland attended geneva round 4 as host, led by Jan Muster" in text(preview)
    assert admin.facts() == before
    assert "Done: load 2." in text(admin.press(preview, "Confirm"))
    assert "load 2" in admin.bridge.wait_message(admin.bridge.side)["content"]
    answer = admin.bridge.slash("ask", {"question": "who attended geneva round 4"}, admin.bridge.alice).message()
    assert "Switzerland — host" in text(answer)
    choices = admin.bridge.autocomplete("who", {"name": "muster"}, "name", admin.bridge.alice)
    assert choices[0]["name"].startswith("Jan Muster")
    assert "13 gone" in text(undo := admin.do("undo", {"number": 2}))
    assert "Done: load 3" in text(admin.press(undo, "Confirm"))
    assert admin.facts()[0] == before[0]
    assert "geneva: undo of 2" in text(admin.do("history"))
    assert "Switzerland attended geneva round 4" in text(admin.do("show", {"number": 2}))
    assert admin.bridge.violations == []


def test_the_form_with_a_file(admin: Admin) -> None:
    handle = admin.bridge.slash("admin load", {}, admin.bridge.mod)
    sent = handle.submit({"file": [("facts.yaml", GENEVA.read_bytes())]})
    assert "13 new" in text(sent.message(20, _final))


def test_a_preview_survives_a_restart(admin: Admin, start: Start) -> None:
    preview = admin.load(GENEVA.read_bytes())
    admin.bot.stop()
    start(admin.bridge, TALKS_OWNERS=f"discord:{admin.bridge.mod.id}")
    assert "Done: load 2" in text(admin.press(preview, "Confirm"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("facts.zip", b"PK\x03\x04rest", "ZIP"),
        ("empty.yaml", b"", "empty"),
        ("latin.yaml", "pack: gen\xe8ve".encode("latin-1"), "UTF-8"),
        ("bomb.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\npack: x\n", "alias"),
        ("bidi.yaml", 'pack: x\ntopics:\n  - {id: t, name: "a\u202eb"}\n'.encode(), "RIGHT-TO-LEFT OVERRIDE"),
    ],
    ids=["zip", "empty", "latin", "bomb", "bidi"],
)
def test_bad_files_get_a_clear_message(admin: Admin, name: str, content: bytes, said: str) -> None:
    before = admin.facts()
    message = admin.load(content, name)
    assert said.lower() in text(message).lower()
    assert admin.facts() == before
    assert admin.bridge.pings(message) == []


def test_a_file_over_the_limit(bridge: DiscordBridge, start: Start) -> None:
    size = len(GENEVA.read_bytes())
    bot = start(bridge, TALKS_OWNERS=f"discord:{bridge.mod.id}", TALKS_MAX_PACK_MB=f"{(size - 1) / 1_000_000:.6f}")
    assert f"{size - 1:,} are allowed" in text(Admin(bridge, bot).load(GENEVA.read_bytes()))


def test_csv_and_texts_with_markup(admin: Admin) -> None:
    csv = b"round;actor;role;status;sources\nastana/22;france;observer;invited;enab-baladi-2024-10-10\n"
    assert "which" in text(admin.load(csv, "rows.csv")).lower()
    good = admin.load(csv, "rows.csv", pack="local")
    assert "France was invited to round 22 as observer" in text(good)
    pack = {"pack": "odd", "topics": [{"id": "t-odd", "name": "**bold** @everyone <@1>"}]}
    message = admin.load(json.dumps(pack).encode(), "odd.json")
    assert "**bold**" not in message["content"]
    assert admin.bridge.pings(message) == []


def test_one_fact_is_added_by_options_with_autocompletion(admin: Admin) -> None:
    bridge = admin.bridge
    options = {"round": "22", "actor": "France", "role": "observer", "status": "attended", "sources": "enab-baladi-2024-10-10"}
    found = bridge.autocomplete("admin add attendance", {"actor": "fran"}, "actor", bridge.mod)
    assert found[0]["value"] == "france"
    assert bridge.autocomplete("admin add attendance", {"role": "obs"}, "role", bridge.mod)[0]["value"] == "observer"
    assert bridge.autocomplete("admin add attendance", {"sources": "enab"}, "sources", bridge.mod)
    preview = admin.do("add attendance", options)
    assert "+ France attended round 22 as observer" in text(preview)
    admin.press(preview, "Confirm")
    answer = bridge.slash("attended", {"round": "22", "delegation": "France"}, bridge.alice).message()
    assert text(answer).startswith("Yes")
    exported = admin.do("export", {"pack": "local"})
    assert b"actor: france" in bridge.file(exported["attachments"][0])


def test_a_statement_asks_for_its_text_in_a_form(admin: Admin) -> None:
    options = {"speaker": "Russia", "act": "said", "sources": "enab-baladi-2024-10-10", "round": "22"}
    handle = admin.bridge.slash("admin add statement", options, admin.bridge.mod)
    preview = handle.submit({"text": "that all is well"}).message()
    assert "+ Russia said that all is well" in text(preview)
    assert "unknown" not in text(preview)


def test_retract_and_gaps(admin: Admin) -> None:
    preview = admin.do("retract", {"fact": "astana/21:jordan", "reason": "the source was withdrawn"})
    assert "takes back attendance astana/21:jordan" in text(preview)
    assert "cancelled" in text(admin.press(preview, "Cancel"))
    which = admin.do("retract", {"fact": "did Iraq attend round 21", "reason": "a slip"})
    assert "takes back attendance astana/21:iraq" in text(admin.press(which, "attendance astana/21:iraq"))
    admin.bridge.slash("ask", {"question": "did France attend round 3"}, admin.bridge.alice).message()
    gaps = admin.do("gaps")
    assert "did France attend round 3" in text(gaps)
    kinds = admin.press(gaps, "1: add a fact")
    handle = admin.bridge.press(kinds, "attendance", admin.bridge.mod)
    values = {"round": "3", "actor": "France", "role": "observer", "status": "absent", "sources": "enab-baladi-2024-10-10"}
    assert "France was absent from round 3" in text(handle.submit(values).message())


def test_backup_grant_and_revoke(admin: Admin) -> None:
    bridge = admin.bridge
    backup = admin.do("backup")
    assert bridge.file(backup["attachments"][0]).startswith(b"SQLite format 3")
    assert "may change facts now" in text(admin.do("grant", {"user": bridge.bob}))
    assert "alice" not in text(admin.do("list"))
    assert str(bridge.bob.id) in text(admin.do("list"))
    handle = bridge.slash("admin history", {}, bridge.bob, forced=True)
    assert "Loads, the newest first" in text(handle.message())
    assert "Only the owners" in text(bridge.slash("admin backup", {}, bridge.bob, forced=True).message())
    assert "may no longer" in text(admin.do("revoke", {"user": bridge.bob}))
    assert "Only admins" in text(bridge.slash("admin history", {}, bridge.bob, forced=True).message())


def test_who_is_no_admin_is_refused_everywhere_and_that_is_recorded(admin: Admin) -> None:
    bridge = admin.bridge
    before = admin.facts()
    fields = {"round": "22", "actor": "France", "role": "observer", "status": "attended", "sources": "x"}
    tries: list[tuple[str, dict[str, Any]]] = [
        ("load", {"file": ("facts.yaml", GENEVA.read_bytes())}),
        ("load", {}),
        ("retract", {"fact": "astana/21:jordan", "reason": "x"}),
        ("show", {"number": 1}),
        ("undo", {"number": 1}),
        ("export", {}),
        ("grant", {"user": bridge.alice}),
        ("revoke", {"user": bridge.alice}),
        ("history", {}),
        ("gaps", {}),
        ("list", {}),
        ("backup", {}),
        ("add attendance", fields),
        ("add statement", {"speaker": "Russia", "act": "said", "sources": "x"}),
    ]
    for name, options in tries:
        handle = bridge.slash(f"admin {name}", options, bridge.alice, forced=True)
        assert "Only" in text(handle.message()), name
        assert handle.ephemeral
    assert admin.facts() == before
    admin.bot.stop()
    refused = [who for who, _, _, was in State(admin.bot.database.with_name("talks-state.db")).actions() if was]
    assert len(refused) >= len(tries)


def test_a_large_pack_shows_its_progress_while_questions_are_answered(admin: Admin) -> None:
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
    bridge = admin.bridge
    handle = bridge.slash("admin load", {"file": ("big.json", json.dumps(pack).encode())}, bridge.mod)
    assert "Reading big.json" in handle.message(30, lambda message: bool(message["content"]))["content"]
    answer = bridge.slash("attended", {"round": "21"}, bridge.alice)
    assert "12 participants" in text(answer.message())
    preview = handle.message(60, _final)
    assert "20,002 new" in text(preview)
    pressed = bridge.press(preview, "Confirm", bridge.mod)
    assert "Done: load 2" in text(pressed.message(60, lambda message: "Done" in message["content"]))
    assert "Something went wrong" not in str(bridge.messages(bridge.channel))
    assert "error" not in admin.bot.log.lower()


def test_killed_while_loading_the_facts_are_old_or_new(admin: Admin, start: Start, facts: Path) -> None:
    rows = [
        {"id": f"k-{n}", "round": "astana/22", "speaker": "russia", "act": "said", "text": f"thing {n}", "sources": ["s-k"]}
        for n in range(4_000)
    ]
    pack = {"pack": "killed", "sources": [{"id": "s-k", "publisher": "Wire", "title": "T"}], "statements": rows}
    preview = admin.load(json.dumps(pack).encode(), "killed.json")
    before = admin.facts()
    admin.bridge.press(preview, "Confirm", admin.bridge.mod)
    admin.bot.kill()
    now = admin.facts()
    assert now == before or len(now[0]) == len(before[0]) + 4_002
    start(admin.bridge)
