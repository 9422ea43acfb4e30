"""An answer and its pages, and how things read in a sentence; no markup of any platform."""
