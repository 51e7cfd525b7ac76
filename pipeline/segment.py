"""From paragraphs to articles: where each story starts and ends, its headline and byline; what it says is not read.

A dump puts headlines before, after or far from their stories, so a headline goes to the story that shares most of its
characters, and to the next one where nothing tells.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.layout import marks
from pipeline.unwrap import CAPTION_MARK, OPEN_END, SECTION_MARK, Paragraph
from pipeline.vocabulary import short_forms
from pipeline.words import CROSSING, crosses

LONGEST_TITLE = 42  # characters; longer lines are prose even without a full stop
SHARED = 0.34  # least share of a headline's character pairs that its story holds
_PLAIN = np.zeros(65_536, np.bool_)  # of each character whether it is a digit or a Chinese one
_PLAIN[0x4E00:0xA000] = _PLAIN[ord("0"): ord("9") + 1] = True
_STOP = re.compile(r"[。！？\n]")
_SENTENCE = re.compile("[。；|]")
_HEADED = re.compile(r"[\[【][^\]】。]{2,12}[\]】]")
_SIGNED = re.compile(r"[□■][^，。□■]{2,24}$|[。！？”）] ?（[^，。（）]{1,8}）[?□■]?$")
_BROKEN_OFF = re.compile("，[^。！？!?…；：”』）)□■]*$")  # the last clause of what breaks off surely
LONGEST_SIGNATURE = 32  # characters at the end of a story in which its writer's name is looked for


@dataclass(frozen=True, slots=True)
class Article:
    """One story: its paragraphs in reading order, its headline lines, its byline.

    `kind`: story, brief, caption, table. `opens`: whether it begins with a mark of its own (dateline, bullet, caption),
    so that nothing from the story before carries over. `own_page`: whether it is the only story of its page.
    """

    kind: str
    paragraphs: tuple[Paragraph, ...]
    headlines: tuple[Paragraph, ...]
    byline: str | None
    opens: bool
    own_page: bool = False

    def lead(self) -> str:
        """The first two sentences."""
        text = "".join(p.text for p in self.paragraphs[:2])
        ends = [m.end() for m in _STOP.finditer(text)]
        return text[: ends[1]] if len(ends) > 1 else text


@dataclass
class _Draft:
    kind: str
    opens: bool
    paragraphs: list[Paragraph] = field(default_factory=list)
    headlines: list[Paragraph] = field(default_factory=list)


def segment(paragraphs: Sequence[Paragraph]) -> list[Article]:
    """The articles of a page, in the order of its text; furniture paragraphs belong to none."""
    drafts: list[_Draft] = []
    titles: list[Paragraph] = []
    groups: list[tuple[int, list[Paragraph]]] = []  # number of the draft that follows, its headline lines
    here = 0  # number of the draft that is read
    broken: list[int] = []  # numbers of those that another story interrupts in the middle of a sentence, the last first
    closed = after_mark = True  # the story before has ended
    for paragraph in paragraphs:
        if paragraph.furniture or not paragraph.text or marks().salutation.search(paragraph.text):
            continue
        if is_title(paragraph.text):
            titles.append(paragraph)
            after_mark = after_mark or bool(SECTION_MARK.fullmatch(paragraph.text))
            continue
        headed = [t for t in titles if not _is_section(t.text)]
        kind = _opening(paragraph.text)
        parts_story = headed and not all(marks().subhead.search(t.text) for t in headed)
        if kind or closed or after_mark or parts_story:
            ends = [(number, drafts[number].paragraphs[-1].text) for number in broken]
            resumed = None if kind or after_mark else _resumed(ends, paragraph.text, headed)
            here = len(drafts) if resumed is None else resumed
            if resumed is None:
                drafts.append(_Draft(kind or "story", bool(kind) or closed or after_mark))
        else:
            drafts[here].paragraphs += headed
        if parts_story:
            groups.append((len(drafts) - 1, headed))
        titles = []
        drafts[here].paragraphs.append(paragraph)
        closed, after_mark = _closes(paragraph.text), False
        open_end = not closed and OPEN_END.match(paragraph.text[-1])
        broken = [here] * bool(open_end) + [number for number in broken if number != here]
    headed = [t for t in titles if not _is_section(t.text)]
    if headed:
        groups.append((len(drafts), headed))
    wanted = {pair for _, lines in groups for line in lines for pair in _pairs(line.text)} if len(drafts) > 1 else set()
    shared = [wanted.intersection(_pairs("".join(p.text for p in d.paragraphs))) for d in drafts] if wanted else []
    for following, lines in groups:
        _give(lines, following, drafts, shared)
    return [_finish(draft, len(drafts) == 1) for draft in drafts]


def _resumed(ends: Sequence[tuple[int, str]], text: str, headed: Sequence[Paragraph]) -> int | None:
    """The number of the broken off story that a paragraph without a head of its own goes on; None where it begins one.

    `ends`: of each such story its number and last paragraph. A word that stands across the break tells; else the only
    one that breaks off in a clause goes on, unless a headline in front, of `headed`, is the paragraph's.
    """
    for number, end in ends:
        if crosses(end, text) or _short_form_crosses(end, text):
            return number
    broken = [number for number, end in ends if _BROKEN_OFF.search(end)]
    held = set(_pairs(text))
    owned = any(len(held.intersection(pairs)) >= SHARED * len(pairs) for t in headed if (pairs := _pairs(t.text)))
    return broken[0] if len(broken) == 1 and not owned else None


def _short_form_crosses(end: str, text: str) -> bool:
    """Whether a short form of a union (区总) stands across a break."""
    joint, middle = end[-CROSSING:] + text[:CROSSING], len(end[-CROSSING:])
    return any(form.start() < middle < form.end() for form in short_forms()[0].finditer(joint))


def is_title(text: str) -> bool:
    """Whether a paragraph is a headline or a section mark: short, and without the stops of a sentence."""
    if len(text) > LONGEST_TITLE or text[-1] in marks().terminals + "；，、" or _SENTENCE.search(text):
        return False
    if text[0] in marks().bullets and not SECTION_MARK.fullmatch(text):
        return False
    return not marks().dateline.match(text) and not marks().caption.search(text[-CAPTION_MARK:])


def _is_section(text: str) -> bool:
    plain = text.strip("■□【】[]（）() —-·")
    return bool(SECTION_MARK.fullmatch(text)) or plain in marks().sections or len(plain) < 3 or plain.isdigit()


def _opening(text: str) -> str | None:
    if text[0] in marks().bullets or _HEADED.match(text):
        return "brief"
    if marks().caption.search(text[-CAPTION_MARK:]):
        return "caption"
    return "story" if marks().dateline.match(text) else None


def _closes(text: str) -> bool:
    return bool(_SIGNED.search(text[-LONGEST_SIGNATURE:]) or marks().caption.search(text[-CAPTION_MARK:]))


def _pairs(text: str) -> list[int]:
    """The pairs of neighbouring characters, punctuation left out, each as a number; twice as fast as pairs of text."""
    characters = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
    plain = characters[_PLAIN[characters]].astype(np.uint32)
    pairs: list[int] = (plain[:-1] << 16 | plain[1:]).tolist()
    return pairs


def _give(lines: list[Paragraph], following: int, drafts: list[_Draft], shared: Sequence[set[int]]) -> None:
    """Hand a group of headline lines, line by line, to the story they belong to.

    `shared`: of each draft the character pairs that some headline has too; it may be empty where there is one draft.
    """
    if not drafts:
        drafts.append(_Draft("story", True))
    default = drafts[min(following, len(drafts) - 1)]
    if len(drafts) == 1:
        default.headlines += lines
        return
    for line in lines:
        pairs = set(_pairs(line.text))
        if not pairs:
            default.headlines.append(line)
            continue
        shares = [len(pairs & story) / len(pairs) for story in shared]
        here = shares[min(following, len(drafts) - 1)]
        best = max(range(len(drafts)), key=lambda n: (shares[n], -abs(n - following)))
        (drafts[best] if shares[best] >= SHARED and shares[best] > here + 0.15 else default).headlines.append(line)


def _finish(draft: _Draft, own_page: bool) -> Article:
    byline = None
    if draft.paragraphs:
        first = draft.paragraphs[0].text
        dateline = marks().dateline.match(first)
        found = marks().byline.match(first[dateline.end():].lstrip()) if dateline else None
        byline = found.group(1) if found else None
    return Article(draft.kind, tuple(draft.paragraphs), tuple(draft.headlines), byline, draft.opens, own_page)
