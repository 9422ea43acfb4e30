"""The parts of the administration (bot/administration.py is their door)."""
