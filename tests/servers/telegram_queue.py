"""The updates that wait for a bot, and how the bot wants them: by getUpdates, or at a webhook."""

from __future__ import annotations

import time
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from tests.servers import telegram_rules as rules
from tests.servers.telegram_html import Json

# Kinds of updates that a bot gets only when it names them.
_ON_DEMAND = ("chat_member", "message_reaction", "message_reaction_count")


class Queue:
    """Waiting updates and the webhook; whoever calls holds the server's lock."""

    def __init__(self) -> None:
        self.pending: list[Json] = []
        self.withheld: list[Json] = []
        self.allowed: list[str] = []
        self.webhook: Json = {}
        self.error: Json = {}
        self._ids = count(700_000_001)

    def number(self, update: Json) -> Json:
        """The update with the next id."""
        return {"update_id": next(self._ids), **update}

    def add(self, update: Json) -> int:
        """Puts an update into the queue unless the bot did not ask for its kind; returns its id."""
        update = self.number(update)
        kind = next(name for name in update if name != "update_id")
        wanted = kind in self.allowed if self.allowed else kind not in _ON_DEMAND
        (self.pending if wanted else self.withheld).append(update)
        return int(update["update_id"])

    def ask(self, params: Json) -> None:
        """Takes the parameters of a getUpdates call: what it confirms and the kinds it wants."""
        self._allow(params)
        if (offset := params.get("offset", 0)) < 0:
            self.pending = self.pending[offset:]
        self.pending = [update for update in self.pending if update["update_id"] >= offset]

    def batch(self, limit: int) -> list[Json]:
        """The next updates."""
        return self.pending[: max(1, min(limit, 100))]

    def pushed(self, update: Json) -> None:
        """Takes an update out that the webhook accepted."""
        self.error = {}
        self.pending = [waiting for waiting in self.pending if waiting is not update]

    def failed(self, text: str) -> None:
        """Remembers why the webhook did not accept an update."""
        self.error = {"last_error_date": int(time.time()), "last_error_message": text}

    def _allow(self, params: Json) -> None:
        """Takes the kinds of updates wanted; without the parameter they stay as they were."""
        self.allowed = params.get("allowed_updates", self.allowed)

    @property
    def path(self) -> str:
        """The path of the webhook's address."""
        return urlsplit(self.webhook["url"]).path or "/"

    def answer(self, method: str, params: Json) -> Any:
        """The result of a method about webhooks."""
        if method == "getWebhookInfo":
            known = {name: self.webhook[name] for name in ("url", "max_connections", "ip_address") if name in self.webhook}
            kinds = {"allowed_updates": self.allowed} if self.allowed else {}
            waiting = {"has_custom_certificate": False, "pending_update_count": len(self.pending)}
            return {"url": "", **waiting, **known, **kinds, **self.error}
        self._set(params if method == "setWebhook" and params.get("url") else {})
        if params.get("drop_pending_updates"):
            self.pending = []
        return True

    def _set(self, params: Json) -> None:
        """Sets the webhook, or takes it away."""
        if params:
            rules.check_webhook(params)
            self._allow(params)
        self.webhook, self.error = params, {}
