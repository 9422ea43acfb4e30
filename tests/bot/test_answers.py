"""Answers: every line with its source, pages, honest ends, both sides of what is disputed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from bot.dialogue.service import TalksBot
from bot.telling.answer import Answer, line_sources, page_text, pages, whole_text
from knowledge.facts import Statement

Ask = Callable[..., Answer]
ASKED = [
    "who attended round 21",
    "did jordan attend round 21",
    "which rounds did jordan attend",
    "who was missing in round 13 and why",
    "who led the Turkish delegation at round 13",
    "what did the opposition ask Russia",
    "what did Lavrentiev say about Iran",
    "who condemned the Israeli strikes",
    "what was agreed in round 22",
    "what was agreed about Idlib",
    "final statement of round 13",
    "when and where was round 8",
    "which rounds were in Sochi",
    "how many rounds were there in 2017",
    "how long between 21 and 22",
    "tell me about round 2",
    "who is Tohmeh",
    "who speaks for Russia",
    "what is the Astana process",
    "who takes part in the Astana talks",
    "how did the opposition's demands change",
    "compare rounds 1 and 22",
    "timeline of Idlib",
    "what happened in January 2018",
    "when did the United States stop attending",
    "sources for round 21",
    "do the sources disagree about round 2",
    "when was the Tehran summit",
]


@pytest.mark.parametrize("text", ASKED)
def test_every_line_names_its_source_and_every_suggestion_is_answered(bot: TalksBot, text: str) -> None:
    answer = bot.ask(f"lines {text}", text)
    assert answer.status == "answered", whole_text(answer)
    numbered = {source.id for source in answer.citations}
    for line in answer.lines:
        assert line.facts, line.text
        assert line_sources(line), line.text
        assert set(line_sources(line)) <= numbered
    for suggestion in answer.suggestions:
        assert bot.ask(f"suggested {suggestion}", suggestion).status == "answered", suggestion


def test_a_count_and_a_heading_come_first_then_lines_sources_suggestions(ask: Ask) -> None:
    text = whole_text(ask("who attended round 21"))
    assert text.startswith("12 participants attended round 21 (January 2024, Astana):")
    assert text.index("• Jordan — observer [") < text.index("Sources:") < text.index("You can also ask:")
    assert re.search(r"\[2\] [^\n]+, “[^\n]+” — https?://", text)


def test_statements_stand_under_their_rounds_newest_first_persons_with_their_side(ask: Ask) -> None:
    answer = ask("what did the opposition ask Russia")
    titles = [block.title for block in answer.blocks]
    assert titles[0].startswith("Round 22")
    assert titles.index(next(t for t in titles if t.startswith("Round 1 "))) > 0
    assert "Ahmed Tohmeh (opposition) asked Russia to take" in whole_text(answer)


def test_notes_and_quotes_are_kept(ask: Ask) -> None:
    text = whole_text(ask("did the opposition attend round 3"))
    assert "Boycott over unkept ceasefire promises" in text


def test_disputed_facts_show_both_sides_each_with_its_source(ask: Ask) -> None:
    answer = ask("who led the russian delegation at round 20")
    text = whole_text(answer)
    assert "Mikhail Bogdanov led the delegation of Russia" in text
    assert "head of the delegation according to others: Alexander Lavrentiev" in text
    disputed = next(line for line in answer.lines if "according to others" in line.text)
    assert disputed.sources == ("ap-2023-06-21",)
    when = whole_text(ask("when was round 2"))
    assert "15–16 February 2017" in when
    assert "start according to others: 16 February 2017" in when


def test_long_answers_come_in_pages_and_more_turns_them(bot: TalksBot) -> None:
    first = bot.ask("pages", "what did Lavrentiev say about Idlib")
    screens = pages(first)
    assert len(screens) > 1
    assert sum(len(block.lines) for screen in screens for block in screen.blocks) == len(first.lines)
    assert "“more” shows the next page." in page_text(screens[0])
    shown = bot.page("pages")
    assert shown is not None
    assert shown.number == 1
    bot.ask("pages", "more")
    shown = bot.page("pages")
    assert shown is not None
    assert shown.number == 2
    assert f"page 2 of {len(screens)}" in page_text(shown)
    for _ in screens:
        last = bot.ask("pages", "more")
    assert last.heading == "That was all."


def test_a_page_lists_only_the_sources_of_its_own_lines(bot: TalksBot) -> None:
    answer = bot.ask("own sources", "what did Lavrentiev say about Idlib")
    for screen in pages(answer):
        text = page_text(screen)
        listed = text.count("\n[")
        assert 0 < listed < len(answer.citations)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("did france attend round 21", "not recorded whether France attended round 21"),
        ("who attended round 30", "No round 30 of the Astana talks is recorded. 22 are, as of 21 November 2026"),
        ("what did china ask russia", "Nothing is recorded on what China asked Russia"),
        ("what did Jordan say about the golan", "Nothing is recorded on what Jordan said about Golan"),
        ("did germany attend round 5", "I have nothing on “germany”"),
        ("what did nigeria say about idlib", "“nigeria”"),
        ("what did Lavrentiev say about fisheries", "“fisheries”"),
        ("did the UNHCR attend round 10", "not recorded whether"),
        ("when is round 23", "No round 23"),
        ("when is the next round", "No round after round 22"),
    ],
)
def test_unknown_says_exactly_what_is_not_recorded(ask: Ask, text: str, said: str) -> None:
    answer = ask(text)
    assert answer.status == "unknown"
    assert answer.verdict is None
    assert said in whole_text(answer)


def test_only_an_absent_or_declined_row_is_a_no_and_it_may_hold_onwards(ask: Ask) -> None:
    assert ask("did the US take part in round 13").verdict == "no"
    onwards = ask("did the US attend round 22")
    assert onwards.verdict == "no"
    assert [fact.key for fact in onwards.facts] == ["astana/15:united-states"]
    assert ask("did the US attend round 12").verdict is None
    assert ask("did the opposition boycott round 3").verdict == "yes"


def test_an_unknown_word_is_offered_a_line_only_if_it_holds_all_names_and_words(ask: Ask) -> None:
    answer = ask("what did Lavrentiev say about Manbij")
    assert answer.status == "unknown"
    for fact in answer.facts:
        assert isinstance(fact, Statement)
        assert "manbij" in (fact.text + fact.quote).lower()
        assert fact.speaker == "alexander-lavrentiev"
    assert ask("what did Bogdanov say about fisheries").facts == []


@pytest.mark.parametrize(
    "text", ["who attended?", "when was it", "who was missing", "what was agreed?", "who led the delegation"]
)
def test_a_missing_slot_is_asked_for(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status == "clarify"
    assert answer.heading.endswith("?")


def test_a_name_that_several_share_is_asked_about_not_guessed(ask: Ask) -> None:
    answer = ask("what did Sergei say")
    assert answer.status == "clarify"
    assert "Sergei Lavrov" in answer.choices


def test_a_correction_is_told(ask: Ask) -> None:
    assert ask("what did Laventiev say").read_as == "I read “laventiev” as “lavrentiev”."


def test_a_very_long_question_is_cut_and_said_so(ask: Ask) -> None:
    answer = ask("who attended round 21 " + "please " * 200)
    assert answer.read_as == "Only the first 500 characters were read."
    assert answer.status == "answered"


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE statements; --",
        'who attended round 21" OR 1=1',
        "<b>who</b> attended *round* 21",
        "@everyone",
        "\u202ewho attended",
        "\x00\x01",
        "🙂",
    ],
)
def test_nothing_that_is_typed_does_harm(bot: TalksBot, ask: Ask, text: str) -> None:
    assert ask(text).heading
    assert bot.store.counts()["statements"] == 729


def test_hostile_full_text_is_only_searched_for(ask: Ask) -> None:
    answer = ask('what did Lavrentiev say about NEAR(" AND * OR xyzzy')
    assert answer.status in ("unknown", "off_topic", "clarify")


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("did the US attend rounds 8 and 9", "no", "did not attend round 9"),
        ("did the opposition attend every round", "no", "attended 21 of the 22 rounds"),
        ("did the Syrian government attend every round", "yes", "attended 22 of the 22 rounds"),
        ("did Jordan attend every round", None, "attended 20 of the 22 rounds"),
        ("did the US attend a round in 2017", "yes", "attended 8 of the 8 rounds"),
        ("was there a round without Turkey", "no", "attended 22 recorded rounds"),
        ("has Russia ever been absent", "no", "attended 22 recorded rounds"),
        ("did the US ever stay away", "yes", "stayed away from"),
        ("did Jordan attend all rounds in 2018", None, "Jordan at round 10"),
        ("did Turkey attend all rounds in 2018", "yes", "round 11"),
        ("did neither Jordan nor Iraq attend round 21", "no", "attended round 21"),
        ("was Jordan or France at round 5", "yes", "Jordan attended round 5"),
        ("were France and Jordan both at round 7", None, "Nothing is recorded about France"),
        ("did Lebanon not turn up at round 16", "yes", "attended round 16"),
        ("is it true that Lebanon did not turn up at round 16", "no", "attended round 16"),
        ("did the US attend any round after the eighth", None, "did not attend"),
        ("did Jordan attend any round after the ninth", "yes", "Jordan attended"),
        ("did Abdrakhmanov head the Kazakh delegation at all rounds of 2017", "no", "Akylbek Kamaldinov led it"),
        ("did Onal head the Turkish delegation at all rounds of 2018", None, "is not recorded, or disputed"),
        ("was it Bogdanov who led the Russians at round 20", None, "Sources differ"),
        ("did the southern front attend round 5", None, "Sources differ"),
        ("did Onal lead Turkey at every round before 15", None, "Who led it at round 2 (February 2017, Astana) and round 10"),
        ("did Jordan attend each round from 2 to 9", "yes", "8 of the 8 rounds"),
        ("is it true that the US never attended after 2017", None, "Nothing is recorded about the United States"),
        ("does the US attend", None, "attended 8 recorded rounds"),
        ("was round 10 in Sochi", "yes", "in Sochi"),
        ("was round 13 in Sochi", "no", "in Nur-Sultan"),
        ("is Turkey a guarantor", "yes", "guarantor at 22"),
        ("did Alloush lead the opposition in round 8", "no", "Ahmed Tohmeh led"),
        ("did Alloush lead the opposition in round 1", "yes", "Mohammed Alloush led"),
    ],
)
def test_yes_and_no_over_several_rounds_and_of_parts_played(ask: Ask, text: str, verdict: str | None, said: str) -> None:
    answer = ask(text)
    assert answer.status == "answered"
    assert answer.verdict == verdict
    assert said in whole_text(answer)
    assert answer.heading.startswith("Yes") == (verdict == "yes")
    assert answer.heading.startswith("No") == (verdict == "no")


def test_parties_are_compared_side_by_side(ask: Ask) -> None:
    answer = ask("compare the opposition and the government on detainees")
    assert answer.status == "answered"
    assert {block.title.split(" — ")[0] for block in answer.blocks} == {"The Syrian opposition", "The Syrian government"}
    assert ask("compare Russia and Turkey").status == "clarify"


def test_two_questions_in_one_message_are_both_answered(ask: Ask) -> None:
    text = whole_text(ask("who attended round 21 and what was agreed"))
    assert "12 participants attended round 21" in text
    assert "recorded as agreed at round 21" in text
    followed = ask("tell me about round 8", "was egypt there and who led its team")
    assert "not recorded" in followed.heading


@pytest.mark.parametrize(
    ("text", "status", "verdict", "keys"),
    [
        ("did Lavrentiev lead the Turkish delegation at round 5", "answered", "no", {"astana/5:turkey"}),
        ("didn't Jordan attend round 21", "answered", "yes", {"astana/21:jordan"}),
        ("did the US attend round 5 in 2020", "unknown", None, set()),
        ("who attended round 21 in 2023", "unknown", None, set()),
        ("when was the second round of 2018", "answered", None, {"astana/10"}),
        ("which rounds were in 2017 and 2018", "answered", None, {f"astana/{number}" for number in range(1, 12)}),
        ("did the US attend in 2017 and 2021", "answered", None, {"astana/1:united-states", "astana/15:united-states"}),
        ("what did Russia say in December", "clarify", None, set()),
        ("did Russia attend round 5 and did the opposition attend round 3", "answered", None, {"astana/5:russia"}),
        ("when was the Tehran summit", "answered", None, {"tehran-summit-2018"}),
    ],
)
def test_place_time_and_side_limit_what_is_answered(
    ask: Ask, text: str, status: str, verdict: str | None, keys: set[str]
) -> None:
    answer = ask(text)
    assert (answer.status, answer.verdict) == (status, verdict)
    assert keys <= {fact.key for fact in answer.facts}
    if status == "unknown":
        assert not answer.facts


def test_more_turns_the_pages_of_a_list_of_sources(bot: TalksBot) -> None:
    bot.ask("long sources", "what did Russia say about Idlib")
    listed = bot.ask("long sources", "sources?")
    assert len(pages(listed)) > 1
    assert bot.ask("long sources", "more") is listed
    shown = bot.page("long sources")
    assert shown is not None
    assert shown.number == 2


def test_a_name_that_is_chosen_completes_the_question(ask: Ask) -> None:
    whole = ask("what did Lavrov say")
    assert ask("what did Sergei say", "Sergei Lavrov").facts == whole.facts
