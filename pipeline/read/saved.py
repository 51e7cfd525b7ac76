"""Which of the files of a folder or an archive are pages, by their names: not what stands beside a saved page."""
from __future__ import annotations

import re
from collections.abc import Iterable

_BESIDE = re.compile(r"(.+?)(?:_files|\.files)", re.IGNORECASE)  # where a browser puts the pictures of a saved page
_ENDINGS = (".htm", ".html")


def pages_among(names: Iterable[str]) -> set[str]:
    """The names, paths with `/`, of files that should hold pages.

    Hidden files are none (.x, __MACOSX/x), nor what a browser saved beside a page (NAME_files/x of NAME.html).
    """
    listed = list(names)
    saved = {name.rpartition(".")[0] for name in listed if name.lower().endswith(_ENDINGS)}
    return {name for name in listed if not _is_hidden(name) and not _page_above(name) & saved}


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _page_above(name: str) -> set[str]:
    """The pages, without their endings, beside which a file of this name may have been saved."""
    folders = name.split("/")[:-1]
    matches = ((number, _BESIDE.fullmatch(folder)) for number, folder in enumerate(folders))
    return {"/".join([*folders[:number], match[1]]) for number, match in matches if match}
