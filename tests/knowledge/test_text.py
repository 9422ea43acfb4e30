"""Folding: one form for names and questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import norm, readable, skeleton, slips, tokens


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Sedat Önal", "sedat onal"),
        ("U.S.", "us"),
        ("YPG/PYD", "ypg pyd"),
        ("Ja'afari", "jaafari"),
        ("Assad’s side", "assad side"),
        ("Nur-Sultan", "nur sultan"),
        ("Роберт Данн", "robert dann"),
        ("  Jaish  al-Islam ", "jaish al islam"),
    ],
)
def test_names_fold(name: str, folded: str) -> None:
    assert norm(name) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("lavrentiev", "lavrentyev"), ("jaafari", "jafari"), ("alloush", "aloush"), ("lavrentiev", "lavrentev")]
)
def test_transliterations_sound_alike(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@given(st.text(alphabet="abcdefghij", min_size=4, max_size=10), st.data())
def test_a_word_with_one_slip_shares_a_key_with_it(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("klmnop"))
    slip = data.draw(
        st.sampled_from([word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]])
    )
    if len(slip) > 3:
        assert slips(word) & slips(slip)


def test_tokens_keep_what_was_typed() -> None:
    found = tokens("Did the U.S. reject Tohmeh's plan? US did")
    assert [token.word for token in found] == ["did", "the", "us", "reject", "tohmeh", "plan", "us", "did"]
    assert found[4].possessive
    assert found[2].shouted
    assert not found[0].capital


@given(st.text(max_size=300))
def test_no_text_breaks_tokens(text: str) -> None:
    for token in tokens(text):
        assert token.word.isalnum()
        assert norm(token.word) == token.word


def test_scripts_of_signs_are_not_spelled_out() -> None:
    assert [token.word for token in tokens("中国代表团 round 21 대한민국 Лаврентьев")] == [
        *("中国代表团", "round", "21", "대한민국", "lavrentev")
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("round 2️⃣1️⃣", "round 21"),
        ("round 2\u200b1", "round 21"),
        ("round 2\u206e\ufe0f1", "round 21"),
        ("whoſ", "whos"),
        ("İntl gımme \u212a", "Intl gimme k"),
        ("who \ud83d attended", "who \ufffd attended"),
        ("who   \t attended????????", "who attended???"),
        ("who\n\n \nattended", "who\nattended"),
        ("می\u200cخواهد", "می\u200cخواهد"),
    ],
)
def test_what_only_a_machine_sees_is_not_read(typed: str, read: str) -> None:
    assert readable(typed) == read


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    once = readable(text)
    assert readable(once) == once
    once.encode()
