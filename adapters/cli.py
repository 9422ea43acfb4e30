"""The `talks` command. Exit codes: 0, 1 (could not be done), 2 (wrong use)."""

from __future__ import annotations

import getpass
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from adapters import cli_store, console, logs, running, serving
from adapters.explaining import explanation
from adapters.jsonl import answer_lines, as_object
from adapters.setup import Progress, fail, open_state, settings, start, store
from bot.admin.changes import preview
from bot.admin.checks import is_ordinary
from bot.chat.desk import Desk
from bot.telling.answer import whole_text
from knowledge.loading.plans import Outdated, Plan, UndoRefused, apply_plan, plan_file, plan_undo
from knowledge.loading.single_facts import plan_retract
from knowledge.loading.writer import FactWriter
from knowledge.packs import PackRefused, Unplaced
from knowledge.packs.fields import DESCRIBED, FACTS, SECTIONS
from knowledge.store import FactStore

LARGE = 500_000
"""Bytes of a pack from which reading it may take over a second."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Answers questions about diplomatic talks from sourced facts.

    Without a command it serves the platforms whose tokens are set; without any it starts a chat in this terminal.

    \b
    Examples:
      talks ask "who attended round 21"
      talks load my-facts.yaml --dry-run
      talks history
    """
    if context.invoked_subcommand is None:
        found = settings()
        context.invoke(run if found.telegram_token or found.discord_token else chat)


@main.command()
def chat() -> None:
    """Chat in this terminal (also plain `talks`).

    \b
    Example:
      talks chat
    """
    bot = start()
    console.chat(bot, bot.settings.database.with_name("history"))


@main.command()
def run() -> None:
    """Serves Telegram and Discord, those whose tokens are set, until it is told to stop (Ctrl-C, SIGTERM).

    \b
    Example:
      TELEGRAM_TOKEN=… talks run
    """
    found = settings()
    if not (found.telegram_token or found.discord_token):
        fail("Set TELEGRAM_TOKEN or DISCORD_TOKEN, in the environment or in .env, to serve a platform.")
    logs.set_up(found.log_level, found.secrets)
    # Told to stop before it serves: there is nothing to finish, and what a transaction has not committed was never done.
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
    bot = start()
    sys.exit(running.serve(found, Desk(bot, open_state(found))))


@main.command()
def sync() -> None:
    """Sends the slash commands to Discord, changed or not; `talks run` does so by itself when they changed.

    \b
    Example:
      DISCORD_TOKEN=… talks sync
    """
    found = settings()
    if not found.discord_token:
        fail("Set DISCORD_TOKEN, in the environment or in .env, to send the commands to Discord.")
    logs.set_up(found.log_level, found.secrets)
    try:
        click.echo(running.sync(found, Desk(start(), open_state(found))))
    except serving.AdapterFailed as error:
        fail(str(error))


@main.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
@click.option(
    "--jsonl",
    is_flag=True,
    help='Reads JSON lines {"id", "chat", "text"} and writes an answer line for each.',
)
@click.option("--explain", is_flag=True, help="Also tells how the question was read and which look-ups ran.")
def ask(question: str | None, as_json: bool, jsonl: bool, explain: bool) -> None:
    """Answers one QUESTION, or with --jsonl a stream of them.

    \b
    Examples:
      talks ask "what did the opposition ask Russia" --explain
      echo '{"id": 1, "text": "who attended round 21"}' | talks ask --jsonl
    """
    if jsonl == (question is not None) or (as_json and (jsonl or explain)) or (jsonl and explain):
        raise click.UsageError("Give either a question (with --json or --explain) or --jsonl.")
    bot = start()
    if jsonl:
        stream = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
        for line in answer_lines(bot, stream):
            click.echo(line)
        return
    explained = bot.explain("ask", question or "")
    if as_json:
        click.echo(json.dumps(as_object(explained.answer, None, None, explained.milliseconds), ensure_ascii=False))
        return
    click.echo(whole_text(explained.answer))
    if explain:
        click.echo("\n" + explanation(explained))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pack", help="Of CSV: the pack that the rows belong to.")
