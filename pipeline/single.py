"""One page on its own, from a file, a raw folder or a string; whole folders are the business of `build`."""
from __future__ import annotations

import difflib
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from pipeline.errors import DataError, Refusal, UserError
from pipeline.extract.observations import extract
from pipeline.extraction import extract_file
from pipeline.model import Extraction, Observation, Page
from pipeline.places import Place
from pipeline.read import file_of, files, read_file
from pipeline.read.issues import IssueRow, issue_of, load_issues, parse_date

Result = TypeVar("Result", Page, Extraction)
SHOWN = 10  # pages of a file that a message lists
TEXT = "text"  # the name of a page that is no file
LONGEST_NAME = 1024  # characters; a longer string is a text, not a path


def extract_single(path_or_text: Path | str, issue_date: date | str | None = None) -> list[Observation]:
    """See `pipeline.extract_page`."""
    row = IssueRow(TEXT, None, *_stated(issue_date))
    path = _as_path(path_or_text)
    if path is None:
        text = str(path_or_text).replace("\r\n", "\n").replace("\r", "\n")
        page = Page(TEXT, text, issue_of(TEXT, text, row))
    else:
        pages = read_file(path.parent, path.name, {path.name: replace(row, document=path.name)})
        readable = [page for page in pages if isinstance(page, Page)] or [accepted(page) for page in pages]
        return [o for page in readable for o in extract(page).observations]
    return list(extract(page).observations)


def extraction_of(raw: Place, document: str, ocr: bool = False) -> Extraction:
    """What the page `document` of the folder `raw` gives, as in a build; `document` may also be the file's path.

    Raises UserError where there is no such file, DataError where it gives no text.
    """
    known = files(raw)
    name = document
    if isinstance(raw, Path) and file_of(document, known) not in known:
        name = os.path.relpath(document, raw).replace(os.sep, "/")
    file = file_of(name, known)
    if file not in known:
        alike = difflib.get_close_matches(document, known, 3, 0.5)
        raise UserError(f"there is no document {document}", file=str(raw),
                        remedy=f"Did you mean {', '.join(alike)}?" if alike else "Name the folder with --raw")
    given = {_document(one): one for one in extract_file(raw, (file, load_issues(raw).of_file(file)), ocr)}
    if name not in given and file not in given:
        held = ", ".join(list(given)[:SHOWN])
        raise UserError(f"there is no document {name}", file=str(raw), remedy=f"The file holds {held}")
    return accepted(given[name] if name in given else given[file])


def _document(result: Extraction | Refusal) -> str:
    return result.document or "" if isinstance(result, Refusal) else result.page.document


def _stated(issue_date: date | str | None) -> tuple[date | None, str | None]:
    """The issue's date with its precision; raises UserError for a string that is no date."""
    if not isinstance(issue_date, str):
        return issue_date, "day" if issue_date else None
    day, precision = parse_date(issue_date)
    if day is None:
        raise UserError(f"{issue_date!r} is no date", remedy="Write YYYY-MM-DD, YYYY-MM or YYYY")
    return day, precision


def _as_path(path_or_text: Path | str) -> Path | None:
    """The path of a file, or None where the string is a text."""
    if isinstance(path_or_text, Path):
        if not path_or_text.exists():
            raise UserError("there is no such file", file=str(path_or_text))
        return path_or_text
    if len(path_or_text) > LONGEST_NAME or "\n" in path_or_text or "\0" in path_or_text:
        return None
    try:
        return Path(path_or_text) if Path(path_or_text).is_file() else None
    except OSError:  # longer than the system allows a name to be
        return None


def accepted(result: Result | Refusal) -> Result:
    """What was read; raises DataError for a refusal."""
    if isinstance(result, Refusal):
        raise DataError(result.reason, file=result.document, remedy=result.remedy)
    return result
