"""CSV: rows added to a pack, errors with line and column, written so that they read the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loading.plans import Plan, apply_plan, plan_file
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits, PackRefused, Row, Unplaced, read_pack, read_table, write_table
from knowledge.store import FactStore, StatementFilter
from tests.knowledge.test_loading import BASE, dump, load, path_of

HEADER = "id,round,speaker,act,to,about,text,quote,sources\n"
ROW = 's2,x/1,b,asked,a,t,"more, and soon",,w\n'


def plan(writer: FactWriter, text: str | bytes, pack: str | None = "base", section: str | None = None, **more: Any) -> Plan:
    data = text if isinstance(text, bytes) else text.encode()
    return plan_file(writer, data, "rows.csv", more.pop("limits", Limits()), pack=pack, section=section, **more)


def refused(writer: FactWriter, text: str | bytes, section: str | None = "statements", **more: Any) -> str:
    before = dump(path_of(writer))
    with pytest.raises(PackRefused) as caught:
        plan(writer, text, section=section, **more)
    assert dump(path_of(writer)) == before
    return str(caught.value)


def body(writer: FactWriter, kind: str, key: str, pack: str = "base") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(writer.pack_rows(pack)[kind, key])
    return found


@pytest.fixture
def base(writer: FactWriter) -> FactWriter:
    """A store with the pack "base"."""
    load(writer, BASE)
    return writer


def test_rows_are_added_and_changed_by_key_and_none_goes(base: FactWriter) -> None:
    found = plan(base, HEADER + ROW + "s1,x/1,a,said,b,t,that it rains,,w\n")
    assert found.counts == (1, 1, 0)
    apply_plan(base, found, "t", "t")
    assert {one.text for one in FactStore(path_of(base)).statements.find(StatementFilter())} == {
        "more, and soon",
        "that it rains",
    }
    assert plan(base, HEADER + ROW).changes == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_line_end_and_byte_order_mark_reads_the_same(delimiter: str, end: str) -> None:
    text = (HEADER + "s2,x/1,b,asked,a|b,t,more,,w\n\n , ,,,,,,,\n").replace(",", delimiter).replace("\n", end)
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        (row,) = read_table(data, "rows.csv", "base").rows
        assert row.body["to"] == ["a", "b"]
        assert row.line == 2


def test_the_separator_is_the_one_of_the_header_whatever_the_texts_hold() -> None:
    text = "id;round;speaker;act;text;sources\ns2;x/1;b;said;that, and, and, this;w\n"
    assert read_table(text.encode(), "rows.csv", "base").rows[0].body["text"] == "that, and, and, this"


def test_the_section_is_guessed_when_the_header_fits_one() -> None:
    assert read_table((HEADER + ROW).encode(), "rows.csv", "base").rows[0].kind == "statement"
    assert read_table(b"kind,key,reason\nround,x/1,never held\n", "rows.csv", "base").rows[0].kind == "retract"
    with pytest.raises(Unplaced, match=r"name the section \(topics or talks\)") as caught:
        read_table(b"id,name\nt,trade\n", "rows.csv", "base")
    assert caught.value.sections == ("topics", "talks")
    assert not caught.value.pack


def test_pack_and_section_are_asked_for_in_one_sentence(base: FactWriter) -> None:
    with pytest.raises(
        Unplaced, match=r"^rows.csv: a CSV file .* name the pack \(as “local”\) and the section \(sources, "
    ) as caught:
        plan(base, "id,wat\n1,2\n", pack=None)
    assert caught.value.pack
    assert len(caught.value.sections) == 9


def test_a_column_that_is_not_there_leaves_what_was_and_an_empty_cell_unsets_it(base: FactWriter) -> None:
    disputed = [{"field": "starts", "value": "2020-01-03", "sources": ["w"]}]
    first = {**BASE["rounds"][0], "city": "Astana", "venue": "Hotel", "disputed": disputed}
    load(base, {**BASE, "rounds": [first]})
    found = plan(base, "talks,number,starts,ends,venue,note,sources\nx,1,2020-01-01,2020-01-02,,cold,w\n")
    apply_plan(base, found, "t", "t")
    now = body(base, "round", "x/1")
    assert (now["city"], now["note"], now["disputed"]) == ("Astana", "cold", disputed)
    assert "venue" not in now


def test_what_a_row_says_with_what_was_there_is_checked_together(base: FactWriter) -> None:
    load(base, {**BASE, "attendance": [{**BASE["attendance"][0], "status": "absent", "onwards": True}]})
    text = refused(base, "round,actor,role,status,sources\nx/1,a,party,attended,w\n", section="attendance")
    assert "rows.csv, line 2, attendance x/1:a, field onwards: it goes with status absent or declined only" in text


def test_a_person_whom_delegations_are_led_by_stays_one(base: FactWriter) -> None:
    people = [*BASE["actors"], {"id": "p", "kind": "person", "name": "Pat"}]
    load(base, {**BASE, "actors": people, "attendance": [{**BASE["attendance"][0], "head": "p"}]})
    assert "attendance x/1:a names it as a person" in refused(base, "id,kind,name\np,state,Pat\n", section="actors")


def test_a_new_pack_has_its_id_as_title_and_a_warning_says_so(base: FactWriter) -> None:
    found = plan(base, HEADER + ROW, pack="bass")
    assert "the pack “bass” is new; did you mean “base”?; its title is its id" in str(found.warnings[0])
    apply_plan(base, found, "t", "t")
    assert base.packs()["bass"]["title"] == "bass"
    assert plan(base, HEADER + ROW.replace("s2", "s3"), pack="bass").warnings == ()
    assert base.packs()["bass"]["rank"] > base.packs()["base"]["rank"]


def test_the_head_of_a_pack_stays(base: FactWriter) -> None:
    load(base, {**BASE, "title": "Base facts", "as_of": "2024-01-01"})
    assert [change.kind for change in plan(base, HEADER + ROW).changes] == ["statement"]


def test_errors_name_line_row_and_column(base: FactWriter) -> None:
    text = refused(
        base,
        HEADER
        + 's2,x/1,b,asked,a,t,"more\nand\nmore",,w\n'
        + "s3,x/1,b,askd,a,t,more,,w\n"
        + '"s4",x/1,nobody,asked,a,t,"a\n\nb",also,w\n'
        + "s5,x/1,b,asked,a,t,,,w\n"
        + 's6,x/1,b,asked,a,t,"more\n","\u202eback",w\n'
        + "s7,x/1,b\n"
        + "s8,x/1,b,asked,a,t,one,two,w,too,many\n",
    )
    assert "line 5, statement s3, field act: “askd” was found" in text
    assert "line 6, statement s4, field speaker: unknown actor “nobody”" in text
    assert "line 9, statement s5, field text: it is empty: this field is required" in text
    assert "line 11, statement s6, field quote: it holds the unseen character U+202E (right-to-left override)" in text
    assert "line 12, statements row 6: the row has 3 cells, the header 9" in text
    assert "line 13, statements row 7: the row has 11 cells, the header 9; a cell that holds the separator" in text


def test_a_wrong_header_is_told_together_with_wrong_cells(base: FactWriter) -> None:
    text = refused(base, "id,rond,act,act,disputed,text,date\ns2,x/1,askd,said,,more,31.02.2017\n")
    assert "line 1, header, field rond: unknown column of statements; did you mean “round”?" in text
    assert "field act: the column stands here a second time (columns 3 and 4)" in text
    assert "field disputed: CSV has no column for it" in text
    assert "field speaker: missing: statements need this column" in text
    assert "field sources: missing" in text
    assert "line 2, statements row 1, field act: “askd” was found" in text
    assert "field date: “31.02.2017” is no date" in text


def test_a_header_with_another_separator_is_told_of_those_there_are(base: FactWriter) -> None:
    text = refused(base, "id|round|speaker|act|text|sources\n1|2|3|4|5|6\n")
    assert "columns are separated by “,”, “;” or tab" in text


def test_columns_without_a_name_are_empty(base: FactWriter) -> None:
    assert plan(base, "id,name,,\nu,peace,,\n", section="topics").counts == (1, 0, 0)
    assert "field column 3: a cell under a column that has no name" in refused(base, "id,name,\nu,peace,x\n", section="topics")


def test_keys_stated_twice_name_both_lines(base: FactWriter) -> None:
    assert "line 3, statement s2: the same key stands on line 2 already" in refused(base, HEADER + ROW + ROW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + 's2,x/1,"b,asked\n', "line 2: a double quote that opens here is never closed"),
        (HEADER + 's2,x/1,"b"b,asked\n', "line 2: this is not valid CSV"),
        (HEADER + 's2,x/1,"' + "b" * 200_000, "line 2: a cell is far too long"),
        (HEADER, "the file holds no rows, only a header"),
        (HEADER + "\n,,,,,,,,\n", "the file holds no rows, only a header"),
        ("", "the file is empty"),
        (";;\n", "the file is empty"),
        (HEADER.encode("utf-16"), "the file is encoded as UTF-16"),
        ((HEADER + ROW).encode() + b"s3,\xe9", "line 3: byte 0xe9 is not UTF-8"),
        (HEADER + "s2,\0", "line 2: there is a NUL byte"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "a spreadsheet or an Office document; save the sheet as CSV"),
    ],
)
def test_broken_files_are_refused_with_their_place(base: FactWriter, text: str | bytes, said: str) -> None:
    assert said in refused(base, text)


def test_limits_hold_for_files_and_for_the_pack_that_grows(base: FactWriter) -> None:
    data = HEADER + ROW
    assert plan(base, data, limits=Limits(max_bytes=len(data))).counts == (1, 0, 0)
    assert "are allowed" in refused(base, data, limits=Limits(max_bytes=len(data) - 1))
    assert "there are 1 rows, 0 are allowed" in refused(base, data, limits=Limits(max_rows=0))
    assert "the pack would have 9 rows, 8 are allowed; use a second pack" in refused(base, data, limits=Limits(max_rows=8))


def test_pack_and_section_are_checked(base: FactWriter) -> None:
    assert "field pack: “Base!” is no id" in refused(base, HEADER + ROW, pack="Base!")
    assert "“statement” is no section" in refused(base, HEADER + ROW, section="statement")
    with pytest.raises(PackRefused, match="the file names its pack itself: “x”, not “local”"):
        plan_file(base, b"pack: x", "x.yaml", Limits(), pack="local")


def test_flags_read_as_spreadsheets_write_them() -> None:
    text = b"round,actor,role,status,onwards,sources\nx/1,a,party,absent,TRUE,w\nx/1,b,party,attended,FALSE,w\n"
    first, second = read_table(text, "rows.csv", "base").rows
    assert first.body["onwards"] is True
    assert "onwards" not in second.body


def test_no_cell_is_a_formula_for_the_spreadsheet_that_opens_it() -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''@x", "'tis", "plain"]
    rows = [Row("topic", f"t{number}", {"id": f"t{number}", "name": name}) for number, name in enumerate(names)]
    text = write_table(rows, "topics")
    assert not any(line.split(",")[1][:1] in "=+-@" for line in text.splitlines()[1:])
    assert [row.body["name"] for row in read_table(text.encode(), "x.csv", "p", "topics").rows] == names


def test_an_item_that_csv_cannot_hold_is_told() -> None:
    row = Row("topic", "t", {"id": "t", "name": "T", "aliases": ["a|b"]})
    with pytest.raises(ValueError, match=r"topic t, field aliases: CSV cannot hold “\|”"):
        write_table([row], "topics")


@pytest.mark.parametrize("section", ["sources", "actors", "topics", "talks", "rounds", "attendance", "statements", "events"])
def test_every_section_of_the_bundled_pack_survives_writing_and_reading(facts: Path, section: str) -> None:
    writer = FactWriter(facts)
    rows = [Row(kind, key, json.loads(text)) for (kind, key), text in writer.pack_rows("astana").items() if kind != "pack"]
    found = plan(writer, write_table(rows, section), pack="astana", section=section)
    assert found.changes == ()
    writer.close()


NAME = st.text(alphabet="ab ,;|\t\n\"'=+-@éЯ", min_size=1, max_size=20).filter(str.strip)


@given(names=st.lists(NAME, min_size=1, max_size=4), notes=st.lists(NAME, min_size=4, max_size=4))
def test_any_text_survives_writing_and_reading(names: list[str], notes: list[str]) -> None:
    sources = [
        {"id": f"s{number}", "publisher": name, "title": "T", "note": note}
        for number, (name, note) in enumerate(zip(names, notes, strict=False))
    ]
    rows = read_pack(json.dumps({"pack": "p", "sources": sources}).encode(), "a").rows
    again = read_table(write_table(rows, "sources").encode(), "b.csv", "p", "sources").rows
    assert [row.body for row in again] == [row.body for row in rows]


@given(st.one_of(st.binary(max_size=300), st.text(alphabet='id,name;kind\t|"\n\r a', max_size=200).map(str.encode)))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for section in (None, "topics"):
        try:
            read_table(data, "fuzz.csv", "p", section)
        except PackRefused as refusal:
            assert all(error.problem and error.file == "fuzz.csv" for error in refusal.errors)
