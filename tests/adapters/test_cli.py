"""The `talks` command as a process: what a person at a terminal sees, and its exit codes."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.cli import main
from tests.conftest import GENEVA

TALKS = Path(sys.executable).with_name("talks")


class Cli:
    """Runs `talks` on a store of its own."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.env = {**os.environ, "TALKS_DB": str(database)}

    def __call__(self, *words: str, given: str = "", code: int = 0, **env: str) -> str:
        run = subprocess.run(
            [str(TALKS), *words],
            input=given,
            capture_output=True,
            text=True,
            env=self.env | env,
            cwd=self.database.parent if self.database.parent.exists() else None,
            timeout=60,
            check=False,
        )
        assert run.returncode == code, run.stdout + run.stderr
        assert "Traceback" not in run.stderr
        return run.stdout + run.stderr


@pytest.fixture
def cli(facts: Path) -> Cli:
    return Cli(facts)


def test_the_first_start_makes_the_store_and_answers(tmp_path: Path) -> None:
    fresh = Cli(tmp_path / "new" / "talks.db")
    assert "12 participants attended round 21" in fresh("ask", "who attended round 21")
    assert fresh.database.exists()


def test_ask_as_json_is_one_object_of_the_door(cli: Cli) -> None:
    answer = json.loads(cli("ask", "did jordan attend round 21", "--json"))
    assert answer["status"] == "answered"
    assert answer["verdict"] == "yes"
    assert answer["facts"] == [{"kind": "attendance", "key": "astana/21:jordan"}]
    assert answer["sources"]
    assert answer["suggestions"]
    assert answer["elapsed_ms"] > 0


def test_explain_tells_what_was_linked_matched_and_looked_up(cli: Cli) -> None:
    text = cli("ask", "what did Laventiev say about Idlib", "--explain")
    assert "corrected: laventiev → lavrentiev" in text
    assert "actor alexander-lavrentiev (person)" in text
    assert "phrasing “what did {speaker} {act}” of statements" in text
    assert "likeness 1.00 × coverage 1.00 = 1.00" in text
    assert "SELECT s.body FROM statement" in text


def test_jsonl_answers_each_line_in_order_and_survives_broken_ones(cli: Cli) -> None:
    lines = [
        '{"id": 1, "chat": "a", "text": "who attended round 21"}',
        "not json",
        "[1]",
        '{"id": 4, "text": 5}',
        '{"id": 5, "chat": "a", "text": "and round 20?"}',
        '{"id": 6, "chat": "b", "text": "when was that?"}',
        "[" * 100_000,
        '{"id": "é", "text": "hi"}',
    ]
    answers = [json.loads(line) for line in cli("ask", "--jsonl", given="\n".join(lines) + "\n").splitlines()]
    assert [answer["status"] for answer in answers] == [
        "answered",
        "error",
        "error",
        "error",
        "answered",
        "clarify",
        "error",
        "chat",
    ]
    assert "line 2: this is not valid JSON" in answers[1]["error"]
    assert answers[3]["id"] == 4
    assert {fact["key"].split(":")[0] for fact in answers[4]["facts"]} == {"astana/20"}
    assert answers[7]["id"] == "é"


def test_bytes_that_are_no_text_get_an_answer_too(cli: Cli) -> None:
    run = subprocess.run(
        [str(TALKS), "ask", "--jsonl"], input=b'{"text": "\xff\xfe"}\n\xff\n', capture_output=True, env=cli.env, check=True
    )
    assert [json.loads(line)["status"] for line in run.stdout.splitlines()] == ["off_topic", "error"]


def test_chat_converses_line_by_line(cli: Cli) -> None:
    text = cli(given="who led Turkey in round 13?\n\nwhen was that?\nwhat did Lavrentiev say about Idlib\nmore\nthanks\n")
    assert "Sedat Önal led the delegation of Turkey at round 13" in text
    assert "Round 13 of the Astana talks was held on 1–2 August 2019" in text
    assert "(page 2 of" in text
    assert "You're welcome." in text
    assert "\x1b" not in text


