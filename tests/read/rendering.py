"""A page of text put into the structure of an e-paper system, as its own site would; no test lives here."""
from __future__ import annotations

import html
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.read.furniture import furniture
from pipeline.segment import is_title

EPAPERS = Path(__file__).parent / "epapers"
MALFORMED: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "malformed.toml").read_text(encoding="utf-8"))["page"]
HEADLINES = ("pretitle", "title", "subtitle")


@dataclass(frozen=True)
class Story:
    """The headlines at the top of a page's text and the blocks of lines below; what the site added is left out."""

    head: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        return "\n".join(self.head) + "\n\n" + "\n\n".join("\n".join(block) for block in self.blocks) + "\n"


def story_of(text: str) -> Story:
    """The story of a page of text."""
    for start, end, _ in reversed(furniture(text)):
        text = text[:start] + text[end:]
    blocks = [tuple(line.rstrip() for line in block.split("\n") if line.strip())
              for block in re.split(r"\n\s*\n", text) if block.strip()]
    head: list[str] = []
    while len(blocks) > 1 and len(head) < len(HEADLINES) and is_headline(blocks[0][0]):
        head.append(blocks[0][0].strip())
        blocks[0:1] = [blocks[0][1:]] if blocks[0][1:] else []
    return Story(tuple(head), tuple(blocks))


def is_headline(line: str) -> bool:
    """Whether a line of a page's text is set as a headline rather than as prose."""
    return is_title(line.strip()) and not line.startswith(("　", "  ")) and not re.search("[,，。]", line)


def as_html(story: Story, system: str) -> str:
    """The saved page of that system with the story in it."""
    page = (EPAPERS / f"{system}.html").read_text(encoding="utf-8")
    head = {"title": story.head[0]} if len(story.head) == 1 else dict(zip(HEADLINES, story.head, strict=False))
    if "{{pretitle}}" not in page and story.head:
        head = {"title": "<br>".join(story.head)}
    blocks = ["<br>".join(map(html.escape, block)) for block in story.blocks]
    filled = {"paragraphs": "".join(f"<p>{block}</p>\n" for block in blocks), "lines": "<br><br>\n".join(blocks)}
    filled |= {name: head.get(name, "") for name in HEADLINES}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: filled[match[1]], page)


def malformed(page: dict[str, Any]) -> str:
    """The source of a page of malformed.toml."""
    source: str = page["source"]
    for find, count in page.get("repeat", {}).items():
        source = source.replace(find, find * count)
    return source
