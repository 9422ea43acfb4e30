"""The admins' side on Discord: `/admin …`, forms, files; everything is shown to the admin alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

import aiohttp
import discord
from discord import app_commands

from adapters.discord.answering import Busy, apologise, patiently
from adapters.discord.rendering import CHOICE, CHOICES, line, rendered
from adapters.worker import Worker
from bot.admin.administration import ACTIONS
from bot.admin.context import Progress, Upload
from bot.admin.forms import SECTION_OF_FORM, FormField, form
from bot.chat.desk import SLOW_DOWN, Asker, Reply
from bot.chat.desk import line as said
from bot.chat.limits import Verdict
from bot.telling.answer import clipped

ACKNOWLEDGE_AFTER = 1.0
PROGRESS_AGAIN = 2.0
FORM_FIELDS = 5
TITLE = 45
LABEL = 45
LONG = ("text", "quote", "note")
FORMATS = ("yaml", "json")
Choices = list[app_commands.Choice[str]]


Work = Callable[[Progress], Reply]


class Administering:
    """Takes what admins do to the administration; who may is decided there, whatever Discord shows to whom."""

    def __init__(self, worker: Worker, busy: Busy) -> None:
        self.worker = worker
        self.administration = worker.administration
        self.busy = busy

    async def run(self, interaction: discord.Interaction, work: Work) -> None:
        """Shows what `work` replies, with its progress when it takes longer."""
        with self.busy.answering():
            try:
                await self._run(interaction, work)
            except Exception as error:  # noqa: BLE001  # the edge to the platform: one sentence for the person, the rest to the log
                await apologise(interaction, error)

    async def _run(self, interaction: discord.Interaction, work: Work) -> None:
        steps: list[str] = []
        task = asyncio.ensure_future(self.worker.administer(work, steps.append))
        done, _ = await asyncio.wait({task}, timeout=ACKNOWLEDGE_AFTER)
        if not done and not interaction.response.is_done():
            await interaction.response.defer(ephemeral=True, thinking=interaction.type is not discord.InteractionType.component)
        while not done:
            if steps:
                # How far it has got matters less than what comes of it.
                with suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                    await interaction.edit_original_response(content=steps[-1], view=None, embeds=[])
            done, _ = await asyncio.wait({task}, timeout=PROGRESS_AGAIN)
        reply = await task
        await self._show(interaction, reply)
        await self.worker.announce(reply.announce)

    async def _show(self, interaction: discord.Interaction, reply: Reply) -> None:
        shown = rendered(reply) if reply.page else line(reply.notice)
        arguments = shown.arguments()
        files = [discord.File(BytesIO(reply.file[1]), reply.file[0])] if reply.file else []
        if interaction.response.is_done():
            if reply.page is None:
                await patiently(lambda: interaction.followup.send(**arguments, ephemeral=True))
            else:
                await patiently(lambda: interaction.edit_original_response(**arguments, attachments=files))
        elif reply.edit and interaction.type is discord.InteractionType.component:
            await patiently(lambda: interaction.response.edit_message(**arguments))
        else:
            await patiently(lambda: interaction.response.send_message(**arguments, files=files, ephemeral=True))

    async def allowed(self, interaction: discord.Interaction) -> bool:
        """Whether somebody may do one more thing now; if not, they are told."""
        if self.worker.desk.allowed(asker_of(interaction)) is Verdict.ALLOWED:
            return True
        await self._show(interaction, said(SLOW_DOWN))
        return False

    async def do(self, interaction: discord.Interaction, name: str, given: Mapping[str, str]) -> None:
        """One of ACTIONS that needs no file."""
        if not await self.allowed(interaction):
            return
        await self.run(interaction, self._do(interaction, name, given))

    def _do(self, interaction: discord.Interaction, name: str, given: Mapping[str, str], upload: Upload | None = None) -> Work:
        asker = asker_of(interaction)
        return lambda progress: self.administration.do(asker, name, given, upload, progress)

    async def load(self, interaction: discord.Interaction, file: discord.Attachment, pack: str, section: str) -> None:
        """`/admin load` with a file."""
        if not await self.allowed(interaction):
            return
        refused = self.worker.gate.refusal(asker_of(interaction), "/admin load")
        refused = refused or self.administration.previews.too_large(file.filename, file.size)
        if refused is not None:
            await self._show(interaction, refused)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        with self.busy.answering():
            try:
                upload = Upload(file.filename, await patiently(file.read))
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                await apologise(interaction, error)
                return
        await self.run(interaction, self._do(interaction, "load", {"pack": pack, "section": section}, upload))

    async def press(self, interaction: discord.Interaction, data: str) -> None:
        """A button of an admin's message; the choice of a kind of fact opens its form."""
        asker = asker_of(interaction)
        kind = self.worker.gate.kind_chosen(asker, data)
        if kind:
            await interaction.response.send_modal(FactForm(self, kind, {}, form(kind)[:FORM_FIELDS]))
            return
        await self.run(interaction, lambda progress: self.administration.press(asker, data, progress))

    async def add(self, interaction: discord.Interaction, kind: str, typed: Mapping[str, str]) -> None:
        """One fact by its options; long texts that were left out are asked for in a form."""
        if not await self.allowed(interaction):
            return
        asker = asker_of(interaction)
        missing = [one for one in form(kind) if one.name in LONG and one.name not in typed]
        if any(one.required for one in missing) and self.worker.gate.may(asker):
            await interaction.response.send_modal(FactForm(self, kind, typed, tuple(missing)))
            return
        await self.run(interaction, lambda progress: self.administration.add(asker, kind, typed))

    async def choices(
        self, interaction: discord.Interaction, kind: str, name: str, typed: str
    ) -> list[app_commands.Choice[str]]:
        """What may be chosen for a field of a form."""
        field = next(one for one in form(kind) if one.name == name)
        may = self.worker.gate.may(asker_of(interaction))
        found = await self.worker.run(self.worker.filler.choices, field, typed) if may else []
        return [
            app_commands.Choice(name=clipped(one.label, CHOICE), value=one.value)
            for one in found[:CHOICES]
            if len(one.value) <= CHOICE
        ]


