"""From text to a Question, and why it was read so."""
