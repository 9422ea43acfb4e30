"""Small talk: greetings, thanks, help, and the words that turn pages. Whole messages only, never parts of a question."""

from __future__ import annotations

from functools import cache

from rapidfuzz import fuzz, process

from bot.answers import Answer
from bot.intents.base import Look
from bot.understanding.vocabulary import closeness
from knowledge.text import norm

FORMS = {
    "greeting": "hi, hello, hey, hiya, yo, good morning, good evening, good afternoon, good day, greetings, salam, salaam, marhaba, merhaba, privet, hi there, hello there, hey there, hi bot, hello bot, hey bot, whats up, sup, how are you, how are you doing, how is it going, hows it going, hello everyone, hi all, howdy, nice to meet you, hello again, hi again, long time no see, assalamu alaikum, salam alaikum",
    "thanks": "thanks, thank you, thx, ty, tnx, cheers, many thanks, thank you very much, thanks a lot, thank you so much, much appreciated, thanks bot, thank you bot, great thanks, ok thanks, okay thanks, great, perfect, nice, cool, awesome, good bot, well done, thanks for the help, thanks for your help, thank u, thanks so much, appreciate it, i appreciate it, thanks that helps, that helps, ok thank you, wonderful, excellent, good job, great job, helpful, very helpful, got it thanks, merci, shukran, spasibo, tesekkurler",
    "bye": "bye, goodbye, good bye, see you, see you later, good night, farewell, cu, later, see ya, bye bye, have a nice day, ciao, talk to you later",
    "help": "help, help me, what can you do, what can i ask, what can i ask you, how do you work, how does this work, what do you know, usage, commands, menu, options, how do i use this, how do i use you, what are you, who are you, what is this, what is this bot, what questions can i ask, what can you tell me, what can you answer, start, instructions, examples, show me examples, what else can you do, how can you help, how can you help me, what are your capabilities, what do you do, can you help me, can you help, i need help, how to use, how to ask, what should i ask, what kind of questions can i ask, tell me about yourself, introduce yourself, what topics do you know, what do you know about, give me examples, are you a bot, are you human, are you a robot, are you ai, what is your name, whats your name, your name, who made you, who created you, what is your purpose",
    "more": "more, next, next page, show more, more please, continue, go on, the rest, show me more, further, keep going, and more, more results, next please, give me more, and the rest, show the rest, tell me more, see more",
    "sources": "source, sources, what is your source, what are your sources, whats your source, what is the source, what are the sources, where is that from, where is this from, how do you know, how do you know that, says who, who says so, who says that, where did you get that, where did you get this, source please, sources please, any source, any sources, what is that based on, citation, citations, citation needed, reference, references, evidence, proof, show sources, show me the sources, what is the source of that, where does that come from, where does this come from, according to whom, according to who, give me the sources, show me your sources, is there a source, do you have a source, can you cite that, links, where from, and the source, and the sources, and sources, and your source, whats the source, source for that, sources for that",
    "no": "no, nope, nevermind, never mind, forget it, cancel, stop, reset",
    "yes": "yes, yep, yeah, sure, ok, okay, k, fine, alright, right, i see, understood, got it, ah ok, oh ok, hm, hmm, lol, haha, wow, interesting",
}
_EXACT = {norm(form): kind for kind, forms in FORMS.items() for form in forms.split(",")}
_LONG = [form for form in _EXACT if len(form) > 5]
_SHORT = ("help", "hello", "thanks", "more", "sources")
_POLITE = frozenset("please pls plz bot the".split())
EXAMPLES = ("who attended the latest round", "what did the opposition ask Russia", "what was agreed about Idlib")


def small_talk(text: str) -> str:
    """The kind of small talk that a whole message is ("greeting", "more" …), or ""."""
    form = " ".join(word for word in norm(text).split() if word not in _POLITE) or norm(text)
    if form in _EXACT:
        return _EXACT[form]
    if 3 <= len(form) <= 7 and form.isalpha():
        near = max(_SHORT, key=lambda known: closeness(form, known))
        if closeness(form, near) >= 0.75:
            return _EXACT[near]
    if len(form) > 5:
        best = process.extractOne(form, _LONG, scorer=fuzz.ratio, score_cutoff=90)
        if best and len(best[0].split()) == len(form.split()):
            return _EXACT[best[0]]
    return ""


def talk(kind: str, look: Look) -> Answer:
    """What the bot says to small talk."""
    about = _about(look)
    texts = {
        "greeting": f"Hello! Ask me about {about}.",
        "thanks": "You're welcome.",
        "bye": "Goodbye!",
        "no": "All right.",
        "yes": f"Ask away: I know {about}.",
        "help": (
            f"I answer questions about {about} from recorded facts, each line with its source; where nothing is recorded I say so.\n"
            "Ask who attended a round, who said, asked, agreed or rejected what, when and where rounds were, who somebody is, "
            "and follow up with “and Turkey?”, “when was that?”, “more” or “sources?”."
        ),
    }
    return Answer("chat", texts[kind], kind, suggestions=_examples(look) if kind != "bye" else ())


def off_topic(look: Look, unknown: tuple[str, ...] = ()) -> Answer:
    """The end for what has nothing to do with the talks: one line, with examples."""
    why = f"I have nothing on {', '.join(f'“{word}”' for word in unknown[:3])}. " if unknown else ""
    return Answer("off_topic", f"{why}I only know about {_about(look)}.", "off_topic", suggestions=_examples(look))


@cache
def _names(names: tuple[str, ...]) -> str:
    return " and ".join(f"the {name}" for name in names)


def _about(look: Look) -> str:
    return _names(tuple(talks.name for talks in look.talks.values())) or "talks, once facts are loaded"


def _examples(look: Look) -> tuple[str, ...]:
    return EXAMPLES if look.default == "astana" else ("how many rounds have there been", "who attended the latest round")
