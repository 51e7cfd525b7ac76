"""The reader of saved web pages: the story's headlines and prose as a page's text, what the system says of its issue.

Where each e-paper system puts these is data (see `epapers`); how a tree becomes lines lives in `dom`. Nothing that a
page names is fetched, and no script is run.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.read.dom import DEEPEST, MOST_NODES, Line, lines, shown, text_of, too_complex
from pipeline.read.epapers import GENERAL, System, system_of
from pipeline.read.imprint import Imprint, half_width, printed
from pipeline.read.sheet import Sheet, UnreadableError
from pipeline.read.text import decode

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

HEAD = 4096  # bytes in which a web page shows that it is one
LINK_LIST = 0.6  # share of link text from which on a line is navigation
PROSE = 18  # characters; a line as long, with a stop in it, is prose; so is a row of cells
MOST_OF_IT = 0.85  # share of the prose that the element of the story holds
NEAR = 12  # lines above the story in which its headline is looked for
_BOM = b"\xef\xbb\xbf"
_OPENS = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|div|table)\b",
                    re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(rb"<(?:html|body|head|meta|title|div|table|td|p|br|span|font)\b|</(?:p|div|td|html|body|span|a)>",
                   re.IGNORECASE)
_ENTITY = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]{0,400}?(/?)>")
_UNNESTED = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot", "colgroup", "html", "head", "body",
})  # closed by what follows them
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_ADDRESS = re.compile(
    r"saved from url=\(\d+\)(\S+)"
    r"|<(?:link|meta|base)\b(?=[^>]{0,200}(?:canonical|og:url|<base))[^>]{0,200}?(?:href|content)\s*=\s*[\"']([^\"'>]{8,300})"
    r"|<base\s[^>]{0,80}?href\s*=\s*[\"']([^\"'>]{8,300})"
    r"|<img\b[^>]{0,300}?src\s*=\s*[\"']?([^\"'\s>]{8,300})", re.IGNORECASE)
_URL_LINE = re.compile(r"(?:https?:/)?/[\w./?=&%:-]{8,200}")
_STOP = re.compile("[。，；,;]")
_SAYS = re.compile(r"[。，；,;\d]")  # without any of these there is no story, and no figure
_SITE = re.compile(r"\s*(?:[-_|–—]{1,2}|--|>>)\s*")
_TODAY = "今天是"  # what follows is the day on which the page was looked at


def is_html(head: bytes) -> bool:
    """Whether a file that begins with `head` is a web page: markup at its start, or several tags early in it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\x00", b"")
    start = head[:HEAD].removeprefix(_BOM)
    return _OPENS.match(start) is not None or len(_TAGS.findall(start)) >= 3


def read_html(data: bytes) -> Sequence[Sheet]:
    """The one page of a saved web page; raises UnreadableError for one that is cut off, empty or no story."""
    source, encoding = decode(data)
    _check(source)
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(source)
    system = system_of(source)
    body = tree.body
    everything = lines(body) if body is not None else []
    story = _story(system, body, everything) if body is not None else []
    read_by = system.name if story else GENERAL  # also where a system's page is not laid out as it is known to be
    name = _name_of(tree, everything)
    if not story:
        story = _general(everything, name)
    elif system.head and not story[0].heading:
        story = _named(name, story) + story
    text = text_of(story)
    if not _SAYS.search(text):
        raise UnreadableError("no_text", "it is a web page without a story, such as a list of headlines",
                              "Save the pages of the stories themselves, or remove it")
    return (Sheet(text + "\n", encoding, None, read_by, _imprint(system, everything, source)),)


def _name_of(tree: LexborHTMLParser, everything: Sequence[Line]) -> str:
    """What a page calls itself, without the name of its site: the part of its title that stands in the page as well."""
    title = tree.css_first("title")
    names = [name for name in _SITE.split(shown(title.text())) if len(name) > 4] if title is not None else []
    page = _bare("".join(line.text for line in everything if line.linked < LINK_LIST))
    return next((name for name in names if _bare(name) in page), names[0] if names else "").strip()


def _check(source: str) -> None:
    """Raises UnreadableError for markup that defines entities of its own, or that was cut off while it was saved."""
    if _ENTITY.search(source[:HEAD]):
        raise UnreadableError("malicious", "it defines entities of its own, as no saved page does", "Remove it")
    if source.count("<") > MOST_NODES or source.count("<") > DEEPEST and _depth(source) > DEEPEST:
        raise too_complex()
    tail = source.rstrip()
    begun = re.search(r"<html\b", source, re.IGNORECASE) and not _END.search(source)
    if begun or tail.rfind("<") > tail.rfind(">"):
        raise UnreadableError("truncated", "it was cut off: its markup does not come to an end", "Save the page again")


