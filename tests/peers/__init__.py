"""Other ways to answer the same questions from the same facts, each built as well as it can be: `make bench-peers`."""
