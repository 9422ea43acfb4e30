"""The forms of English verbs, for a lexicon that lists each verb once."""

from __future__ import annotations

from collections.abc import Iterator

# Verbs whose past, participle and -ing form do not follow from the base: regular ones that double a letter stand here too.
_IRREGULAR = {
    base: tuple(forms.split())
    for base, *forms_ in (
        line.split(maxsplit=1)
        for line in """
be was been being
arise arose arisen arising
become became become becoming
beg begged begged begging
bid bid bid bidding
begin began begun beginning
bring brought brought bringing
commit committed committed committing
choose chose chosen choosing
come came come coming
cut cut cut cutting
deal dealt dealt dealing
drop dropped dropped dropping
fall fell fallen falling
feel felt felt feeling
fight fought fought fighting
find found found finding
hear heard heard hearing
fly flew flown flying
get got gotten getting
give gave given giving
go went gone going
hold held held holding
keep kept kept keeping
lay laid laid laying
let let let letting
mean meant meant meaning
lead led led leading
leave left left leaving
level levelled leveled levelling
lie lay lain lying
lose lost lost losing
make made made making
occur occurred occurred occurring
meet met met meeting
pay paid paid paying
pull pulled pulled pulling
put put put putting
quit quit quit quitting
read read read reading
refer referred referred referring
run ran run running
say said said saying
see saw seen seeing
seek sought sought seeking
send sent sent sending
set set set setting
shun shunned shunned shunning
show showed shown showing
sit sat sat sitting
skip skipped skipped skipping
slam slammed slammed slamming
snub snubbed snubbed snubbing
speak spoke spoken speaking
stand stood stood standing
stay stayed stayed staying
step stepped stepped stepping
strike struck struck striking
stop stopped stopped stopping
submit submitted submitted submitting
take took taken taking
tell told told telling
think thought thought thinking
throw threw thrown throwing
travel travelled traveled travelling
understand understood understood understanding
undertake undertook undertaken undertaking
win won won winning
withdraw withdrew withdrawn withdrawing
wrap wrapped wrapped wrapping
write wrote written writing
""".strip().splitlines()
    )
    for forms in forms_
}
_SIBILANT = ("s", "sh", "ch", "x", "z", "o")


def inflected(verb: str) -> Iterator[str]:
    """The verb itself, its -s form, past, participle and -ing form; of several words ("take part") the first is inflected."""
    base, _, rest = verb.partition(" ")
    for form in dict.fromkeys((base, *_forms(base))):
        yield f"{form} {rest}".rstrip()


def _forms(base: str) -> Iterator[str]:
    soft = base.endswith("y") and base[-2:-1] not in "aeiou"
    if base.endswith(_SIBILANT):
        yield f"{base}es"
    else:
        yield f"{base[:-1]}ies" if soft else f"{base}s"
    if base in _IRREGULAR:
        yield from _IRREGULAR[base]
    elif base.endswith("e"):
        yield f"{base}d"
        yield f"{base}ing" if base.endswith("ee") else f"{base[:-1]}ing"
    else:
        yield f"{base[:-1]}ied" if soft else f"{base}ed"
        yield f"{base}ing"