def _depth(source: str) -> int:
    """How deeply the tags of a page are nested, roughly; the parser takes time by its square."""
    depth = deepest = 0
    for closes, name, closed in _TAG.findall(source):
        if name.lower() not in _UNNESTED and not closed:
            depth = max(0, depth - 1) if closes else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _story(system: System, body: LexborNode, everything: list[Line]) -> list[Line]:
    """The lines of headlines, byline and prose that a system's entry points out; none where it points at nothing."""
    if system.after is not None:
        prose = _between(system, everything)
    else:
        chosen = _first(body, system.body)
        unwanted = {node.mem_id for selector in system.without for node in body.css(selector)}
        prose = [] if chosen is None else lines(chosen, lambda node: node.mem_id in unwanted)
        prose = _without_lists(prose)
    if not prose:
        return []
    head = [line for number, selectors in enumerate((*system.head, system.byline))
            for line in _lines_of(body, selectors, number)]
    told = {_bare(line.text) for line in prose[:len(head) + 2]}
    fresh = {_bare(line.text): line for line in reversed(head) if _bare(line.text) not in told}
    return [*reversed(fresh.values()), *prose]


def _lines_of(body: LexborNode, selectors: Sequence[str], number: int) -> list[Line]:
    """The lines of the headline of that number, each headline a block before those of the prose."""
    node = _first(body, selectors)
    return [Line(line.text.strip(), number - 100, 0.0, True, ()) for line in lines(node)] if node is not None else []


def _first(body: LexborNode, selectors: Sequence[str]) -> LexborNode | None:
    """The first node that holds text, by the first selector that finds one."""
    found = (node for selector in selectors for node in body.css(selector) if node.text().strip())
    return next(found, None)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _between(system: System, everything: list[Line]) -> list[Line]:
    """The lines after the one that a system's story follows and before the one that ends it."""
    assert system.after is not None
    plain = [half_width(line.text).strip() for line in everything]
    start = next((n + 1 for n, text in enumerate(plain) if system.after.fullmatch(text)), None)
    if start is None:
        return []
    begun = next((n for n in range(start, len(plain)) if everything[n].linked < LINK_LIST), start)
    end = next((n for n in range(begun, len(plain)) if system.before and system.before.fullmatch(plain[n])), len(plain))
    kept = [line for n, line in enumerate(everything[start:end], start)
            if not (system.lines_out and system.lines_out.fullmatch(plain[n]))]
    return _without_lists(kept)


def _without_lists(story: list[Line]) -> list[Line]:
    """A story without lines that are links and nothing else: other stories' headlines, the site's ways."""
    return [line for line in story if line.linked < LINK_LIST or line.heading]


def _general(everything: list[Line], name: str) -> list[Line]:
    """The story of a page of no known system: the element that holds the prose, and the headline at or above it.

    `name` is what the page calls itself; it serves where no line is marked as a headline.
    """
    free = [line for line in everything if line.linked < LINK_LIST or line.heading]
    prose = [line for line in free if _is_prose(line)]
    if not prose:
        return []
    holder = _holder(prose)
    inside = [n for n, line in enumerate(free) if holder in line.path]
    start, end = inside[0], inside[-1] + 1
    first = next(n for n in range(start, end) if _is_prose(free[n]))
    above = range(max(0, min(start, first - NEAR)), first)
    headings = [n for n in above if free[n].heading]
    headings = headings or [n for n in above if name and _bare(name) in _bare(free[n].text)]
    if not headings:
        return _named(name, free[start:end]) + free[start:end]
    top = next((n for n in headings if n >= start), headings[-1])
    while top - 1 in headings:
        top -= 1
    return free[top:end]


def _named(name: str, story: list[Line]) -> list[Line]:
    """The name of a page as the headline of its story, unless the story has it."""
    return [Line(name, -1, 0.0, True, ())] if name and _bare(name) not in _bare("".join(n.text for n in story)) else []


def _is_prose(line: Line) -> bool:
    long = len(line.text) >= PROSE and _STOP.search(line.text) is not None
    return (long or "\t" in line.text) and line.linked < LINK_LIST


def _holder(prose: list[Line]) -> int:
    """The innermost element that holds most of the prose."""
    held: Counter[int] = Counter()
    depth: dict[int, int] = {}
    for line in prose:
        for level, element in enumerate(line.path):
            held[element] += len(line.text)
            depth[element] = level
    enough = MOST_OF_IT * sum(len(line.text) for line in prose)
    return max((element for element in held if held[element] >= enough), key=lambda element: depth[element])


def _imprint(system: System, everything: list[Line], source: str) -> Imprint:
    """What the page says of its issue; the date from where the system is known to put it, and from nowhere else."""
    told = printed("\n".join(line.text.partition(_TODAY)[0] for line in everything if line.linked < LINK_LIST))
    own = [found for match in _ADDRESS.findall(source) for found in match if found]
    own += [line.text.strip() for line in everything if _URL_LINE.fullmatch(line.text.strip())]
    address = printed("\n".join(own)) if own else Imprint()
    sources = {"printed": told, "address": address}
    dated = next((sources[name] for name in system.date if sources[name].issue_date), Imprint())
    return replace(told, issue_date=dated.issue_date, precision=dated.precision, page=told.page or address.page)
