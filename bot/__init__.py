"""How words become an answer; knows no platform."""
