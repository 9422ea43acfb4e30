"""Docs as tests: every example prints what the page says, every command and family stands in the manual."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import discord
import pytest

from adapters.cli import main
from bot.admin.administration import ACTIONS
from bot.chat.commands import COMMANDS
from bot.intents.catalogue import FAMILIES
from tests.docs.examples import PAGES, PICTURE, ROOT, rendered
from tests.docs.picture import drawn, picture


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_examples_print_what_the_page_says(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert rendered(text) == text, f"`make docs` writes the examples of {page.name} anew"


def test_the_picture_shows_what_the_bot_answers() -> None:
    assert picture() == PICTURE.read_text(encoding="utf-8"), f"`make docs` draws {PICTURE.name} anew"


def test_a_picture_escapes_markup_and_isolates_right_to_left_text_on_each_line() -> None:
    user = {"global_name": "<Ada>"}
    title = "\u2068" + "انطلاق المفاوضات " * 12 + "\u2069"
    embed = {"description": f"**a \\*b\\* & <c>**\n[\\[x\\]](https://example.org/a)\n“{title}”", "color": 1}
    made = drawn(
        {
            "author": user,
            "interaction_metadata": {"name": "ask", "user": user},
            "content": "1 < 2",
            "embeds": [embed],
            "components": [{"components": [{"label": "a & b", "style": 1}]}],
        }
    )
    texts = ["".join(one.itertext()) for one in ElementTree.fromstring(made).iter() if one.tag.endswith("text")]
    assert {"1 < 2", "a *b* & <c>", "[x]", "a & b"} <= set(texts)
    arabic = [one for one in texts if "ا" in one]
    assert len(arabic) > 1
    assert all(one.count("\u2068") == one.count("\u2069") == 1 for one in arabic)


def test_the_invite_link_asks_for_what_the_bot_uses_and_no_more() -> None:
    asked = re.search(r"discord\.com/oauth2/authorize\?\S*permissions=(\d+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert asked is not None
    used = ("view_channel", "send_messages", "send_messages_in_threads", "embed_links", "attach_files", "read_message_history")
    assert int(asked[1]) == discord.Permissions(**dict.fromkeys(used, True)).value


def test_every_command_stands_in_the_manual_with_an_example() -> None:
    manual = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert re.search(rf"^\$ talks {name}\b", manual, re.MULTILINE), name


def test_every_slash_command_stands_in_the_manual() -> None:
    manual = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert re.search(rf"^\| `/{command.name}\b[^|]*` \| {re.escape(command.description)} \|", manual, re.MULTILINE), (
            command.name
        )


def test_every_action_of_admins_stands_in_their_page() -> None:
    page = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    for action in ACTIONS:
        assert f"/admin {action.name}" in page, action.name


def test_every_family_of_questions_stands_in_the_manual() -> None:
    manual = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8").lower()
    for family in (*FAMILIES, "talking", "follow-ups"):
        assert f"### {family}" in manual, family


def test_every_setting_stands_in_the_example_file_and_is_read() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    source = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))
    assert named == set(re.findall(r'"((?:TALKS|TELEGRAM|DISCORD)_[A-Z_]+)"', source))


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (page.name, link)


def test_no_line_of_the_project_names_what_only_its_makers_have() -> None:
    for path in [*ROOT.glob("*/**/*.py"), *ROOT.glob("*.toml"), *PAGES]:
        if not any(part.startswith(".venv") for part in path.parts):
            assert ".." + "/shared" not in path.read_text(encoding="utf-8"), path
