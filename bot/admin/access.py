"""Who may change facts: owners of the setting, and who they granted it to. Denied by default; each refusal is recorded."""

from __future__ import annotations

import logging
import re

from bot.admin.context import who
from bot.chat.desk import Asker, Reply, line
from bot.settings import Settings
from bot.state import State

NO_ADMIN = "Only admins of this bot may do that. Its owners can grant it to you: you are {}."
NO_OWNER = "Only the owners of this bot (setting TALKS_OWNERS) may do that; you are {}."
ANONYMOUS = "You write as the group, not as yourself, so I cannot know who you are. Turn off “Remain anonymous” to do that."
BUTTON = re.compile(r"A([a-z])([\w-]{11})(?::(\d{1,5}))?")
log = logging.getLogger(__name__)


class Access:
    """Says who may: platforms ask before they acknowledge, and never wait for a load to do so."""

    def __init__(self, settings: Settings, state: State) -> None:
        self.settings = settings
        self.state = state

    def is_owner(self, asker: Asker) -> bool:
        """Whether somebody stands in TALKS_OWNERS."""
        return any(platform == asker.platform and str(number) == asker.user for platform, number in self.settings.owners)

    def may(self, asker: Asker) -> bool:
        """Whether somebody may change facts."""
        return self.is_owner(asker) or self.state.is_admin(asker.platform, asker.user)

    def refusal(self, asker: Asker, action: str, owners: bool = False) -> Reply | None:
        """Why somebody may not do something, which is recorded; None when they may."""
        if self.is_owner(asker) if owners else self.may(asker):
            return None
        self.state.record(who(asker), asker.place, action, refused=True)
        log.info("refused: %s by %s in %s", action, who(asker), asker.place)
        if asker.user.startswith("-"):
            return line(ANONYMOUS)
        return line((NO_OWNER if owners else NO_ADMIN).format(f"{asker.platform}:{asker.user}"))

    def kind_chosen(self, asker: Asker, data: str) -> str:
        """The kind of fact that a button chooses, for platforms that show a form for it; "" when it is another button."""
        match = BUTTON.fullmatch(data)
        record = self.state.kept(match[2]) if match and match[1] == "d" and self.may(asker) else None
        kinds = record.body.get("kinds", []) if record and record.person == self.state.alias(asker.person) else []
        return str(kinds[int(match[3])]) if match and match[3] and int(match[3]) < len(kinds) else ""
