"""A fixed mix of questions about a made-up world: as many of each kind whatever its size."""

from __future__ import annotations

from random import Random

from tests.scale.made_up import World

_KINDS = (
    "who attended round {round} of the {talks}",
    "did {state} attend {talks} round {round}",
    "which rounds of the {talks} did {state} attend",
    "who led the {demonym} delegation at {talks} round {round}",
    "when was round {round} of the {talks}",
    "tell me about round {round} of the {talks}",
    "what did {person} say",
    "what did {person} say about {topic}",
    "what did {state} ask {other} at round {round} of the {talks}",
    "what did {state} say about {topic}",
    "what did {state} ask {other}",
    "what did {state} say about {other}",
    "who condemned {state}",
    "what was agreed in round {round} of the {talks}",
    "what was said about {topic}",
    "what was agreed about {topic}",
    "who is {person}",
    "who is {slip}",
    "{family}?",
    "who is {given}",
    "who speaks for {state}",
    "tell me about {state}",
    "how did {state}'s position on {topic} change",
    "timeline of {topic}",
    "sources for round {round} of the {talks}",
    "compare rounds {round} and 3 of the {talks}",
    "which rounds did {state} attend",
    "did Germany attend {talks} round {round}",
    "what is {state}'s GDP",
    "what is the capital of {stranger}",
    "who won the game last night",
)


def questions(world: World, each: int, seed: int = 3) -> list[str]:
    """`each` questions of every kind, about names from everywhere in the world."""
    random = Random(seed)
    found = []
    for kind in _KINDS:
        for _ in range(each):
            person = random.choice(world.persons)[1]
            given, family = person.split()
            state, other = random.sample(world.states, 2)
            at = random.randrange(2, len(family) - 1)
            found.append(
                kind.format(
                    round=random.randrange(1, 25),
                    talks=random.choice(world.talks)[1],
                    state=state,
                    other=other,
                    demonym=f"{random.choice(world.states)}ian",
                    person=person,
                    given=given,
                    family=family,
                    slip=f"{given} {family[:at]}{family[at + 1 :]}",
                    topic=random.choice(world.topics)[1],
                    stranger=f"{state[:3].capitalize()}quorvia",
                )
            )
    return found
