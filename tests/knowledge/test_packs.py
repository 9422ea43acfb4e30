"""Packs: read safely, every error with its place, written so that they read the same."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loading.plans import bundled_pack
from knowledge.packs import Limits, Pack, PackRefused, read_pack, write_pack

GOOD = """pack: test
sources:
  - {id: wire, publisher: Wire, title: "A: title", published: 2017-01-23, url: "https://example.org/a"}
actors:
  - {id: norway, kind: state, name: Norway, aliases: [NO, "no", on, yes], role: host, sources: [wire]}
"""


def refused(text: str | bytes, limits: Limits | None = None) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(PackRefused) as caught:
        read_pack(data, "test.yaml", limits)
    return [str(error) for error in caught.value.errors]


def as_rows(pack: Pack) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row.kind, row.key): row.body for row in pack.rows}


def test_words_that_yaml_would_guess_stay_words() -> None:
    body = as_rows(read_pack(GOOD.encode(), "good.yaml"))["actor", "norway"]
    assert body["aliases"] == ["NO", "no", "on", "yes"]


def test_dates_are_checked_as_dates_not_guessed() -> None:
    body = as_rows(read_pack(GOOD.encode(), "good.yaml"))["source", "wire"]
    assert body["published"] == "2017-01-23"


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    data = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert as_rows(read_pack(data, "good.yaml")) == as_rows(read_pack(GOOD.encode(), "good.yaml"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        ("pack: x".encode("utf-16"), "UTF-16"),
        (b"pack: x\ntitle: \xff\xfe", "line 2: byte 0xff is not UTF-8"),
        (b"pack: x\0", "NUL byte"),
        (b"pack: x\ntitle: \x07", "may not stand in YAML"),
        (b"a: &a [1]\npack: *a", "anchors and aliases"),
        (b"pack: !!python/object:os.system x", "tags"),
        (b"pack: x\npack: y", "line 2: the key “pack” stands here a second time (first on line 1)"),
        (b"pack: " + b"[" * 500 + b"]" * 500, "nested more than 12 deep"),
        (b"pack: " + b"[" * 200_000, "nested more than 12 deep"),
        (b"pack: x\n---\npack: y", "a second YAML document"),
        (b"just words", "a pack is a mapping"),
        (b"- pack: x", "a pack is a mapping"),
        (b"pack: [x", "not valid YAML"),
        (b"? [a]\n: b", "a key must be a word"),
        (b'{"pack": "x", "pack": "y"}', "the key “pack” stands here a second time"),
        (b'{"pack": ' + b"[" * 200_000, "nested more than 12 deep"),
        (b'{\n"pack": nope}', "line 2: this is not valid JSON: a value expected"),
        (b'{"pack": "x"} trailing', "the end of the file expected"),
        (b'{"pack": "x', "not valid JSON"),
        (b'{"pack": "x",}', "a key in double quotes expected"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_their_place(data: bytes, said: str) -> None:
    assert said in refused(data)[0]


def test_an_alias_bomb_is_refused_before_it_expands() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{name}: &{name} [{','.join('*' + before for _ in range(9))}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors and aliases" in refused(bomb)[0]


def test_one_byte_over_the_limit_is_refused_and_the_limit_is_not() -> None:
    limits = Limits(max_bytes=len(GOOD.encode()))
    assert read_pack(GOOD.encode(), "good.yaml", limits).id == "test"
    assert "are allowed" in refused(GOOD + "#", limits)[0]


def test_more_rows_than_the_limit_are_refused() -> None:
    assert "2 rows, 1 are allowed" in refused(GOOD, Limits(max_rows=1))[0]


def test_all_errors_are_reported_together_with_line_row_and_field() -> None:
    errors = refused(
        """pack: test
actors:
  - id: Upper
    kind: sate
    name: A
    rolle: x
rounds:
  - {talks: astana, number: 0, starts: 31.02.2017, ends: 2017-02-31, sources: []}
  - {talks: astana, number: 3, starts: 2017-02-03, ends: 2017-02-01, sources: [w]}
attendance:
  - {round: astana/3, actor: a, role: observer, status: attended, onwards: yes, sources: [w]}
statements:
  - {speaker: a, act: askd, text: "x‮y", sources: w}