def test_load_previews_asks_applies_and_undo_takes_it_back(cli: Cli) -> None:
    shutil.copy(GENEVA, cli.database.parent / "geneva.yaml")
    preview = cli("load", "geneva.yaml", "--dry-run")
    assert "Loading geneva.yaml: pack geneva, 13 new, 0 changed, 0 gone." in preview
    assert "+ Switzerland attended geneva round 4 as host, led by Jan Muster" in preview
    assert "Nothing was changed." in cli("load", "geneva.yaml", given="n\n", code=1)
    assert "It is not recorded" not in cli("ask", "who attended round 4")
    assert "Done: this is load 2" in cli("load", "geneva.yaml", "--yes")
    assert "Switzerland — host, led by Jan Muster" in cli("ask", "who attended geneva round 4")
    assert "nothing would change; pack geneva says this already." in cli("load", "geneva.yaml", "--yes")
    history = cli("history")
    assert "command line" in history
    assert "geneva: geneva.yaml" in history
    assert "13 gone" in cli("undo", "2", "--yes")
    assert "undone by 3" in cli("history")
    assert "Switzerland" not in cli("ask", "who attended geneva round 4")


def test_a_broken_pack_is_refused_with_every_error_and_changes_nothing(cli: Cli) -> None:
    broken = cli.database.parent / "broken.yaml"
    broken.write_text(
        "pack: x\nattendance:\n  - {round: astana/99, actor: jordon, role: observer, status: attended, sources: [nope]}\n"
    )
    text = cli("load", "broken.yaml", "--yes", code=1)
    assert (
        "broken.yaml, line 3, attendance astana/99:jordon, field actor: unknown actor “jordon”; did you mean “jordan”?" in text
    )
    assert "field round: unknown round “astana/99”" in text
    assert "3 errors; nothing was changed by broken.yaml." in text
    assert len(cli("history").splitlines()) == 1


def test_errors_of_form_and_unknown_ids_are_reported_together(cli: Cli) -> None:
    broken = cli.database.parent / "broken.yaml"
    broken.write_text(
        "pack: x\nactors:\n  - {id: ann, kind: persn, name: Ann}\nattendance:\n"
        "  - {round: astana/1, actor: ann, role: observer, status: attended, head: russia, sources: [tass-2017-01-23]}\n"
        "  - {round: astana/2, actor: jordon, role: observer, status: came, sources: [tass-2017-01-23]}\n"
        "  - {round: astana/3, actor: jordon, role: observer, status: attended, sources: [tass-2017-01-23]}\n"
    )
    text = cli("load", "broken.yaml", "--yes", code=1)
    assert "line 3, actor ann, field kind: “persn” was found" in text
    assert "line 6, attendance astana/2:jordon, field status: “came” was found" in text
    assert "line 7, attendance astana/3:jordon, field actor: unknown actor “jordon”" in text
    assert "unknown actor “ann”" not in text
    broken.write_text(broken.read_text().replace("persn", "person").replace("jordon", "jordan").replace("came", "attended"))
    assert "field head: “russia” is state, a person was expected" in cli("load", "broken.yaml", "--yes", code=1)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE events (x)")
    connection.commit()
    assert "the database of another program" in Cli(path)("ask", "hi", code=1)
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["events"]
    connection.close()


def test_commands_for_facts_work_although_the_default_talks_are_not_loaded_yet(cli: Cli) -> None:
    shutil.copy(GENEVA, cli.database.parent / "geneva.yaml")
    assert "must be the id of talks that are loaded" in cli("ask", "hi", code=1, TALKS_DEFAULT="geneva")
    assert "Done" in cli("load", "geneva.yaml", "--yes", TALKS_DEFAULT="geneva")
    assert "Switzerland" in cli("ask", "who attended round 4", TALKS_DEFAULT="geneva")


