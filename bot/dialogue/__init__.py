"""Conversations: the door of questions, turns and what is kept of them, small talk."""
