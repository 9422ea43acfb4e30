"""What the bot must remember that is no fact, and the only SQL over it."""

from bot.state.sqlite import Admin, Gap, GapKind, Record, State, StateUnusable

__all__ = ["Admin", "Gap", "GapKind", "Record", "State", "StateUnusable"]
