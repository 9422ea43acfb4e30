"""Telegram: from its updates to the desk, and from a Reply to its messages."""
