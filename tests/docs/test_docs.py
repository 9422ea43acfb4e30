"""Docs as tests: every example prints what the page says, every command and family stands in the manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.cli import main
from bot.intents.catalogue import FAMILIES
from tests.docs.examples import PAGES, ROOT, rendered


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_examples_print_what_the_page_says(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert rendered(text) == text, f"`make docs` writes the examples of {page.name} anew"


def test_every_command_stands_in_the_manual_with_an_example() -> None:
    manual = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert re.search(rf"^\$ talks {name}\b", manual, re.MULTILINE), name


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
