"""Settings from the environment and a .env file; a wrong one stops the start with one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from platformdirs import user_data_path

from knowledge.packs import Limits

_OWNER = re.compile(r"(telegram|discord):(\d{1,20})")


class SettingError(Exception):
    """A setting that cannot be used; the text names it and says what was expected, never its value when that is secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose; the names in the environment stand in .env.example."""

    database: Path
    default_talks: str = "astana"
    telegram_token: str = field(default="", repr=False)
    discord_token: str = field(default="", repr=False)
    owners: tuple[tuple[str, int], ...] = ()
    telegram_api_url: str = ""
    discord_api_url: str = ""
    telegram_webhook_url: str = ""
    telegram_webhook_secret: str = field(default="", repr=False)
    telegram_webhook_listen: str = ""
    memory_minutes: float = 15.0
    question_length: int = 500
    user_limit: int = 10
    chat_limit: int = 30
    button_days: int = 7
    gap_days: int = 90
    flood_control: bool = True
    log_level: str = "INFO"
    log_channel: tuple[str, int] | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def state_file(self) -> Path:
        """What the bot remembers that is no fact, beside the facts."""
        return self.database.with_name(f"{self.database.stem}-state{self.database.suffix or '.db'}")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand in no log."""
        found = (self.telegram_token, self.telegram_token.partition(":")[2], self.discord_token, self.telegram_webhook_secret)
        return tuple(one for one in found if len(one) > 5)


def _number(values: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = values.get(name, "").strip()
    if not text:
        return default
    try:
        found = float(text)
    except ValueError:
        found = least - 1
    if not least <= found <= most:
        raise SettingError(f"{name} must be a number from {least:g} to {most:g}; “{text[:40]}” was found.")
    return found


def _address(values: Mapping[str, str], name: str, secure: bool = False) -> str:
    text = values.get(name, "").strip()
    pattern = r"https://\S+" if secure else r"https?://\S+"
    if text and not re.fullmatch(pattern, text):
        raise SettingError(f"{name} must be an address that starts with {'https://' if secure else 'http:// or https://'}.")
    return text.rstrip("/")


def _owners(values: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    found = []
    for part in re.split(r"[,\s]+", values.get("TALKS_OWNERS", "").strip()):
        if not part:
            continue
        match = _OWNER.fullmatch(part)
        if not match:
            raise SettingError(f"TALKS_OWNERS must read like telegram:123,discord:456; “{part[:40]}” was found.")
        found.append((match[1], int(match[2])))
    return tuple(found)


def _channel(values: Mapping[str, str]) -> tuple[str, int] | None:
    """(platform, number of the chat) that changes of the facts are told in."""
    text = values.get("TALKS_LOG", "").strip()
    match = re.fullmatch(r"(telegram|discord):(-?\d{1,20})", text)
    if text and not match:
        raise SettingError(f"TALKS_LOG must read like telegram:-1001234567890 or discord:123; “{text[:40]}” was found.")
    return (match[1], int(match[2])) if match else None


def _one_of(values: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words, whatever its case; the first when nothing is set."""
    text = values.get(name, "").strip()
    found = {one.lower(): one for one in allowed}.get(text.lower() or allowed[0].lower())
    if found is None:
        raise SettingError(f"{name} must be one of {', '.join(allowed)}; “{text[:40]}” was found.")
    return found


def _webhook(values: Mapping[str, str]) -> tuple[str, str, str]:
    """(public address, secret, where to listen), checked together."""
    address = _address(values, "TELEGRAM_WEBHOOK_URL", secure=True)
    secret = values.get("TELEGRAM_WEBHOOK_SECRET", "").strip()
    if address and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise SettingError(
            "TELEGRAM_WEBHOOK_SECRET must be set to 16 to 256 letters, digits, “_” or “-” when TELEGRAM_WEBHOOK_URL is set."
        )
    listen = values.get("TELEGRAM_WEBHOOK_LISTEN", "").strip()
    if listen and not re.fullmatch(r"[^\s:]+:\d{1,5}", listen):
        raise SettingError("TELEGRAM_WEBHOOK_LISTEN must read like 127.0.0.1:8443.")
    return address, secret, listen or "127.0.0.1:8443"


def read_settings(environment: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """The settings of an environment (by default the process's) over those of a .env file. Raises SettingError."""
    values: dict[str, str] = {}
    if env_file is not None and env_file.is_file():
        values |= {name: value or "" for name, value in dotenv_values(env_file).items()}
    values |= os.environ if environment is None else environment
    database = values.get("TALKS_DB", "").strip()
    path = Path(database).expanduser() if database else user_data_path("talks-bot") / "talks.db"
    if path.is_dir():
        raise SettingError(f"TALKS_DB must name a file; {path} is a folder.")
    webhook, secret, listen = _webhook(values)
    limits = Limits(
        max_bytes=int(_number(values, "TALKS_MAX_PACK_MB", 10, 0.001, 1_000) * 1_000_000),
        max_rows=int(_number(values, "TALKS_MAX_PACK_ROWS", 30_000, 1, 10_000_000)),
    )
    return Settings(
        database=path,
        default_talks=values.get("TALKS_DEFAULT", "").strip() or "astana",
        telegram_token=values.get("TELEGRAM_TOKEN", "").strip(),
        discord_token=values.get("DISCORD_TOKEN", "").strip(),
        owners=_owners(values),
        telegram_api_url=_address(values, "TELEGRAM_API_URL"),
        discord_api_url=_address(values, "DISCORD_API_URL"),
        telegram_webhook_url=webhook,
        telegram_webhook_secret=secret,
        telegram_webhook_listen=listen,
        memory_minutes=_number(values, "TALKS_MEMORY_MINUTES", 15, 0, 1_440),
        question_length=int(_number(values, "TALKS_QUESTION_LENGTH", 500, 20, 4_000)),
        user_limit=int(_number(values, "TALKS_USER_LIMIT", 10, 0, 10_000)),
        chat_limit=int(_number(values, "TALKS_CHAT_LIMIT", 30, 0, 10_000)),
        button_days=int(_number(values, "TALKS_BUTTON_DAYS", 7, 1, 3_650)),
        gap_days=int(_number(values, "TALKS_GAP_DAYS", 90, 0, 3_650)),
        flood_control=_one_of(values, "TALKS_FLOOD_CONTROL", ("on", "off")) == "on",
        log_channel=_channel(values),
        log_level=_one_of(values, "TALKS_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        limits=limits,
    )
