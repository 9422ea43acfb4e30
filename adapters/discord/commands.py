"""Slash commands and the context menu, made from the one table."""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import discord
from discord import app_commands

from adapters.discord.rendering import CHOICE, CHOICES
from adapters.worker import Worker
from bot.chat.commands import Command, Option, offered
from bot.chat.completion import Choice
from bot.telling.answer import clipped

MENU = "Ask the talks bot"
PRIVATE = "private"
Run = Callable[[discord.Interaction, Command, dict[str, str], bool], Awaitable[None]]
Ask = Callable[[discord.Interaction, str], Awaitable[None]]
log = logging.getLogger(__name__)


def tree_of(client: discord.Client, run: Run, ask: Ask, worker: Worker) -> app_commands.CommandTree[Any]:
    """The tree of all commands that Discord is offered: in servers and direct messages, installed by server or user."""
    tree = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )
    for command in offered("discord"):
        tree.add_command(_slash(command, run, worker))

    async def ask_about(interaction: discord.Interaction, message: discord.Message) -> None:
        await ask(interaction, message.content)

    tree.add_command(app_commands.ContextMenu(name=MENU, callback=ask_about))
    return tree


def slash(
    name: str,
    description: str,
    options: Iterable[tuple[str, str, bool]],
    run: Callable[..., Awaitable[None]],
    private: bool = False,
) -> app_commands.Command[Any, Any, Any]:
    """A command with text options, as (name, description, required); `run` gets the interaction and those that were given.

    With `private` it has that option too, and `run` gets it last.
    """
    options = sorted(options, key=lambda one: not one[2])

    async def callback(interaction: discord.Interaction, /, **values: Any) -> None:
        alone = bool(values.pop(PRIVATE, False))
        given = {option: value for option, value in values.items() if value}
        await (run(interaction, given, alone) if private else run(interaction, given))

    # The library reads a command's options from the signature of its callback.
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("interaction", kind, annotation=discord.Interaction)]
    for option, _, required in options:
        default = inspect.Parameter.empty if required else ""
        parameters.append(inspect.Parameter(option, kind, annotation=str, default=default))
    if private:
        parameters.append(inspect.Parameter(PRIVATE, kind, annotation=bool, default=False))
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    described = {option: clipped(text, 100) for option, text, _ in options}
    if private:
        described[PRIVATE] = "Only you see the answer"
    return app_commands.Command(name=name, description=description, callback=app_commands.describe(**described)(callback))


def _slash(command: Command, run: Run, worker: Worker) -> app_commands.Command[Any, Any, Any]:
    async def ran(interaction: discord.Interaction, given: dict[str, str], private: bool) -> None:
        await run(interaction, command, given, private)

    options = [(one.name, one.description, one.required) for one in command.options]
    found = slash(command.name, command.description, options, ran, private=True)
    for option in command.options:
        if option.kind == "word":
            found.autocomplete(option.name)(_of_words(command.words))
        elif option.kind != "text":
            found.autocomplete(option.name)(_completing(option, worker))
    return found


def _of_words(words: tuple[str, ...]) -> Any:
    async def complete(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=one, value=one) for one in words]

    return complete


def _completing(option: Option, worker: Worker) -> Any:
    async def complete(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found: list[Choice] = await worker.run(worker.desk.choices, option.kind, typed)
        return [
            app_commands.Choice(name=clipped(one.label, CHOICE), value=one.value)
            for one in found[:CHOICES]
            if len(one.value) <= CHOICE
        ]

    return complete


async def sync(tree: app_commands.CommandTree[Any], worker: Worker, always: bool = False) -> str:
    """Sends the commands to Discord when they changed since they were sent last; returns a line about what happened."""
    application = tree.client.application_id
    bodies = [one.to_dict(tree) for one in tree.get_commands()]
    digest = hashlib.sha256(json.dumps(bodies, sort_keys=True, default=str).encode()).hexdigest()
    note = f"discord {application} commands"
    state = worker.desk.state
    if not always and await worker.run(state.note, note) == digest:
        return f"Discord: the {len(bodies)} commands are unchanged; nothing was sent."
    sent = await tree.sync()
    await worker.run(state.set_note, note, digest)
    return f"Discord: {len(sent)} commands were sent; new ones show at once, at the latest when the app is restarted."
