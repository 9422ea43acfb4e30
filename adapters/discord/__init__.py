"""Discord: from its events to the desk, and from a Reply to its messages."""
