"""Thin: from a platform's event to the door, and from an Answer to the platform's message."""
