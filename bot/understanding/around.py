"""What stands around a question and asks for nothing: greetings, reasons, "may I ask", "didn't it?"; and the shorthand of chats."""

from __future__ import annotations

import re

_SHORTHAND = {
    "ppl": "people",
    "n": "and",
    "w": "with",
    "dat": "that",
    "wat": "what",
    "wut": "what",
    "whats": "what is",
    "wen": "when",
    "wher": "where",
    "abt": "about",
    "btwn": "between",
    "govt": "government",
    "gov": "government",
    "opp": "opposition",
    "oppo": "opposition",
    "dels": "delegations",
    "mtg": "meeting",
    "stmt": "statement",
    "stmts": "statements",
    "amb": "ambassador",
    "smth": "something",
    "rnd": "round",
    "rnds": "rounds",
    "rds": "rounds",
    "pax": "people",
    "bw": "between",
    "thru": "through",
    "sbdy": "somebody",
    "somth": "something",
    "reps": "representatives",
    "approx": "approximately",
    "intl": "international",
    "nd": "and",
    "gimme": "give me",
    "lemme": "let me",
    "wanna": "want to",
    "gonna": "going to",
    "repped": "represented",
    "whos": "who is",
    "whens": "when is",
    "wheres": "where is",
}
_SHORT = re.compile(rf"(?<![\w'’.-])({'|'.join(_SHORTHAND)})(?![\w'’-])", re.IGNORECASE)
_NUMBERED = re.compile(r"#\s?(?=\d{1,3}\b)")
_R_NUMBER = re.compile(r"\b(r|rd)\s?[.#]\s?(?=\d{1,3}\b)", re.IGNORECASE)
_RIGHT = re.compile(r"\b(?:right|just|directly|immediately|straight|shortly) (?=(?:after|before)\b)", re.IGNORECASE)
_AT = re.compile(r"(?<=\s)@(?=\s)")

