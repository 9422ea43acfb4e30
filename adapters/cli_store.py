"""Commands of `talks` that look after the store: export, backup, restore, check, tables, stats, completion."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from adapters.setup import fail, settings, start, store
from bot.admin.checks import findings
from bot.telling.wording import days
from knowledge.loading.exporting import exported
from knowledge.packs import write_pack, write_table
from knowledge.packs.fields import SECTION_OF, SECTIONS
from knowledge.schema import SchemaError
from knowledge.store import FactStore, StatementFilter


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under a head, columns aligned by blanks."""
    texts = [list(map(str, head)), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts)


@click.command()
@click.argument("pack", required=False)
@click.option("--format", "form", type=click.Choice(["yaml", "json", "csv"]), default="yaml", show_default=True)
@click.option("--section", type=click.Choice(list(SECTIONS)), help="The section that CSV is written of.")
def export(pack: str | None, form: str, section: str | None) -> None:
    """Writes PACK (the only one, when there is one) as a file of facts that loads again to the same; CSV holds one section.

    \b
    Examples:
      talks export > astana.yaml
      talks export geneva --format json
      talks export geneva --format csv --section statements > statements.csv
    """
    if (form == "csv") != (section is not None):
        raise click.UsageError("CSV holds one section of a pack: give --format csv and --section together.")
    with closing(store()) as writer:
        heads = writer.packs()
        if pack is None and len(heads) == 1:
            pack = next(iter(heads))
        if pack not in heads:
            fail(f"Which pack? Loaded: {', '.join(heads) or 'none'}.")
        rows = exported(writer, pack or "")
        if section is None:
            click.echo(write_pack(pack or "", heads[pack or ""], rows, form), nl=False)
            return
        rows = [row for row in rows if SECTION_OF[row.kind] == section]
        try:
            click.echo(write_table(rows, section), nl=False)
        except ValueError as error:
            fail(f"{error}; export YAML or JSON.")
        if disputed := sum("disputed" in row.body for row in rows):
            click.echo(f"What is disputed in {disputed} rows is left out: CSV has no column for it.", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copies the facts, their record included, to FILE while the bot runs.

    \b
    Example:
      talks backup talks-$(date +%F).db
    """
    if file.exists():
        fail(f"{file} exists; name another file.")
    with closing(store()) as writer:
        try:
            writer.backup(file)
        except (OSError, sqlite3.Error) as error:
            fail(f"{file} could not be written: {error}.")
    click.echo(f"Written: {file} ({file.stat().st_size:,} bytes).")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Does not ask before replacing.")
def restore(file: Path, yes: bool) -> None:
    """Replaces all facts by those of the backup FILE, after checking it; nothing is replaced by a damaged file.

    \b
    Example:
      talks restore talks-2026-11-21.db
    """
    counts = _checked(file)
    click.echo(f"{file} holds {', '.join(f'{count:,} {name}' for name, count in counts.items())}.")
    if not yes and not click.confirm("Replace all facts by these?", default=False):
        fail("Nothing was changed.")
    with closing(store()) as writer:
        try:
            writer.restore(file)
        except sqlite3.Error as error:
            fail(f"The facts could not be replaced: {error}.")
    click.echo("Done.")


def _checked(file: Path) -> dict[str, int]:
    """The counts of a backup. Ends the command when it is damaged or no store of facts."""
    try:
        with closing(FactStore(file)) as facts:
            troubles = facts.troubles()
            counts = facts.counts()
            lacking = facts.lacking()
    except (sqlite3.Error, SchemaError) as error:
        fail(f"{file} is no backup of a store of facts: {error}. Nothing was changed.")
        raise AssertionError from error
    if lacking:
        fail(f"{file} is no backup of a store of facts: it has no {', '.join(lacking)}. Nothing was changed.")
    if troubles:
        fail(f"{file} is damaged: {troubles[0]}. Nothing was changed.")
    return counts


@click.command()
def check() -> None:
    """Checks the store: damage, migrations, clashing names, texts that do not read on, rows no question can reach.

    Ends with 1 when the store is damaged; remarks alone end with 0.

    \b
    Example:
      talks check
    """
    with closing(store()) as writer:
        try:
            found = findings(writer)
        except sqlite3.DatabaseError as error:
            fail(f"Error: the store is damaged: {error}. `talks restore` brings a backup back.")
    for one in found:
        click.echo(f"{'Error' if one.error else 'Remark'}: {one.text}")
    errors = sum(one.error for one in found)
    click.echo(f"{errors} errors, {len(found) - errors} remarks.")
    if errors:
        sys.exit(1)


@click.command()
def rounds() -> None:
    """Lists the rounds: when, where, how many delegations came, how many statements are recorded.

    \b
    Example:
      talks rounds
    """
    facts = start().store
    rows = []
    for talks in facts.talks.all():
        for one in facts.rounds.of(talks):
            came = len(facts.attendance.rows(rounds=[one.key], statuses=["attended"]))
            rows.append(
                (
                    one.key,
                    days(one.starts, one.ends),
                    one.city,
                    came,
                    len(facts.statements.find(StatementFilter(rounds=(one.key,)))),
                )
            )
    click.echo(table(("round", "when", "where", "delegations", "statements"), rows))


@click.command()
def actors() -> None:
    """Lists the actors: kind, name, whose voice, rounds attended as a delegation, statements made.

    \b
    Example:
      talks actors | grep Turkish
    """
    rows = [(one.id, one.kind, one.name, one.affiliation, came, said) for one, came, said in start().store.actors.listed()]
    click.echo(table(("id", "kind", "name", "speaks for", "rounds", "statements"), rows))


@click.command()
def topics() -> None:
    """Lists the topics with the number of statements on each.

    \b
    Example:
      talks topics
    """
    facts = start().store
    counts = dict(facts.statements.by_topic(StatementFilter()))
    ordered = sorted(facts.topics.by_id().values(), key=lambda one: -counts.get(one.id, 0))
    click.echo(table(("id", "name", "statements"), [(one.id, one.name, counts.get(one.id, 0)) for one in ordered]))


@click.command()
def stats() -> None:
    """Tells how many facts of each kind are recorded, in which packs, and how large the file is.

    \b
    Example:
      talks stats
    """
    chosen = settings()
    with closing(store()) as writer:
        heads, loads = writer.packs(), len(writer.history())
    with closing(FactStore(chosen.database)) as facts:
        click.echo(table(("kind", "facts"), facts.counts().items()))
    size = chosen.database.stat().st_size
    click.echo(f"Packs: {', '.join(heads) or 'none'}; loads: {loads}; file: {chosen.database} ({size:,} bytes).")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Writes the completion script for SHELL.

    \b
    Examples:
      talks completion bash > ~/.local/share/bash-completion/completions/talks
      talks completion fish > ~/.config/fish/completions/talks.fish
    """
    command = click.get_current_context().find_root().command
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(command, {}, "talks", "_TALKS_COMPLETE").source())


COMMANDS = (export, backup, restore, check, rounds, actors, topics, stats, completion)