class FactForm(discord.ui.Modal):
    """A form for some fields of one fact; the others were given already."""

    def __init__(
        self, administering: Administering, kind: str, given: Mapping[str, str], fields: tuple[FormField, ...]
    ) -> None:
        super().__init__(title=clipped(f"Add one fact: {kind}", TITLE), timeout=900)
        self._administering = administering
        self._kind = kind
        self._given = dict(given)
        self._inputs: dict[str, discord.ui.TextInput[Any]] = {}
        for one in fields[:FORM_FIELDS]:
            style = discord.TextStyle.paragraph if one.name in LONG else discord.TextStyle.short
            found: discord.ui.TextInput[Any] = discord.ui.TextInput(
                label=clipped(one.name.capitalize(), LABEL),
                placeholder=clipped((one.choices and " | ".join(one.choices)) or one.prompt, 100),
                required=one.required,
                style=style,
                max_length=4_000 if one.name in LONG else 1_000,
                custom_id=one.name,
            )
            self._inputs[one.name] = found
            self.add_item(found)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """The form was sent."""
        typed = {**self._given, **{name: one.value for name, one in self._inputs.items() if one.value}}
        asker = asker_of(interaction)
        work = self._administering
        await work.run(interaction, lambda progress: work.administration.add(asker, self._kind, typed))

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:  # type: ignore[override]
        """Tells that something failed."""
        await apologise(interaction, error)


class LoadForm(discord.ui.Modal):
    """A form to upload a file with."""

    file: discord.ui.Label[Any] = discord.ui.Label(
        text="The file", description="YAML, JSON or CSV", component=discord.ui.FileUpload(custom_id="file", max_values=1)
    )
    pack: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Pack (CSV only)", required=False, max_length=80)
    section: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Section (CSV only)", required=False, max_length=80)

    def __init__(self, administering: Administering) -> None:
        super().__init__(title="Load facts", timeout=900)
        self._administering = administering

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """The form was sent."""
        upload = self.file.component
        assert isinstance(upload, discord.ui.FileUpload)
        await self._administering.load(interaction, upload.values[0], self.pack.value, self.section.value)

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:  # type: ignore[override]
        """Tells that something failed."""
        await apologise(interaction, error)


