"""HTML letters as plain text: paragraphs, lists, rows and links kept; scripts and pictures dropped."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

LONGEST_HTML = 1_000_000
"""Characters of HTML that are turned into text, counted after styles, scripts and comments are gone."""

_CUT = "<p>[The letter is longer than this; the rest is in the original.]</p>"
_DEEPEST_INDENT = 8
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MARKED_SECTION = re.compile(r"<[!?][^>]*>?")
_DROPPED = re.compile(r"<(script|style|head|title|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_EMBEDDED = re.compile(r"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr"}
_LINES = {
    "div",
    "tr",
    "li",
    "dt",
    "dd",
    "section",
    "article",
    "header",
    "footer",
    "address",
    "body",
    "tbody",
    "form",
}
_INVISIBLE = str.maketrans({"\u200b": None, "\ufeff": None, "\xad": None, "\u034f": None, "\xa0": " "})


def text_of_html(html: str) -> str:
    """The readable text of an HTML document or fragment, however broken. Never raises; may be empty."""
    html = _COMMENT.sub(" ", html)
    html = _EMBEDDED.sub("", html)
    html = _DROPPED.sub(" ", html)
    html = _MARKED_SECTION.sub("", html)
    if len(html) > LONGEST_HTML:
        html = html[:LONGEST_HTML] + _CUT
    # A "<" that no ">" follows is text; it would also send the parser over the whole rest again and again.
    closed = html.rfind(">") + 1
    html = html[:closed] + html[closed:].replace("<", "&lt;")
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        return _tidy(unescape(_TAG.sub(" ", html)))
    return _tidy("".join(reader.pieces))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._lists: list[int | None] = []  # the next number of each open list; none where it has bullets
        self._keeps_lines = 0
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")
        elif tag in ("ul", "ol"):
            self._break(paragraph=not self._lists)
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._break()
            self.pieces.append("  " * (len(self._lists[:_DEEPEST_INDENT]) - 1) + self._bullet())
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self.pieces))
        elif tag in _PARAGRAPHS:
            self._break(paragraph=True)
            self._keeps_lines += tag == "pre"
        elif tag in _LINES:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            del self._lists[-1:]
            self._break(paragraph=not self._lists)
        elif tag == "a" and self._link:
            address, start = self._link
            self._link = None
            shown = "".join(self.pieces[start:])
            if re.match(r"https?://", address) and address.rstrip("/") not in shown:
                self.pieces.append(f" ({address})")
        elif tag in _PARAGRAPHS:
            self._break(paragraph=True)
            self._keeps_lines -= tag == "pre" and self._keeps_lines > 0
        elif tag in _LINES:
            self._break()

    def handle_data(self, data: str) -> None:
        data = data if self._keeps_lines else re.sub(r"[^\S\xa0]+", " ", data)
        if data != " " or not (self.pieces and self.pieces[-1].endswith("\n")):
            self.pieces.append(data)

    def _break(self, *, paragraph: bool = False) -> None:
        if paragraph or not (self.pieces and self.pieces[-1].endswith("\n")):
            self.pieces.append("\n\n" if paragraph else "\n")

    def _bullet(self) -> str:
        if not self._lists or (number := self._lists[-1]) is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.translate(_INVISIBLE).split("\n")]
    # Only the indent of list items means something; elsewhere it is the source's own.
    lines = [line if re.match(r" +(- |\d+\. )", line) else re.sub(r" {2,}", " ", line.lstrip(" ")) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n ")
