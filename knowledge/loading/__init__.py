"""How facts get in: plans, their application and undoing, single facts by hand, what is warned of."""
