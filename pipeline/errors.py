"""The errors a person meets and the refusals a table keeps; each says what, where and what to do, in a sentence."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 20  # how many problems a message lists; `problems` has them all

class UnionMetricsError(Exception):
    """What went wrong (`problem`), in which file and place, and what to do (`remedy`); `str()` is the whole sentence.

    `exit_code` is what a command ends with: 1 the data is not good, 2 the call is wrong.
    """

    exit_code = 1

    def __init__(self, problem: str, *, file: str | None = None, place: str | None = None, remedy: str | None = None):
        where = ", ".join(part for part in (file, place) if part)
        sentence = f"{where}: {problem}" if where else problem
        super().__init__(f"{_ended(sentence)} {_ended(remedy)}" if remedy else _ended(sentence))
        self.problem, self.file, self.place, self.remedy = problem, file, place, remedy

    def __reduce__(self) -> tuple[Any, ...]:
        """An error comes out of a worker as it was, whatever its class is made from."""
        return _revived, (type(self), self.args, self.__dict__)


def _revived(kind: type[UnionMetricsError], args: tuple[Any, ...], state: dict[str, Any]) -> UnionMetricsError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "。")) else f"{sentence}."


class UserError(UnionMetricsError):
    """The call is wrong: a folder that is not there, an option that does not fit."""

    exit_code = 2


class DataError(UnionMetricsError):
    """The data is not good: a file that cannot be read, a manifest row that contradicts itself."""

    exit_code = 1


class DatasetError(DataError):
    """The tables do not fit together, so nothing was published; `problems` names the rows."""

    def __init__(self, problems: Sequence[str]):
        self.problems = tuple(problems)
        more = [f"and {len(self.problems) - SHOWN} more"] if len(self.problems) > SHOWN else []
        listed = "".join(f"\n  {problem}" for problem in [*self.problems[:SHOWN], *more])
        super().__init__(
            f"The dataset breaks {len(self.problems)} of its rules, so nothing was published:{listed}\n"
            "The dataset published before is unchanged.",
            remedy="Look at the rows named; if a raw file is to blame, mend or remove it and build again",
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of the quarantine table: what was refused (None: no one document), where, a code, why, and what to do."""

    document: str | None
    place: str | None
    code: str
    reason: str
    remedy: str
