"""What admins do: load, add, take back, look back; denied by default, checked at the moment of each action."""
