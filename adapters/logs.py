"""The log: one line an event on stderr, in which no token or secret ever stands."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence

HIDDEN = "[secret]"
# Discord's interactions have tokens of their own, good for 15 minutes.
_INTERACTION = re.compile(r"""(/webhooks/\d+/|/interactions/\d+/|["']token["']: ["'])[^/\s"']+""")
# What these say at INFO is each request with its address, and the token is part of Telegram's.
_TALKATIVE = ("httpx", "httpcore", "telegram", "apscheduler", "discord", "asyncio", "hpack")


class Redacting(logging.Formatter):
    """Formats records, tracebacks included, and takes the secrets out."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        text = super().format(record)
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return _INTERACTION.sub(rf"\1{HIDDEN}", text)


def set_up(level: str, secrets: Sequence[str]) -> None:
    """Logs to stderr at a level; libraries that log each request do so at DEBUG alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(level if level == "DEBUG" else max(logging.WARNING, root.level))

    def uncaught(kind: type[BaseException], error: BaseException, trace: object) -> None:
        logging.getLogger("talks").critical("ended by an error", exc_info=error)

    sys.excepthook = uncaught
