"""What is known: facts with their sources, the store that holds them, the packs they travel in."""
