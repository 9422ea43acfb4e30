"""What stands around a question: cut off where it asks for nothing, kept where it does."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.dialogue.service import TalksBot
from bot.dialogue.small_talk import small_talk
from bot.reading.frames import parted, plain
from bot.reading.inflection import inflected
from bot.reading.vocabulary import vocabulary
from bot.telling.answer import Answer, whole_text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("who attended round 5", "who attended round 5"),
        ("quick q: who attended round 5?", "who attended round 5?"),
        ("sorry to bother you, but who attended round 5", "who attended round 5"),
        ("My editor says Pedersen was at round 19, is that so?", "is it true that Pedersen was at round 19"),
        ("Jordan was there in round 15, right?", "is it true that Jordan was there in round 15"),
        ("Jordan did come to round 9, didn't it?", "is it true that Jordan did come to round 9"),
        ("the Americans weren't at round 11, were they?", "is it true that the Americans were at round 11"),
        ("Who, may I ask, led Iran at round 3", "Who led Iran at round 3"),
        ("#19 guest list", "round 19 guest list"),
        ("start date r. 9 👀", "start date round 9"),
        ("ppl at r3 n why", "people at r3 and why"),
        ("time btw r8 and r9", "time between r8 and r9"),
        ("who came right after round 3", "who came after round 3"),
        ("sorry, I meant 13", "and 13"),
        ("not russia, iran", "and iran"),
        ("how long after round 8 was round 9", "how long between round 8 and round 9"),
        ("thanks", "thanks"),
        ("please", "please"),
        ("👋", "👋"),
    ],
)
def test_what_asks_for_nothing_is_cut_off(typed: str, asked: str) -> None:
    assert plain(typed) == asked


@pytest.mark.parametrize(
    "text",
    [
        "who attended round 5 instead of Jordan",
        "what did nobody say about Idlib",
    ],
)
def test_what_asks_for_something_is_not(bot: TalksBot, text: str) -> None:
    assert plain(text) == text
    assert bot.ask("x", text).status != "answered"


@given(st.text(max_size=200))
@example("?!." * 60)
@example("please " * 30)
@example(", if not" * 25)
def test_some_of_a_text_always_stays(text: str) -> None:
    kept = plain(text)
    assert bool(kept.strip()) == bool(text.strip())
    parted(text)


def test_what_is_told_is_parted_from_the_one_question() -> None:
    found = parted("I came across the name Naumkin in a footnote. Who is he?")
    assert found is not None
    assert (found.told, found.asked, found.spoken) == (
        ("I came across the name Naumkin in a footnote.",),
        "Who is he?",
        True,
    )
    assert parted("who attended round 5? and who led them?") is None, "two questions"
    assert parted("Round 5 was long. Who attended it?") is None, "nobody tells of himself: it may ask for more than its end"
    assert parted("who attended round 5") is None


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("I came across the name Vitaly Naumkin in a footnote. Who is he?", "who is Vitaly Naumkin"),
        ("I can't find Jordan in the list for round 10. Were they there?", "was Jordan at round 10"),
        ("We read about the May 2018 round. Who attended it?", "who attended the May 2018 round"),
        ("I should be grateful to learn which delegations were represented at the fifth round.", "who attended round 5"),
        ("could you explain who Fateh Hassoun was", "who was Fateh Hassoun"),
        ("Nazarbayev in October 2017, what did he say?", "what did Nazarbayev say in October 2017"),
        ("what is Bogdanov quoted as saying at round 20", "what did Bogdanov say at round 20"),
        ("what was lavrentiev's take on the israeli strikes", "what did Lavrentiev say about the Israeli strikes"),
        ("what was it that Vershinin said in round 20", "what did Vershinin say in round 20"),
        ("who failed to turn up for round 13", "who was absent from round 13"),
        ("two rounds before round 9", "round 7"),
        ("who attended the last but one round", "who attended round 21"),
        ("the joint statement from February 2021", "the joint statement of February 2021"),
    ],
)
def test_other_words_for_the_same(bot: TalksBot, text: str, same_as: str) -> None:
    def ask(chat: str, question: str) -> Answer:
        bot.conversations.forget(chat)
        return bot.ask(chat, question)

    found, plainly = ask("a", text), ask("b", same_as)
    assert (found.status, found.verdict) == (plainly.status, plainly.verdict)
    assert {fact.key for fact in found.facts} == {fact.key for fact in plainly.facts}


@pytest.mark.parametrize(
    "text",
    [
        "can i make a reservation at michael's",
        "i would like to make a request for july 17th",
        "read my appointments for march 2",
        "what oil do i need and how is it changed",
        "i'm thinking of a number 1-10",
        "you are my star, thank you so much.",
        "explain in simple words what a constitution is",
        "things to see in the old city of damascus",
        "what time is it in astana now",
        # A word that matters is no filler.
        "was Jordan the only observer at round 5",
        "did only Russia attend round 5",
        "who attended only one round",
        "was Iran the sole guarantor at round 5",
        "did the opposition talk directly to the government",
        "is the US still an observer",
        "who is the former Russian envoy",
        "who led Turkey if not Önal?",
        "who attended round 5 and not round 6",
        "at what level did Turkey attend round 8",
        "who enjoyed round 8",
        "who lost at round 8",
        "was there a woman at round 5",
        "when was round 5 originally scheduled",
        # Nor is what is done with a hand what is done with words.
        "who struck Idlib",
        "did Russia strike Idlib",
        "who took Damascus",
        "did Iran fight in Syria",
        "when did Idlib fall",
        "who met Lavrentiev",
        "who runs Syria",
        "who represents Syria at the UN",
        "who speaks Russian",
        "what did Turkey support",
        "what happened in Damascus",
        # What is told of oneself asks for nothing.
        "I am a journalist from Jordan",
        "I live in Idlib",
        "do you like Russia",
        "can you help the opposition",
        "I would like to write to Lavrentiev",
        "my friend attended round 8",
        "I attended round 8",
        "I study the Oslo accords. Who signed?",
        "My thesis is on the Minsk process: who were the guarantors?",
        # “Right” and “sorry” at the end are what is asked, but after a comma.
        "who was right",
        "did Russia say sorry",
        # Rounds after, before and between are not the next one.
        "how many rounds after round 8",
        "who joined after round 10",
        "how long between round 8 and the Sochi congress",
        "was round 5 not in Astana",
        "did Jordan attend at least 5 rounds",
        "who attended 8 rounds",
        "did the US attend every year",
        "did the US ever return",
        "who attended the opening session of round 8",
        "when was round 5 of the constitutional committee",
        "who lost round 8",
        "what does round 8 cost",
        "what did Iran sell",
        "how far apart are Astana and Sochi",
        "did Lavrentiev go home",
        "did Russia call Turkey",
        "did Russia believe Turkey",
        "who treats detainees",
        "who delivered aid",
        "who gave aid to Idlib",
        "what does Turkey produce",
        "will Russia agree",
        "will the ceasefire hold",
        "would Jordan attend",
    ],
)
def test_no_question_about_talks_is_made_of_another(bot: TalksBot, text: str) -> None:
    answer = bot.ask("x", text)
    assert answer.status != "answered", whole_text(answer)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Jordan was at round 21, right?", "yes"),
        ("Jordan never attended round 21, did it?", "yes"),
        ("the US was not at round 21, was it?", "no"),
        ("Jordan did not attend round 21, right?", "no"),
        ("Turkey is not a guarantor, is it?", "yes"),
        ("my friend says Lavrov led the Russian delegation at round 8", "no"),
        ("My editor says Pedersen was at round 19, is that so?", "yes"),
        ("was there a round in June 2022", "yes"),
        ("was round 5 in July", "yes"),
        ("was round 5 in August", "no"),
    ],
)
def test_what_is_claimed_is_confirmed_or_denied(bot: TalksBot, text: str, verdict: str) -> None:
    assert bot.ask("x", text).verdict == verdict


@pytest.mark.parametrize(
    "text", ["is there a ceasefire in Idlib", "did the ceasefire hold", "did Russia and the opposition agree on Idlib"]
)
def test_what_is_talked_about_is_no_yes(bot: TalksBot, text: str) -> None:
    assert bot.ask("x", text).verdict is None


def test_a_round_that_is_told_of_is_not_added_to_the_one_asked_about(bot: TalksBot) -> None:
    plainly = {fact.key for fact in bot.ask("a", "who attended round 9").facts}
    for text in ("I don't care about round 8. Who attended round 9?", "I read about round 8. Who attended round 9?"):
        assert {fact.key for fact in bot.ask("b", text).facts} == plainly


@pytest.mark.parametrize(
    "text",
    [
        "I read that Turkey attended round 5. Did Iran?",
        "My teacher mentioned Tohmeh. And Lavrentiev?",
        "someone mentioned Russia. Only observers?",
        "I read the statement. And what about Iran?",
    ],
)
def test_a_follow_up_to_what_is_told_breaks_nothing(bot: TalksBot, text: str) -> None:
    assert bot.ask("x", text).status


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("heyy 👋", "greeting"),
        ("great, thank you so much!", "thanks"),
        ("ok thanks a lot, that's all I needed", "thanks"),
        ("hello, what can I ask here?", "help"),
        ("hey bot good morning", "greeting"),
        ("who attended, thanks", ""),
    ],
)
def test_small_talk_of_several_parts(text: str, kind: str) -> None:
    assert small_talk(text) == kind


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("attend", {"attend", "attends", "attended", "attending"}),
        ("take part", {"take part", "takes part", "took part", "taken part", "taking part"}),
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("agree", {"agree", "agrees", "agreed", "agreeing"}),
        ("skip", {"skip", "skips", "skipped", "skipping"}),
        ("go", {"go", "goes", "went", "gone", "going"}),
        ("urge", {"urge", "urges", "urged", "urging"}),
    ],
)
def test_forms_of_a_verb(verb: str, forms: set[str]) -> None:
    assert set(inflected(verb)) == forms


def test_a_form_that_means_something_of_its_own_keeps_that_meaning() -> None:
    senses = {
        form: [one.token_class for one in vocabulary().forms[(form,)]] for form in ("meeting", "demands", "request", "raised")
    }
    assert senses["meeting"][0] == "rounds", "no form of “meet”"
    assert senses["demands"] == ["act", "noun"]
    assert senses["request"][0] == "act"
    assert senses["raised"][0] == "act"
