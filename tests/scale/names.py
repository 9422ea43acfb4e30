"""Made-up names that can be spoken: of persons, states, cities, groups; many share words, as real ones do."""

from __future__ import annotations

from random import Random

_ONSETS = "b d f g h k l m n p r s t v z br dr gr kh kr sh st tr zh dz ts".split()
_VOWELS = "a e i o u a a e ai ei ou".split()
_CODAS = ("", "", "", "n", "r", "s", "l", "m", "k", "t", "nd", "rt", "sh")
_TURNS = (("i", "y"), ("v", "w"), ("k", "q"), ("ou", "u"), ("s", "ss"), ("ei", "ey"))


class Names:
    """Makes names; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.used: set[str] = set()

    def word(self, syllables: int) -> str:
        """A new word with a capital."""
        while True:
            parts = [self.random.choice(_ONSETS) + self.random.choice(_VOWELS) for _ in range(syllables)]
            word = ("".join(parts) + self.random.choice(_CODAS)).capitalize()
            if len(word) > 4 and word not in self.used:
                self.used.add(word)
                return word

    def words(self, count: int, syllables: int) -> list[str]:
        """So many new words."""
        return [self.word(syllables) for _ in range(count)]

    def common(self, words: list[str]) -> str:
        """One of the words; the first ones are far more common, as with real names."""
        if self.random.random() < 0.5:
            return self.random.choice(words)
        return words[min(int(self.random.paretovariate(0.7)) - 1, len(words) - 1)]

    def spelling(self, name: str) -> str:
        """Another way to write a name in Latin letters, or the same when there is none."""
        for old, new in self.random.sample(_TURNS, len(_TURNS)):
            if old in name[1:]:
                return name[0] + name[1:].replace(old, new, 1)
        return name
