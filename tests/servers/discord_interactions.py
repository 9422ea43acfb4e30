"""What people do with a bot's commands, buttons and modals on the bridge."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from simcord.backend import serializers
from simcord.backend.command_access import command_access
from simcord.backend.models import Channel, User
from simcord.enums import OptionType
from simcord.interactions import base_payload, validate_option_value

from tests.servers.discord_chat import ChatBridge, Place
from tests.servers.discord_handles import DEFERRED, DEFERRED_UPDATE, LOADING, MESSAGE, MODAL, UPDATE, Handle
from tests.servers.discord_payloads import (
    AUTOCOMPLETE,
    CHAT_INPUT,
    COMMAND,
    COMPONENT,
    MESSAGE_MENU,
    SUBMIT,
    USER_MENU,
    NotOffered,
    component_data,
    modal_data,
    slash_data,
)
from tests.servers.process import PATIENCE

JSON = dict[str, Any]
PRIVATE_CHANNEL = 2


class InteractionBridge(ChatBridge):
    """Commands, autocomplete, menus, buttons and modals."""

    def commands(self) -> list[JSON]:
        """The global commands of the bot, as the API keeps them."""
        with self.changed:
            return copy.deepcopy(list(self.backend.commands.get(None, {}).values()))

    def wait_commands(self, timeout: float = PATIENCE) -> list[JSON]:
        """Wait for the first registration of commands."""
        self.wait_for(lambda: self.sync_count or None, timeout, lambda: "PUT of the commands")
        return self.commands()

    def offered(self, user: User, channel: Place = None, kind: int = CHAT_INPUT) -> list[str]:
        """The names of the commands a client would show to a user in a channel."""
        with self.changed:
            where = self._place(channel)
            return [
                c["name"]
                for c in self.backend.commands.get(None, {}).values()
                if c["type"] == kind and self._access(c, user, where)
            ]

    def slash(
        self,
        name: str,
        options: Mapping[str, Any] | list[JSON] | None = None,
        user: User | None = None,
        channel: Place = None,
        *,
        user_install: bool = False,
        forced: bool = False,
        locale: str = "en-US",
    ) -> Handle:
        """Give a command (`"load"`, `"admin load"`); a file is (name, bytes), a list of options goes as it is.

        With `user_install` and no channel it happens in a server without the bot; `forced` sends it even if
        a client would not show the command there.
        """
        return self._command(COMMAND, name, options or {}, user, channel, user_install, forced, locale, None)

    def autocomplete(
        self,
        name: str,
        options: Mapping[str, Any],
        focused: str,
        user: User | None = None,
        channel: Place = None,
        *,
        locale: str = "en-US",
        timeout: float = PATIENCE,
    ) -> list[JSON]:
        """Type into the focused option; the choices the bot offers."""
        return self._command(AUTOCOMPLETE, name, options, user, channel, False, False, locale, focused).choices(timeout)

    def context_menu(
        self,
        name: str,
        target: JSON | User,
        user: User | None = None,
        channel: Place = None,
        *,
        forced: bool = False,
        locale: str = "en-US",
    ) -> Handle:
        """Choose a command from the menu of a message or of a user."""
        user = user or self.alice
        kind = USER_MENU if isinstance(target, User) else MESSAGE_MENU
        with self.changed:
            where = self._place(channel if isinstance(target, User) or channel else int(target["channel_id"]))
            command = self._offer(name, kind, user, where, forced)
            data: JSON = {"id": command["id"], "name": name, "type": kind, "resolved": {}}
            if isinstance(target, User):
                self._resolve_user(target, where, data["resolved"])
                data["target_id"] = str(target.id)
            else:
                stored = self.backend.get_message(int(target["channel_id"]), int(target["id"]))
                data["target_id"] = str(stored.id)
                data["resolved"]["messages"] = {str(stored.id): dict(serializers.message_payload(self.backend, stored))}
            return self._interact(COMMAND, data, user, where, locale, command)

    def press(
        self,
        message: JSON,
        custom_id: str,
        user: User | None = None,
        *,
        values: Sequence[str] | None = None,
        locale: str = "en-US",
    ) -> Handle:
        """Press a button (by custom_id or label) of a message, or choose values in a select menu."""
        user = user or self.alice
        with self.changed:
            stored = self.backend.get_message(int(message["channel_id"]), int(message["id"]))
            if not stored.visible_to(user.id):
                raise NotOffered(f"{user.name} does not see {message}")
            current = dict(serializers.message_payload(self.backend, stored))
            data = component_data(current, custom_id, values)
            return self._interact(COMPONENT, data, user, self._place(stored.channel_id), locale, source=current)

    def modal(
        self,
        custom_id: str,
        values: Mapping[str, Any],
        user: User | None = None,
        message: JSON | None = None,
        channel: Place = None,
        *,
        locale: str = "en-US",
    ) -> Handle:
        """Submit a modal: the last one of that custom_id the user was shown, or else text inputs of any kind."""
        user = user or self.alice
        with self.changed:
            for handle in reversed(self._handles.values()):
                shown = next((response["data"] for response in handle.responses if response["type"] == MODAL), None)
                if shown and shown["custom_id"] == custom_id and handle.user is user and message is None and channel is None:
                    return handle.submit(values)
            where = self._place(channel or (int(message["channel_id"]) if message else None))
            return self._submitted(custom_id, None, values, user, where, message, locale)

    def _command(
        self,
        kind: int,
        name: str,
        options: Mapping[str, Any] | list[JSON],
        user: User | None,
        channel: Place,
        user_install: bool,
        forced: bool,
        locale: str,
        focused: str | None,
    ) -> Handle:
        user = user or self.alice
        root, *path = name.split()
        with self.changed:
            where = self._place(channel or (self.foreign if user_install else None))
            command = self._offer(root, CHAT_INPUT, user, where, forced, user_install)
            resolved: JSON = {}
            data = slash_data(
                command, path, options, lambda opt, value: self._resolve(opt, value, where, user, resolved), focused
            )
            if resolved:
                data["resolved"] = resolved
            return self._interact(kind, data, user, where, locale, command, user_install=user_install)

    def _offer(self, name: str, kind: int, user: User, where: Channel, forced: bool, user_install: bool = False) -> JSON:
        command = self.look_for(lambda: self.backend.find_command(name, where.guild_id, type=kind), 10)
        if command is None:
            raise NotOffered(f"no command {name!r} among {[item['name'] for item in self.commands()]}")
        if not forced and not self._access(command, user, where, user_install):
            raise NotOffered(f"{name!r} is not shown to {user.name} in {where.name or 'this DM'}")
        return command

    def _access(self, command: JSON, user: User, where: Channel, user_install: bool = False) -> bool:
        installed = self.world.installed(where) and not user_install
        if int(not installed) not in (command.get("integration_types") or [0]):
            return False
        contexts = command.get("contexts")
        if where.id == self.private.id:
            return contexts is None or PRIVATE_CHANNEL in contexts
        return command_access(self.backend, command, user_id=user.id, channel_id=where.id).allowed

    def _resolve(self, option: JSON, value: Any, where: Channel, user: User, resolved: JSON) -> Any:
        kind = option["type"]
        if isinstance(value, User) and kind in (OptionType.USER, OptionType.MENTIONABLE):
            self._resolve_user(value, where, resolved)
        elif isinstance(value, Channel) and kind == OptionType.CHANNEL:
            payload = dict(serializers.channel_payload(self.backend, value))
            payload["permissions"] = str(self.backend.compute_permissions(int(value.guild_id or 0), user.id, value.id))
            resolved.setdefault("channels", {})[str(value.id)] = payload
        elif kind == OptionType.ATTACHMENT:
            return self._upload(where, resolved, *validate_option_value("/", option, value))
        else:
            return validate_option_value("/", option, value)
        return str(value.id)

    def _resolve_user(self, user: User, where: Channel, resolved: JSON) -> None:
        resolved.setdefault("users", {})[str(user.id)] = dict(serializers.user_payload(user))
        guild = self.backend.guilds.get(where.guild_id or 0)
        if guild is not None and user.id in guild.members:
            member = dict(serializers.member_payload(self.backend, guild, guild.members[user.id], with_user=False))
            member["permissions"] = str(self.backend.compute_permissions(guild.id, user.id, where.id))
            resolved.setdefault("members", {})[str(user.id)] = member

    def _upload(self, where: Channel, resolved: JSON, filename: str, content: bytes) -> str:
        stored = self.backend.cdn.store_attachment(self.backend.snowflake(), where.id, filename, content, None)
        resolved.setdefault("attachments", {})[stored["id"]] = stored
        return str(stored["id"])

    def _submitted(
        self,
        custom_id: str,
        shown: JSON | None,
        values: Mapping[str, Any],
        user: User,
        where: Channel,
        source: JSON | None,
        locale: str,
    ) -> Handle:
        with self.changed:
            resolved: JSON = {}
            data = modal_data(custom_id, shown, values, lambda name, content: self._upload(where, resolved, name, content))
            if resolved:
                data["resolved"] = resolved
            return self._interact(SUBMIT, data, user, where, locale, source=source)

    def _interact(
        self,
        kind: int,
        data: JSON,
        user: User,
        where: Channel,
        locale: str,
        command: JSON | None = None,
        source: JSON | None = None,
        user_install: bool = False,
    ) -> Handle:
        installed = self.world.installed(where) and not user_install
        record, payload = base_payload(
            self.backend, type=kind, channel_id=where.id, guild_id=where.guild_id, user_id=user.id, data=data
        )
        payload["locale"] = locale
        payload["authorizing_integration_owners"] = {"0": str(where.guild_id or 0)} if installed else {"1": str(user.id)}
        if where.guild_id is not None:
            payload["guild"] = {"id": str(where.guild_id), "locale": payload["guild_locale"], "features": []}
        elif where.id == self.private.id:
            payload["context"] = PRIVATE_CHANNEL
        if command is not None and command.get("guild_id"):
            data["guild_id"] = command["guild_id"]
        if source is not None:
            record.source_message_id = int(source["id"])
            payload["message"] = source
        handle = Handle(self, payload, user, self._results)

        def submit(values: Mapping[str, Any]) -> Handle:
            custom_id = handle.modal()["custom_id"]
            if record.modal_consumed:
                raise NotOffered("the modal has been submitted")
            submitted = self._submitted(custom_id, record.modal, values, user, where, source, locale)
            record.modal_consumed = True
            return submitted

        handle.submit = submit
        self._handles[record.token] = handle
        self.backend.emit("INTERACTION_CREATE", payload)
        return handle

    def _results(self, handle: Handle) -> list[JSON]:
        record = self.backend.interactions[int(handle.id)]
        stored = self.backend.messages[record.channel_id]
        kind = handle.responses[0]["type"] if handle.responses else None
        edited = any(call.path.endswith("/messages/@original") for call in handle.calls)
        original = kind in (MESSAGE, DEFERRED, UPDATE) or (kind == DEFERRED_UPDATE and edited)
        ids = [record.message_id] * original + record.followup_ids
        found = [stored[number] for number in ids if number in stored and not stored[number].flags & LOADING]
        return [copy.deepcopy(dict(serializers.message_payload(self.backend, message))) for message in found]
