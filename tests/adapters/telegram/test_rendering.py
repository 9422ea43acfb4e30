"""Answers as Telegram's HTML: whatever the facts say, it parses, fits, and says what the plain text says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.rendering import TEXT, rendered, share_url
from bot.chat.desk import Button, Reply
from bot.telling.answer import Answer, Block, Line, clipped, pages, units
from knowledge.facts import Source, Statement
from tests.servers.telegram_html import parse_html, utf16

_words = st.text(alphabet=st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["<b>", "</a>", "&amp;", "&", '"', "\u202e", "زلمان", "🕊" * 200, "x" * 5_000, "a\nb", "<a href='x'>"]
)
_texts = st.lists(_words, max_size=6).map(" ".join)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Answers with any text in any place."""
    sources = tuple(
        Source(
            f"s{number}", draw(_texts), draw(_texts), url=draw(st.sampled_from(["", "https://e.org/?a=1&b=2", "javascript:x"]))
        )
        for number in range(draw(st.integers(0, 5)))
    )
    ids = tuple(source.id for source in sources)
    lines = st.builds(lambda text, aside: Line(text, (Statement("f", "a", "said", "t", sources=ids),), aside), _texts, _texts)
    blocks = draw(
        st.lists(st.builds(lambda title, found: Block(title, tuple(found)), _texts, st.lists(lines, max_size=8)), max_size=3)
    )
    answer = Answer(
        draw(st.sampled_from(["answered", "unknown", "clarify", "chat"])),
        draw(_texts),
        draw(st.sampled_from(["x", "sources"])),
        blocks=tuple(blocks),
        closing=draw(_texts),
        read_as=draw(_texts),
    )
    return answer.cite({source.id: source for source in sources})


@given(answers())
def test_any_answer_parses_and_fits(answer: Answer) -> None:
    for page in pages(answer):
        shown = rendered(Reply(page, ((Button("x", "y"),),), "key", "text"), "TalksTestBot")
        plain, entities = parse_html(shown.html)
        assert utf16(plain) <= TEXT
        assert plain == shown.plain
        assert all(one.get("url", "https://").startswith("https://") for one in entities)
        assert not set("\u202a\u202b\u202c\u202d\u202e") & set(plain)


@given(answers())
def test_pages_lose_no_line(answer: Answer) -> None:
    screens = pages(answer)
    assert sum(len(block.lines) for page in screens for block in page.blocks) == len(answer.lines)
    assert [page.number for page in screens] == list(range(1, len(screens) + 1))


@given(st.text(max_size=600), st.integers(1, 500))
def test_clipped_text_fits(text: str, room: int) -> None:
    assert units(clipped(text, room)) <= max(room, 1)


def test_the_share_button_holds_the_question_quoted() -> None:
    url = share_url("TalksTestBot", "aAAAAAAAAAAA", "who & what? <b>")
    assert url == (
        "https://t.me/share/url?url=https%3A%2F%2Ft.me%2FTalksTestBot%3Fstart%3DaAAAAAAAAAAA&text=who%20%26%20what%3F%20%3Cb%3E"
    )