@click.option("--section", type=click.Choice(list(SECTIONS)), help="Of CSV: their section, where the header leaves it open.")
@click.option("--dry-run", is_flag=True, help="Only shows what would change.")
@click.option("--yes", is_flag=True, help="Does not ask before loading.")
def load(files: tuple[Path, ...], pack: str | None, section: str | None, dry_run: bool, yes: bool) -> None:
    """Loads fact packs (YAML or JSON), or rows of one (CSV): shows what is new, changed and gone, asks, and records it.

    \b
    Examples:
      talks load round-23.yaml --dry-run
      talks load geneva.yaml vienna.json --yes
      talks load rows.csv --pack local --section statements
    """
    chosen = settings()
    writer = store()
    try:
        for file in files:
            if file.stat().st_size > LARGE:
                click.echo(f"reading {file.name} and comparing it with the store …", err=True)
            plan = plan_file(writer, file.read_bytes(), file.name, chosen.limits, is_ordinary, pack, section)
            _confirm_and_apply(writer, plan, f"Loading {file.name}", dry_run, yes)
    except Unplaced as unplaced:
        raise click.UsageError(f"{unplaced}, as in --pack local --section statements.") from unplaced
    except PackRefused as refused:
        number = len(refused.errors)
        count = f"{number} error{'s' if number > 1 else ''}; nothing was changed by {refused.errors[0].file}."
        fail("\n".join([*map(str, refused.errors), count]))
    except (OSError, sqlite3.Error) as error:
        fail(f"The facts could not be loaded: {error}.")
    finally:
        writer.close()


def _confirm_and_apply(writer: FactWriter, plan: Plan, doing: str, dry_run: bool, yes: bool) -> None:
    with closing(FactStore(settings().database)) as facts:
        click.echo(whole_text(preview(plan, facts, doing)))
    if dry_run or not plan.changes:
        return
    if not yes and not click.confirm("Apply this?", default=False):
        fail("Nothing was changed.")
    try:
        number = apply_plan(writer, plan, _who(), "command line", Progress(doing))
    except Outdated as error:
        fail(f"{error} Try again.")
        raise AssertionError from error
    click.echo(f"Done: this is load {number}. `talks undo {number}` takes it back.")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


@main.command()
def history() -> None:
    """Lists all loads: number, when, who, from where, pack, file, rows new, changed and gone.

    \b
    Example:
      talks history
    """
    writer = store()
    try:
        for record in reversed(writer.history()):
            what = f"undo of {record.undoes}" if record.undoes else record.file
            undone = f"  (undone by {record.undone_by})" if record.undone_by else ""
            click.echo(
                f"{record.number:4}  {record.at}  {record.who} ({record.origin})  {record.pack}: {what} {record.digest[:12]}  "
                f"+{record.added} ~{record.changed} -{record.gone}{undone}"
            )
    finally:
        writer.close()


@main.command()
@click.argument("number", type=int)
@click.option("--dry-run", is_flag=True, help="Only shows what would change.")
@click.option("--yes", is_flag=True, help="Does not ask before undoing.")
def undo(number: int, dry_run: bool, yes: bool) -> None:
    """Takes back load NUMBER (see `talks history`) exactly, or says which later load stands in the way.

    \b
    Example:
      talks undo 2 --dry-run
    """
    writer = store()
    try:
        _confirm_and_apply(writer, plan_undo(writer, number), f"Undoing load {number}", dry_run, yes)
    except UndoRefused as refused:
        fail(str(refused))
    finally:
        writer.close()


@main.command()
@click.argument("kind", type=click.Choice([*FACTS, *DESCRIBED]))
@click.argument("key")
@click.option("--reason", required=True, help="Why it is taken out; it is recorded.")
@click.option("--dry-run", is_flag=True, help="Only shows what would change.")
@click.option("--yes", is_flag=True, help="Does not ask before taking it out.")
def retract(kind: str, key: str, reason: str, dry_run: bool, yes: bool) -> None:
    """Takes one fact out: a row of the pack “local” goes, a fact of another pack is retracted there.

    Sources, actors, topics and talks of other packs stay: load those packs without them.

    \b
    Example:
      talks retract attendance astana/21:jordan --reason "another delegation was meant" --dry-run
    """
    writer = store()
    try:
        _confirm_and_apply(writer, plan_retract(writer, kind, key, reason), f"Taking back {kind} {key}", dry_run, yes)
    except PackRefused as refused:
        fail(f"{refused}\nNothing was changed.")
    finally:
        writer.close()


for _command in cli_store.COMMANDS:
    main.add_command(_command)
