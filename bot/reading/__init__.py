"""From text to a Question."""