def asker_of(interaction: discord.Interaction) -> Asker:
    """Who acts; what admins see is private."""
    user = interaction.user
    return Asker("discord", str(interaction.channel_id), str(user.id), private=True, name=user.display_name[:60])


def group(work: Administering) -> app_commands.Group:
    """`/admin` with its sub-commands. Discord shows it to administrators; who may is checked at each action."""
    found = app_commands.Group(
        name="admin",
        description="Look after the facts (admins of the bot only)",
        default_permissions=discord.Permissions(administrator=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    about = {one.name: one.description for one in ACTIONS}

    @found.command(name="load", description=about["load"])
    @app_commands.describe(
        file="The file; without it a form opens", pack="The pack (CSV only)", section="The section (CSV only)"
    )
    async def load(
        interaction: discord.Interaction, file: discord.Attachment | None = None, pack: str = "", section: str = ""
    ) -> None:
        if file is not None:
            await work.load(interaction, file, pack, section)
        elif work.worker.gate.may(asker_of(interaction)):
            await interaction.response.send_modal(LoadForm(work))
        else:
            await work.do(interaction, "load", {})

    @found.command(name="retract", description=about["retract"])
    @app_commands.describe(fact="Its key, or what it says", reason="Why it is taken back")
    async def retract(interaction: discord.Interaction, fact: str, reason: str) -> None:
        await work.do(interaction, "retract", {"fact": fact, "reason": reason})

    @found.command(name="show", description=about["show"])
    @app_commands.describe(number="The number of the load")
    async def show(interaction: discord.Interaction, number: int) -> None:
        await work.do(interaction, "show", {"number": str(number)})

    @found.command(name="undo", description=about["undo"])
    @app_commands.describe(number="The number of the load")
    async def undo(interaction: discord.Interaction, number: int) -> None:
        await work.do(interaction, "undo", {"number": str(number)})

    @found.command(name="export", description=about["export"])
    @app_commands.describe(pack="The pack; needed when there are several", form="The form of the file")
    @app_commands.rename(form="format")
    @app_commands.choices(form=[app_commands.Choice(name=one, value=one) for one in FORMATS])
    async def export(interaction: discord.Interaction, pack: str = "", form: str = "yaml") -> None:
        await work.do(interaction, "export", {"pack": pack, "format": form})

    @found.command(name="grant", description=about["grant"])
    @app_commands.describe(user="Who may change facts from now on")
    async def grant(interaction: discord.Interaction, user: discord.User) -> None:
        await work.do(interaction, "grant", {"person": str(user.id), "name": user.display_name})

    @found.command(name="revoke", description=about["revoke"])
    @app_commands.describe(user="Who may no longer change facts")
    async def revoke(interaction: discord.Interaction, user: discord.User) -> None:
        await work.do(interaction, "revoke", {"person": str(user.id)})

    for name in ("history", "gaps", "list", "backup"):
        found.add_command(_plain(work, name, about[name]))
    adding = app_commands.Group(name="add", description=about["add"], parent=found)
    for kind in SECTION_OF_FORM:
        adding.add_command(_adding(work, kind))
    return found


def _plain(work: Administering, name: str, description: str) -> app_commands.Command[Any, Any, Any]:
    async def callback(interaction: discord.Interaction) -> None:
        await work.do(interaction, name, {})

    return app_commands.Command(name=name, description=description, callback=callback)


def _adding(work: Administering, kind: str) -> app_commands.Command[Any, Any, Any]:
    from adapters.discord.commands import slash

    async def run(interaction: discord.Interaction, typed: dict[str, str]) -> None:
        await work.add(interaction, kind, typed)

    fields = form(kind)
    options = [(one.name, one.prompt, one.required and one.name not in LONG) for one in fields]
    found = slash(kind, f"Add one fact: {kind}", options, run)
    for one in fields:
        if one.choices or one.field.ref:
            found.autocomplete(one.name)(_completing(work, kind, one.name))
    return found


def _completing(work: Administering, kind: str, name: str) -> Any:
    async def complete(interaction: discord.Interaction, typed: str) -> Choices:
        return await work.choices(interaction, kind, name, typed)

    return complete