_FOR_WHAT = (
    r"(?:class|thesis|paper|article|piece|story|report|essay|homework|research|dissertation|exam|seminar|podcast|blog|project|"
    r"presentation|notes|book|footnote|tweet|caption|thread|post|newsletter|graphic|timeline|quiz|bet|colleague|friend|student|students|readers|editor|deadline|record|reference|context|assignment|study)"
)
_PURPOSE = rf"(?:it['’]?s |this is |this one is )?for (?:a|an|my|the|our|this|some)?\s?(?:\w+ ){{0,2}}{_FOR_WHAT}"
_WHO = (
    r"(?:editor|friend|colleague|teacher|professor|boss|flatmate|brother|sister|cousin|uncle|dad|mum|mom|mate|guy|student|tutor|"
    r"supervisor|producer|reader|neighbour|classmate|roommate|girlfriend|boyfriend|wife|husband|reporter|journalist)"
)
_HEADS = (
    r"(?:hey|hi|hello|yo|hiya|heya|ok|okay|so|well|oh|ah|aha|um|hm+|wait|sorry|apologies|excuse me|pardon(?: me)?|"
    r"good (?:morning|evening|afternoon|day)|dear (?:bot|friend|all|sir|madam|colleagues?|team)|greetings|"
    r"(?:another |one more |a |one |just a |just one )?(?:quick|short|small|silly|dumb|stupid|basic|simple)? ?(?:q|question|query|one)|"
    r"one more(?: thing)?|one last (?:thing|question)|last question|next(?: one| question| up)?|my bad|btw|by the way|"
    r"just (?:wondering|curious|checking|asking)|out of (?:\w+ )?curiosity|curious|on deadline|in a hurry|settle (?:a|this) bet|"
    r"(?:pls |please )?help(?: me)?(?: out)?(?: here)?(?: please| pls)?|pray|sorry to (?:bother|ask|trouble|disturb)(?: you)?|"
    r"thanks|thank you|great|perfect|cool|nice|got it|right|alright|lol|haha|hmm|anyway|admin|mods|guys|folks|everyone|all|"
    rf"fact check|fact-check|reminder|for the record|for context|{_PURPOSE}|(?:i['’]?m|i am) (?:back|here)(?: again)?)"
)
_HEAD = re.compile(
    rf"^\s*(?:@\w+\s+)?(?:{_HEADS}\s*(?:[,:;.!–—…-]+\s*(?:but\s+|and so\s+|so\s+)?|\s+but\s+)|"
    r"(?:someone|somebody|anyone|anybody|please|pls) (?:please |pls )?(?:check|confirm|tell me|remind me|verify|look up)[:,]?\s+|"
    r"(?:we were|i was|i['’]ve been|we['’]ve been) told(?: that)?\s+|(?:i|we) (?:heard|read|saw|think|thought|believe|guess|assume)"
    r"(?: somewhere| once)?(?: that)?\s+|(?:k|wait|oh|ooh|ah|um|lol|sorry|but|hiya|hey|hmm+|pray|kindly|right|bro|mate|dude)\s+|"
    rf"(?:my|a|an|the|our|some) (?:\w+ )?{_WHO} (?:says?|said|claims?|claimed|thinks?|insists?|swears?|believes?|tells? me|told me|"
    r"reckons?|asks?|asked|asked me|wants to know|would like to know)(?: that| if| whether)?\s+)(?=\S)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:^|[\s,;:.!?–—-]+)(?:"
    r"right|correct|sorry|though|then|yes|yeah|yea|eh|huh|innit|or not|or nah|or no|or what|yes (?:or )?no|yes/no|y\s?/\s?n|y or n|"
    r"true or false|true/false|t/f|(?:is that|am i|isn['’]?t that) (?:right|correct|true|so)|"
    r"if (?:i may|i might|one may|you please|you can|you could|you know|possible|you['’]?d be so (?:kind|good))(?: (?:ask|be so bold))?|"
    r"if you (?:would|could)(?: please)?(?: be so (?:kind|good))?|if you do ?n['’]?o?t mind(?: me asking)?|if it['’]?s not too much trouble|"
    r"(?:may|might|can|could) (?:i|one|we) (?:ask|enquire|inquire|know)|do you (?:know|happen to know|recall|remember)|any (?:idea|ideas|clue|clues|thoughts)|"
    r"(?:can|could|would|will|might|do|does) (?:you|u|someone|somebody|anyone|anybody|one)(?: (?:please|kindly|say|tell|help|remind|know|check|confirm|explain|list|show|remember|recall|be so kind))*"
    r"(?: (?:me|us|it|that|to me|them))?(?: please)?|"
    r"any(?:one|body)(?: (?:know|knows|remember|remembers))?|some(?:one|body)|you know|tell me|pls|plz|please|kindly|thx|ty|"
    r"thanks(?: (?:a lot|so much|in advance|a million|bot|all|everyone|mate))*|thank you(?: (?:so much|very much|in advance|kindly))*|cheers|"
    r"many thanks|lol|lmao|haha+|tl;?\s?dr|asap|urgent(?:ly)?|quickly|i forgot|i forget|i (?:can['’]?t|cannot) (?:remember|recall)|i wonder|"
    r"i(?: would|['’]d)? (?:really )?(?:need|want|like)(?: to have| to know| to see)? (?:it|this|that|all of (?:them|it)|them all|the (?:full )?list|them|everything)"
    r"(?: all)?(?: please)?|need (?:it|this|that)(?: asap| now| today| urgently)?|"
    r"(?:i )?need (?:it|this|that) (?:for|by) [^?!.;,]{1,40}|"
    rf"(?:(?:i['’]?m )?asking )?{_PURPOSE}|anyway|though|tho|or so|roughly|more or less|all told|so far as (?:is|was) recorded|so far|"
    r"asking for (?:a|my) \w+|just (?:asking|checking|curious|wondering|to be sure|making sure)|it['’]?s for (?:a|my|the) \w+|"
    r"back to you|over|if not\b[^?!.;,]{0,30}|again|\^+|[:;][-']?[)(DPp]|xd"
    r")[\s?!.,)]*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",\s*(?:if you (?:would|could|please)|(?:may|might|can) (?:i|one|we) (?:ask|enquire|inquire)|pray|please|pls|if (?:you know|known|any|recorded)|by the way|btw|"
    r"if not [^,]{1,30}|exactly|precisely|then|so far as (?:is|was) (?:recorded|known)|as far as (?:you know|is recorded)|again|in fact|actually),\s*",
    re.IGNORECASE,
)
_TAG = re.compile(
    r",\s*(?P<verb>is|was|are|were|do|does|did|has|have|had|would|could|should|wo|ca)(?P<negated>n['’]?t| not)?\s+"
    r"(?:it|he|she|they|you|there|we|i)(?: not)?\s*[?!.]*\s*$",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"(?<=\w)n['’]?t\b|\s+not\b|\s+never\b", re.IGNORECASE)
_PARTS = re.compile(r"(?<=[.!?;:])\s+|\s+[-–—]+\s+|\n+")
_ASKING = re.compile(
    r"^\W*(?:and |but |so |then )?(?:at |in |to |by |from |on |under |for |with |of )?"
    r"(?:who|whom|whose|who's|what|what's|which|when|when's|where|where's|why|how|did|does|do|was|were|is|are|has|have|had|"
    r"can|could|would|will|name|list|tell|show|give)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:i|i['’]m|i['’]ve|i['’]d|im|ive|my|we|we['’]re|our|me|us|saw|heard|read|writing)\b", re.IGNORECASE
)


def plain(text: str) -> str:
    """`text` without what asks for nothing before and after the question, and without a chat's shorthand."""
    text = _RIGHT.sub("", text)
    text = _AT.sub("at", _R_NUMBER.sub("round ", _NUMBERED.sub("round ", text)))
    text = _ASIDE.sub(" ", _untagged(text))
    for pattern in (_TAIL, _HEAD):
        while (shorter := pattern.sub("", text)) != text and len(shorter.split()) > 1:
            text = shorter
    return _SHORT.sub(lambda match: _SHORTHAND[match[0].lower()], text)


def _untagged(text: str) -> str:
    """ "Jordan was there, wasn't it?" and "they weren't there, were they?" ask whether Jordan, whether they were there."""
    tag = _TAG.search(text)
    if tag is None or not text[: tag.start()].strip():
        return text
    said = text[: tag.start()]
    return said if tag["negated"] else _NEGATION.sub("", said)


def parted(text: str) -> tuple[list[str], str] | None:
    """(what is told, the one question) of a text in which sentences of the first person stand before or after a question."""
    parts = [part for part in map(str.strip, _PARTS.split(text)) if re.search(r"\w", part)]
    if not 1 < len(parts) < 6:
        return None
    asked = [part for part in parts if part.endswith("?") or _ASKING.match(part)]
    told = [part for part in parts if part not in asked]
    if len(asked) != 1 or not told or not any(_FIRST_PERSON.search(part) or part.endswith(":") for part in told):
        return None
    return told, asked[0]