def test_warnings_do_not_stop_a_load(cli: Cli) -> None:
    doubtful = cli.database.parent / "doubtful.yaml"
    doubtful.write_text(
        "pack: x\nsources:\n  - {id: s, publisher: P, title: T}\n"
        "actors:\n  - {id: ask-party, kind: organisation, name: Ask Party, aliases: [Ask]}\n"
        "statements:\n  - {speaker: ask-party, act: hoped, text: Peace., sources: [s]}\n"
    )
    text = cli("load", "doubtful.yaml", "--yes")
    assert "“Ask” is an ordinary word of questions" in text
    assert "“Peace.” does not read on after “<speaker> hoped”" in text
    assert "Done" in text


@pytest.mark.parametrize(
    "words",
    [
        ("load",),
        ("load", "missing.yaml"),
        ("ask",),
        ("ask", "x", "--jsonl"),
        ("undo", "x"),
        ("nonsense",),
        ("ask", "x", "--json", "--explain"),
    ],
)
def test_wrong_use_ends_with_2(cli: Cli, words: tuple[str, ...]) -> None:
    assert "Usage:" in cli(*words, code=2)


def test_undo_of_no_load_ends_with_1(cli: Cli) -> None:
    assert "There is no load 77." in cli("undo", "77", code=1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TALKS_OWNERS", "bob", "TALKS_OWNERS must read like telegram:123"),
        ("TALKS_MEMORY_MINUTES", "soon", "TALKS_MEMORY_MINUTES must be a number from 0 to 1440"),
        ("TALKS_QUESTION_LENGTH", "5", "TALKS_QUESTION_LENGTH must be a number from 20"),
        ("TALKS_DEFAULT", "vienna", "TALKS_DEFAULT must be the id of talks that are loaded (astana)."),
        ("TALKS_DB", "/", "TALKS_DB must name a file"),
        ("TALKS_DB", "/proc/nowhere/talks.db", "TALKS_DB cannot be used"),
        ("TELEGRAM_API_URL", "ftp://x", "TELEGRAM_API_URL must be an address"),
        ("TELEGRAM_WEBHOOK_URL", "https://x.example", "TELEGRAM_WEBHOOK_SECRET must be set"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(cli: Cli, name: str, value: str, said: str) -> None:
    text = cli("ask", "hi", code=1, **{name: value})
    assert said in text
    assert len(text.strip().splitlines()) == 1


def test_settings_may_stand_in_a_dotenv_file(cli: Cli) -> None:
    (cli.database.parent / ".env").write_text("TALKS_QUESTION_LENGTH=30\n")
    assert "Only the first 30 characters were read." in cli("ask", "who attended round 21 please please please")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "talks.db"
    path.write_text("this is no database, " * 100)
    assert "TALKS_DB cannot be used" in Cli(path)("ask", "hi", code=1)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_an_export_loads_again_to_the_same_facts(cli: Cli, tmp_path: Path, form: str) -> None:
    exported = tmp_path / f"export.{form}"
    exported.write_text(cli("export", "--format", form))
    assert "nothing would change; pack astana says this already." in cli("load", str(exported), "--dry-run")


def test_export_of_an_unknown_pack_names_those_there_are(cli: Cli) -> None:
    assert "Loaded: astana." in cli("export", "vienna", code=1)


def test_backup_and_restore(cli: Cli, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert "Written" in cli("backup", str(copy))
    assert "exists" in cli("backup", str(copy), code=1)
    cli("undo", "1", "--yes")
    assert "No rounds are recorded." in cli("ask", "who attended round 21")
    assert "729 statements" in cli("restore", str(copy), "--yes")
    assert "12 participants" in cli("ask", "who attended round 21")


def test_restore_refuses_what_is_damaged_or_foreign_and_replaces_nothing(cli: Cli, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("no database at all " * 200)
    damaged = tmp_path / "damaged.db"
    cli("backup", str(damaged))
    data = bytearray(damaged.read_bytes())
    data[40_960:90_000] = b"\xff" * (90_000 - 40_960)
    damaged.write_bytes(data)
    lacking = tmp_path / "lacking.db"
    cli("backup", str(lacking))
    connection = sqlite3.connect(lacking)
    connection.execute("DROP TABLE names")
    connection.commit()
    connection.close()
    for file in (foreign, text, damaged, lacking):
        assert "Nothing was changed." in cli("restore", str(file), "--yes", code=1)
    assert "12 participants" in cli("ask", "who attended round 21")


def test_check_finds_nothing_wrong_with_the_bundled_facts(cli: Cli) -> None:
    assert "0 errors, 10 remarks." in cli("check")


def test_check_says_that_a_newer_bundle_waits(cli: Cli) -> None:
    exported = cli.database.parent / "mine.yaml"
    exported.write_text(cli("export").replace("Rixos President Hotel", "Rixos", 1))
    cli("load", "mine.yaml", "--yes")
    assert "a newer bundled pack “astana” waits" in cli("check")


def test_tables(cli: Cli) -> None:
    assert "astana/21  24–25 January 2024    Astana      12           33" in cli("rounds")
    assert "alexander-lavrentiev" in cli("actors")
    assert cli("topics").splitlines()[1].startswith("format ")
    assert "statements  729" in cli("stats")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli: Cli, shell: str) -> None:
    assert "_TALKS_COMPLETE" in cli("completion", shell)


def test_help_has_examples(cli: Cli) -> None:
    for command in ("", *main.commands):
        text = cli(*([command] if command else []), "--help")
        assert "Example" in text


def test_rows_of_csv_are_added_to_a_pack_and_exported(cli: Cli) -> None:
    shutil.copy(GENEVA, cli.database.parent / "geneva.yaml")
    shutil.copy(GENEVA.with_name("attendance.csv"), cli.database.parent / "rows.csv")
    cli("load", "geneva.yaml", "--yes")
    assert "name the pack (as “local”), as in --pack local --section statements." in cli("load", "rows.csv", code=2)
    text = cli("load", "rows.csv", "--pack", "local", "--yes")
    assert "+ Switzerland attended geneva round 5 as host" in text
    assert "Switzerland — host, led by Jan Muster" in cli("ask", "who attended geneva round 5")
    (cli.database.parent / "again.csv").write_text(cli("export", "local", "--format", "csv", "--section", "attendance"))
    assert "nothing would change; pack local says this already." in cli(
        "load", "again.csv", "--pack", "local", "--section", "attendance", "--yes"
    )


def test_errors_of_csv_have_their_line_and_column(cli: Cli) -> None:
    (cli.database.parent / "rows.csv").write_text("round,actor,role,status,sources\nastana/22,jordon,observer,came,nope\n")
    text = cli("load", "rows.csv", "--pack", "local", "--yes", code=1)
    assert "rows.csv, line 2, attendance astana/22:jordon, field status: “came” was found" in text
    assert "nothing was changed by rows.csv." in text


def test_export_of_csv_names_its_section_and_what_it_leaves_out(cli: Cli) -> None:
    assert "give --format csv and --section together" in cli("export", "--format", "csv", code=2)
    assert "give --format csv and --section together" in cli("export", "--section", "rounds", code=2)
    assert "is left out: CSV has no column for it." in cli("export", "--format", "csv", "--section", "rounds")


def test_retract_previews_asks_takes_out_and_is_undone(cli: Cli) -> None:
    words = ("retract", "attendance", "astana/21:jordan", "--reason", "another delegation was meant")
    assert "+ takes back attendance astana/21:jordan: another delegation was meant" in cli(*words, "--dry-run")
    assert "Nothing was changed." in cli(*words, given="n\n", code=1)
    assert "Yes" in cli("ask", "did jordan attend round 21")
    assert "Done: this is load 2." in cli(*words, given="y\n")
    assert "It is not recorded" in cli("ask", "did jordan attend round 21")
    assert "retraction of attendance astana/21:jordan: another delegation was meant" in cli("history")
    assert "the pack “local” retracts it already" in cli(*words, code=1)
    cli("undo", "2", "--yes")
    assert "Yes" in cli("ask", "did jordan attend round 21")


def test_retract_of_what_is_not_there_names_the_nearest(cli: Cli) -> None:
    text = cli("retract", "attendance", "astana/21:jordon", "--reason", "x", code=1)
    assert "did you mean “astana/21:jordan”?" in text
    assert "Nothing was changed." in text
    assert "Usage:" in cli("retract", "attendance", "astana/21:jordan", code=2)
