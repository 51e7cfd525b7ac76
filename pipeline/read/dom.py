"""From the tree of a web page to its lines as a browser would show them; which of them are the story is not decided."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.sheet import UnreadableError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MOST_NODES = 100_000  # a saved page has about a thousand
DEEPEST = 500  # levels of elements; a saved page has about thirty
_SILENT = frozenset({
    "script", "style", "noscript", "template", "iframe", "frame", "object", "embed", "applet", "svg", "math",
    "canvas", "audio", "video", "select", "option", "button", "input", "textarea", "head", "title", "nav", "aside",
    "map", "area", "link", "meta", "base", "img",
})
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_PARAGRAPHS = _HEADINGS | {"p", "li", "h5", "h6"}
_NAMED_TITLE = re.compile(r"(?:^|[\s_-])(?:\w*title|tit|headline|biaoti|bt)(?:$|[\s_\d-])", re.IGNORECASE)
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BREAK = re.compile(r"[ \t]*[\r\n\f][ \t\r\n\f]*")
_RUN = re.compile(r"[ \t\u00a0]+")
_WIDE = "\u2e80"  # from here on characters are written without spaces between them
LONGEST_CELL = 40.0  # characters, on average; in a table of longer ones the cells are paragraphs


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its text, the number of its block, and the elements around it, outermost first.

    `linked`: the share of it that is link text; `heading`: whether a heading holds it. `path` has an id for each
    element around that may hold several paragraphs.
    """

    text: str
    block: int
    linked: float
    heading: bool
    path: tuple[int, ...]


def too_complex() -> UnreadableError:
    """The refusal of a page whose tree is larger or deeper than that of any page of a newspaper."""
    return UnreadableError("too_complex", f"its markup has over {MOST_NODES:,} nodes or {DEEPEST} levels",
                           "Save the page of the story again, or save it as text")


class _Page:
    """Collects lines while the tree is walked."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.path: list[int] = []
        self.block = 0
        self.headings = 0
        self.links = 0
        self._pieces: list[str] = []
        self._linked = 0

    def add(self, text: str) -> None:
        """Text of the current line; line ends of the source are no more than a blank."""
        self._pieces.append(text)
        if self.links:
            self._linked += len(text.strip())

    def end_line(self, tabbed: bool = False) -> None:
        """What was added becomes a line, unless it is blank; `tabbed`: it is a row of cells, shown already."""
        source = "".join(self._pieces)
        bare = source.strip()
        if bare:
            text = source if tabbed else shown(source)
            linked = min(1.0, self._linked / len(bare))
            self.lines.append(Line(text, self.block, linked, self.headings > 0, tuple(self.path)))
        self._pieces, self._linked = [], 0

    def end_block(self) -> None:
        """What follows stands in a block of its own."""
        self.end_line()
        self.block += 1


def shown(text: str) -> str:
    """Source text as it is shown: line ends and runs of blanks one space, none between characters of Chinese."""
    text = _BREAK.sub(_joint, text)
    start = len(text) - len(text.lstrip(" \t\u00a0\u3000"))
    indent = text[:start].replace("\t", " ").replace("\u00a0", " ")
    return (indent if "\u3000" in indent or len(indent) > 1 else "") + _RUN.sub(" ", text[start:]).rstrip(" \u3000")


def _joint(blank: re.Match[str]) -> str:
    before, after = blank.string[blank.start() - 1: blank.start()], blank.string[blank.end(): blank.end() + 1]
    return "" if before >= _WIDE or after >= _WIDE or not before or not after else " "


def lines(root: LexborNode, leave_out: Callable[[LexborNode], bool] = lambda _: False) -> list[Line]:
    """The lines that `root` shows, scripts, pictures, form fields and what is hidden left out.

    Raises UnreadableError where the tree is larger or deeper than any page of a newspaper.
    """
    page = _Page()
    opened: list[bool] = []  # of each element that is open, whether it is a heading
    for node, event in _walk(root, leave_out):
        tag = node.tag or ""
        if event == "leaf":
            _leaf(page, node, tag)
        elif event == "enter":
            opened.append(_open(page, node, tag))
        else:
            _close(page, tag, opened.pop())
    page.end_line()
    return page.lines


def _leaf(page: _Page, node: LexborNode, tag: str) -> None:
    if tag == "-text":
        page.add(node.text_content or "")
    elif tag == "br":
        page.end_line()
    else:
        page.end_block()
    for cells in _rows(node) if tag == "table" else ():
        page.add("\t".join(cells))
        page.end_line(tabbed=True)
    page.block += tag == "table"


def _open(page: _Page, node: LexborNode, tag: str) -> bool:
    """Begin an element; whether it is a heading."""
    if tag == "a":
        page.links += 1
    if tag in _INLINE:
        return False
    page.end_block()
    if tag not in _PARAGRAPHS:
        page.path.append(node.mem_id)
    attributes = node.attributes
    named = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
    heading = tag in _HEADINGS or _NAMED_TITLE.search(named) is not None
    page.headings += heading
    return heading


def _close(page: _Page, tag: str, heading: bool) -> None:
    if tag == "a":
        page.links -= 1
    if tag not in _INLINE:
        page.end_block()
        if tag not in _PARAGRAPHS:
            page.path.pop()
        page.headings -= heading


def _walk(root: LexborNode, leave_out: Callable[[LexborNode], bool]) -> Iterator[tuple[LexborNode, str]]:
    """Each node with what happens at it: enter and leave of an element, leaf for texts, breaks and tables of data."""
    above: list[LexborNode] = []
    node: LexborNode | None = root
    count = 0
    while node is not None:
        count += 1
        if count > MOST_NODES or len(above) > DEEPEST:
            raise too_complex()
        child = None
        if node.is_text_node or node.tag in ("br", "hr") or node.tag == "table" and _is_data(node):
            yield node, "leaf"
        elif node.is_element_node and (node is root or _is_seen(node, leave_out)):
            yield node, "enter"
            above.append(node)
            child = node.first_child
        following = child
        while following is None and above:
            if node is above[-1]:
                yield above.pop(), "leave"
            following = node.next if above else None
            if following is None and above:
                node = above[-1]
        node = following


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds data rather than the page's layout: several rows of several short cells."""
    if table.css_first("table table, p + p, div, h1, h2, h3") is not None:
        return False
    rows = _rows(table)
    texts = [cell for row in rows for cell in row]
    several = sum(len(row) > 1 for row in rows)
    return several > 1 and 2 * several >= len(rows) and sum(map(len, texts)) <= LONGEST_CELL * len(texts)


def _rows(table: LexborNode) -> list[list[str]]:
    found = [[shown(cell.text()).strip() for cell in row.css("td, th")] for row in table.css("tr")]
    return [row for row in found if any(row)]


def _is_seen(node: LexborNode, leave_out: Callable[[LexborNode], bool]) -> bool:
    if node.tag in _SILENT:
        return False
    attributes = node.attributes
    if "hidden" in attributes or _UNSEEN.search(attributes.get("style") or ""):
        return False
    return not leave_out(node)


def text_of(lines: Sequence[Line]) -> str:
    """Lines as a page's text: those of one block one below the other, a blank line between blocks."""
    text = ""
    for number, line in enumerate(lines):
        apart = number and line.block != lines[number - 1].block
        text += ("\n\n" if apart else "\n" if number else "") + line.text
    return text