wat: 1
"""
    )
    found = "\n".join(errors)
    assert "line 3, actor Upper, field id: “Upper” is no id" in found
    assert "line 4, actor Upper, field kind: “sate” was found" in found
    assert "did you mean “state”?" in found
    assert "line 6, actor Upper, field rolle: unknown key; did you mean “role”?" in found
    assert "field number: “0” is no round number" in found
    assert "field starts: “31.02.2017” is no date" in found
    assert "field ends: there is no day 2017-02-31" in found
    assert "field ends: 2017-02-01 is before the start" in found
    assert "field onwards: “yes” was found: true or false" in found
    assert "field act: “askd” was found" in found
    assert "unseen character U+202E" in found
    assert "field sources: a list was expected" in found
    assert "line 14, field wat: unknown key" in found


def test_a_row_without_sources_is_an_error() -> None:
    assert "sources: missing" in refused("pack: x\nevents:\n  - {id: e, date: 2017-01-01, name: E}\n")[0]
    assert "names its sources" in refused("pack: x\nactors:\n  - {id: a, kind: person, name: A, role: boss}\n")[0]


def test_a_key_stated_twice_names_both_lines() -> None:
    text = "pack: x\ntopics:\n  - {id: t, name: T}\n  - {id: t, name: U}\n"
    assert "line 4, topic t: the same key stands on line 3 already" in refused(text)[0]


def test_a_key_stated_twice_on_one_line_is_found_too() -> None:
    assert "a key is stated once" in refused('{"pack": "p", "topics": [{"id": "t", "name": "a"}, {"id": "t", "name": "b"}]}')[0]


def test_a_lone_surrogate_is_no_text() -> None:
    assert "unseen character U+D800" in refused('{"pack": "p", "topics": [{"id": "t", "name": "a\\ud800b"}]}')[0]


def test_a_statement_without_id_gets_one_that_follows_from_what_it_says() -> None:
    text = "pack: x\nstatements:\n  - {speaker: a, act: said, text: that it rains, round: astana/1, sources: [w]}\n"
    one, two = (read_pack(text.encode(), "x").rows[0] for _ in range(2))
    assert one.key == two.key == one.body["id"]
    assert one.key.startswith("astana-1-")


def test_json_of_the_same_shape_reads_the_same() -> None:
    pack = read_pack(GOOD.encode(), "good.yaml")
    assert as_rows(read_pack(write_pack(pack.id, pack.head, pack.rows, "json").encode(), "x")) == as_rows(pack)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_bundled_pack_survives_writing_and_reading(form: str) -> None:
    pack = bundled_pack()
    again = read_pack(write_pack(pack.id, pack.head, pack.rows, form).encode(), "again")
    assert (again.id, again.head, as_rows(again)) == (pack.id, pack.head, as_rows(pack))


def test_the_bundled_pack_has_what_it_promises() -> None:
    kinds = [row.kind for row in bundled_pack().rows]
    counted = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counted == {
        "source": 706,
        "actor": 151,
        "topic": 40,
        "talks": 1,
        "round": 22,
        "attendance": 232,
        "statement": 729,
        "event": 61,
    }


TEXT = st.text(alphabet=string.ascii_letters + string.punctuation + " éşأЯ’“”\t", min_size=1, max_size=60).filter(str.strip)


@given(names=st.lists(TEXT, min_size=1, max_size=5), form=st.sampled_from(["yaml", "json"]))
def test_any_text_survives_writing_and_reading(names: list[str], form: str) -> None:
    topics = [{"id": f"t{number}", "name": name} for number, name in enumerate(names)]
    pack = read_pack(json.dumps({"pack": "p", "topics": topics}).encode(), "a")
    again = read_pack(write_pack("p", {}, pack.rows, form).encode(), "b")
    assert as_rows(again) == as_rows(pack)
    assert [row.body["name"] for row in pack.rows] == [" ".join(name.split()) for name in names]


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    try:
        read_pack(data, "fuzz")
    except PackRefused as refusal:
        assert all(error.problem for error in refusal.errors)


@given(st.text(alphabet="{}[]:,\"'&*!|>-? \n\tabc123#%@", max_size=200))
def test_no_yaml_or_json_does_more_than_be_refused(text: str) -> None:
    try:
        read_pack(text.encode(), "fuzz")
    except PackRefused as refusal:
        assert all(error.file == "fuzz" for error in refusal.errors)
