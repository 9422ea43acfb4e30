"""Bad files: each a clear message with its place, and nothing changed; what is only odd is plain text."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import sqlite3
import struct
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from knowledge.loading.plans import apply_plan, plan_file
from knowledge.loading.single_facts import plan_rows
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits, PackError, PackRefused
from knowledge.packs.invisible_characters import called, visible
from knowledge.store import FactStore, StatementFilter
from tests.knowledge.test_loading import BASE, dump, load, path_of

PACK = """pack: more
statements:
  - {id: m1, round: x/1, speaker: b, act: said, text: TEXT, sources: [w]}
"""
CSV = "id,round,speaker,act,text,sources\nm1,x/1,b,said,TEXT,w\n"


@pytest.fixture
def base(writer: FactWriter) -> FactWriter:
    """A store with the pack "base"."""
    load(writer, BASE)
    return writer


def refused(writer: FactWriter, data: str | bytes, file: str = "f.yaml", limits: Limits | None = None) -> str:
    """The errors of a file, after which the facts are what they were."""
    before = dump(path_of(writer))
    data = data if isinstance(data, bytes) else data.encode()
    pack, section = ("more", "statements") if file.endswith(".csv") else (None, None)
    with pytest.raises(PackRefused) as caught:
        plan_file(writer, data, file, limits or Limits(), pack=pack, section=section)
    assert dump(path_of(writer)) == before
    assert len(writer.history()) == 1
    return str(caught.value)


def as_json(**fields: str) -> bytes:
    row = {"id": "m1", "round": "x/1", "speaker": "b", "act": "said", "text": "that", "sources": ["w"], **fields}
    return json.dumps({"pack": "more", "statements": [row]}, ensure_ascii=False).encode()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, PACK)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("facts.yaml")
        info.size = len(PACK)
        archive.addfile(info, io.BytesIO(PACK.encode()))
    return out.getvalue()


def picture() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x)")
    return connection.serialize()


@pytest.mark.parametrize("file", ["f.yaml", "f.json", "f.csv"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped("facts.yaml"), "the file is a ZIP archive; send the YAML, JSON or CSV file inside it"),
        (zipped(), "the file is a ZIP archive"),
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "a spreadsheet or an Office document; save the sheet as CSV (UTF-8)",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a spreadsheet or an Office document"),
        (gzip.compress(PACK.encode()), "the file is a gzip archive; send the file inside it"),
        (tarred(), "the file is a tar archive"),
        (picture(), "the file is a PNG picture; facts come as YAML, JSON or CSV"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "the file is a JPEG picture"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "the file is a WebP picture"),
        (b"\0\0\0\x20ftypisom", "the file is a video or picture"),
        (b"%PDF-1.7\n%\xe2\xe3", "the file is a PDF document"),
        (b"{\\rtf1 pack: x}", "the file is an RTF document"),
        (b"MZ\x90\0\x03\0\0\0", "the file is a program"),
        (b"\x7fELF\x02\x01\x01", "the file is a program"),
        (database(), "the file is an SQLite database"),
        (b"\n<!DOCTYPE html><html><body>pack: x", "the file is a web page"),
    ],
)
def test_another_type_of_file_is_told_as_what_it_is(base: FactWriter, data: bytes, said: str, file: str) -> None:
    text = refused(base, data, file)
    assert said in text
    assert len(text.splitlines()) == 1


def test_text_that_only_begins_like_another_type_is_read(base: FactWriter) -> None:
    assert "unknown key" in refused(base, "MZ: 1\npack: x\n")


@pytest.mark.parametrize("file", ["f.yaml", "f.csv"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b" \r\n\t\n", "the file is empty"),
        ((PACK + CSV).encode("utf-16"), "the file is encoded as UTF-16; save it as UTF-8"),
        ((PACK + CSV).encode("utf-32"), "the file is encoded as UTF-32; save it as UTF-8"),
        ((PACK + CSV).encode("utf-16-le"), "line 1: there is a NUL byte"),
        (b"id\nna\xc3\xafve\n\xe9t\xe9\n", "line 3: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"id,\n\n\0", "line 3: there is a NUL byte; this is no text file"),
    ],
)
def test_bytes_that_are_no_utf_8_text(base: FactWriter, data: bytes, said: str, file: str) -> None:
    assert said in refused(base, data, file)


@pytest.mark.parametrize(("file", "text"), [("f.yaml", PACK), ("f.csv", CSV)])
def test_byte_order_mark_and_windows_line_ends_are_read(base: FactWriter, file: str, text: str) -> None:
    section = "statements" if file == "f.csv" else None
    pack = "more" if section else None
    plans = [
        plan_file(base, data, file, Limits(), pack=pack, section=section)
        for data in (text.encode(), b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    ]
    assert [change for change in plans[0].changes if change.kind == "statement"] == [
        change for change in plans[1].changes if change.kind == "statement"
    ]


@pytest.mark.parametrize(("file", "text"), [("f.yaml", PACK), ("f.csv", CSV), ("f.json", as_json().decode())])
def test_one_byte_and_one_row_over_the_limit(base: FactWriter, file: str, text: str) -> None:
    size = len(text)
    assert f"the file has {size:,} bytes, {size - 1:,} are allowed" in refused(base, text, file, Limits(max_bytes=size - 1))
    assert "there are 1 rows, 0 are allowed" in refused(base, text, file, Limits(max_rows=0))
    section = "statements" if file == "f.csv" else None
    exact = Limits(max_bytes=size, max_rows=100)
    assert plan_file(base, text.encode(), file, exact, pack="more", section=section).count("new", "statement") == 1


def test_a_bomb_of_aliases_does_not_go_off(base: FactWriter) -> None:
    names = [f"a{number}" for number in range(30)]
    lines = [f"{names[0]}: &{names[0]} [x, x]"]
    lines += [f"{name}: &{name} [*{before}, *{before}]" for before, name in itertools.pairwise(names)]
    start = time.monotonic()
    assert "f.yaml, line 1: YAML anchors and aliases" in refused(base, "\n".join(lines))
    assert "YAML anchors and aliases" in refused(base, "pack: x\n<<: *a")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "data",
    [
        b"pack: " + b"[" * 100_000,
        b"pack: " + b"{a: " * 50_000,
        b"- " * 100_000,
        b"".join(b" " * depth + b"a:\n" for depth in range(300)),
        b'{"pack": ' + b"[" * 100_000,
        b'{"pack": ' + b'{"a":' * 50_000,
    ],
)
def test_deep_nesting_is_refused_before_it_is_followed(base: FactWriter, data: bytes) -> None:
    assert "nested more than 12 deep" in refused(base, data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("pack: x\ntitle: a\ntitle: b\n", "line 3: the key “title” stands here a second time (first on line 2)"),
        ("pack: x\ntopics:\n  - {id: t1, name: a, name: b}\n", "line 3: the key “name” stands here a second time"),
        ('{"pack": "x",\n"topics": [],\n"topics": []}', "line 3: the key “topics” stands here a second time (first on line 2)"),
        ("pack: x\ntopics:\n  - {id: t1, name: a}\n  - {id: t1, name: b}\n", "line 4, topic t1: the same key stands on line 3"),
    ],
)
def test_what_is_stated_twice_is_refused_at_the_second(base: FactWriter, data: str, said: str) -> None:
    assert said in refused(base, data)


@pytest.mark.parametrize("form", ["yaml", "json", "csv"])
@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("31.02.2017", "field date: “31.02.2017” is no date: year-month-day was expected, as 2017-01-23"),
        ("2017-02-31", "field date: there is no day 2017-02-31"),
        ("2017-1-2", "is no date"),
        ("0000-00-00", "there is no day"),
    ],
)
def test_a_day_that_there_is_not(base: FactWriter, form: str, date: str, said: str) -> None:
    data = {
        "yaml": PACK.replace("act:", f"date: {date}, act:").encode(),
        "json": as_json(date=date),
        "csv": CSV.replace("id,", "id,date,", 1).replace("m1,", f"m1,{date},").encode(),
    }[form]
    assert said in refused(base, data, f"f.{form}")


def test_an_unknown_id_is_told_with_its_place_and_the_nearest(base: FactWriter) -> None:
    load_long = {**BASE, "actors": [*BASE["actors"], {"id": "kazakhstan", "kind": "state", "name": "Kazakhstan"}]}
    apply_plan(base, plan_file(base, json.dumps(load_long).encode(), "base.json", Limits()), "t", "t")
    with pytest.raises(PackRefused) as caught:
        plan_file(base, PACK.replace("speaker: b", "speaker: kazakstan").encode(), "f.yaml", Limits())
    said = "f.yaml, line 3, statement m1, field speaker: unknown actor “kazakstan”; did you mean “kazakhstan”?"
    assert str(caught.value) == said


ODD = [
    "<b>bold</b> & <script>alert(1)</script>",
    "*bold* _it_ [link](https://example.org) `code` ||hidden||",
    "@everyone and <@&123> and <@123> @here",
    "Robert'); DROP TABLE statements;--",
    "{speaker} %s {{7*7}} ${x}",
    "of Arabic السلام\u200f and Persian می\u200cخواهم",
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("form", ["json", "csv", "form"])
def test_markup_pings_and_sql_are_plain_text(base: FactWriter, text: str, form: str) -> None:
    if form == "form":
        row = {"id": "m1", "round": "x/1", "speaker": "b", "act": "said", "text": text, "sources": ["w"]}
        plan = plan_rows(base, [("statements", row)])
    else:
        cell = '"' + text.replace('"', '""') + '"'
        data = as_json(text=text) if form == "json" else CSV.replace("TEXT", cell).encode()
        section = "statements" if form == "csv" else None
        plan = plan_file(base, data, f"f.{form}", Limits(), pack="more", section=section)
    apply_plan(base, plan, "t", "t")
    assert {one.text for one in FactStore(path_of(base)).statements.find(StatementFilter())} == {"that", text}


def test_sql_in_names_and_ids_is_harmless(base: FactWriter) -> None:
    name = "x'; DELETE FROM actors; --"
    actor = {"id": "evil", "kind": "state", "name": name, "aliases": ['"; DROP TABLE names; --']}
    load(base, {"pack": "more", "actors": [actor]})
    assert FactStore(path_of(base)).actors.by_id(["evil"])["evil"].name == name
    assert FactStore(path_of(base)).counts()["actors"] == 3
    with pytest.raises(PackRefused, match="“p'; --” is no id"):
        plan_file(base, json.dumps({"pack": "p'; --", "actors": [{**actor, "id": "a'; --"}]}).encode(), "f.json", Limits())


UNSEEN = {
    "\u202e": "U+202E (right-to-left override)",
    "\u202a": "U+202A (left-to-right embedding)",
    "\u2067": "U+2067 (right-to-left isolate)",
    "\u200b": "U+200B (zero width space)",
    "\ufeff": "U+FEFF (zero width no-break space)",
    "\x07": "U+0007 (a control character)",
    "\x1b": "U+001B (a control character)",
    "\x1c": "U+001C (a control character)",
    "\x9b": "U+009B (a control character)",
    "\U000e0041": "U+E0041 (tag latin capital letter a)",
}


@pytest.mark.parametrize("char", UNSEEN)
def test_unseen_characters_are_refused_by_name_and_place(base: FactWriter, char: str) -> None:
    said = f"it holds the unseen character {UNSEEN[char]}; remove it"
    text = f"that it{char} is so"
    escaped = PACK.replace("TEXT", f'"that it\\U{ord(char):08x} is so"')
    assert f"f.yaml, line 3, statement m1, field text: {said}" in refused(base, escaped)
    assert f"f.json, line 1, statement m1, field text: {said}" in refused(
        base, json.dumps(json.loads(as_json(text=text))).encode(), "f.json"
    )
    assert f"f.csv, line 2, statement m1, field text: {said}" in refused(base, CSV.replace("TEXT", text), "f.csv")


@pytest.mark.parametrize("char", ["\x07", "\x1b", "\x9b"])
def test_a_raw_control_character_in_yaml_is_told_with_its_line(base: FactWriter, char: str) -> None:
    text = refused(base, "# é é é é\n\n" + PACK.replace("TEXT", f"a{char}b"))
    assert text == f"f.yaml, line 5: the character {called(char)} may not stand in YAML; remove it"


def test_a_raw_control_character_in_json_is_told_with_its_line(base: FactWriter) -> None:
    assert "f.json, line 2: this is not valid JSON: Invalid control character" in refused(base, '{"pack":\n"a\x07"}', "f.json")


def test_messages_repeat_nothing_unseen_and_nothing_endless(base: FactWriter) -> None:
    wild = "\x1b[2J\u202e" + "k" * 5_000
    text = refused(base, json.dumps({"pack": "x", wild: 1, "topics": [{"id": wild, "name": "T", wild: 1}]}), "f\u202e.json")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "field <U+001B>[2J<U+202E>kkk" in text
    assert max(map(len, text.splitlines())) < 1_000


def test_what_is_made_visible_stays_on_one_line() -> None:
    assert visible("a\r\nb\u2028c\td\x00", 100) == "a b c d<U+0000>"
    assert visible("abcdef", 4) == "abc…"
    assert str(PackError("f\n.yaml", 3, "", "", "x")) == "f .yaml, line 3: x"


def test_another_programs_tags_make_no_objects(base: FactWriter, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    assert "YAML tags" in refused(base, f"pack: !!python/object/apply:os.system ['touch {mark}']")
    assert not mark.exists()
