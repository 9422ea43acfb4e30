"""Files that are no text at all, told by how they start, so that the message says what was sent."""

from __future__ import annotations

import re

_STARTS = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
)
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_OFFICE = re.compile(rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/|xl/|word/|mimetypeapplication/vnd\.oasis)", re.DOTALL)


def foreign(data: bytes) -> str:
    """What a file is that is no pack, and what to send instead; empty when its start tells nothing."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        if _OFFICE.match(data):
            return "the file is a spreadsheet or an Office document; save the sheet as CSV (UTF-8) and send that"
        return "the file is a ZIP archive; send the YAML, JSON or CSV file inside it"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "the file is a spreadsheet or an Office document; save the sheet as CSV (UTF-8) and send that"
    for start, name in _STARTS:
        if data.startswith(start):
            rest = "send the file inside it" if "archive" in name else "facts come as YAML, JSON or CSV"
            return f"the file is {name}; {rest}"
    if data[257:262] == b"ustar":
        return "the file is a tar archive; send the file inside it"
    if data.startswith(b"MZ") and b"\0" in data[:64]:
        return "the file is a program; facts come as YAML, JSON or CSV"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "the file is a WebP picture; facts come as YAML, JSON or CSV"
    if data[4:8] == b"ftyp":
        return "the file is a video or picture; facts come as YAML, JSON or CSV"
    if _WEB_PAGE.match(data):
        return "the file is a web page; save the pack itself (on code hosts: “raw”) and send that"
    return ""
