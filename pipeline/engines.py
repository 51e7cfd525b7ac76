"""How one function is run over many items: one after the other or in processes; what the function does lives elsewhere.

An engine is a function `(function, items, workers) -> results in the order of the items`. A cluster is one more of that
shape in `ENGINES`: the function is a pure one of the module level, and items and results can be pickled.
"""
from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from pipeline.errors import DataError, UserError

Item = TypeVar("Item")
Result = TypeVar("Result")
PR_SET_PDEATHSIG = 1  # of prctl(2)
CHUNK = 16  # items sent to a process at once: large enough that sending them costs nothing
AHEAD = 2  # chunks a worker may be ahead of whoever takes the results, which bounds the memory


def serial(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """One after the other, here; `workers` changes nothing."""
    return map(function, items)


def processes(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """In `workers` processes, a few chunks ahead of whoever takes the results.

    Raises DataError if a process dies, as when the memory is full; an error of the function is raised here.
    """
    waiting = iter(items)
    chunks = iter(lambda: list(islice(waiting, CHUNK)), [])
    pending: deque[Future[list[Result]]] = deque()
    context = multiprocessing.get_context(_start_method())
    with ProcessPoolExecutor(workers, context, initializer=_in_worker, initargs=(os.getpid(),)) as pool:
        try:
            while True:
                for chunk in islice(chunks, workers * AHEAD - len(pending)):
                    pending.append(pool.submit(_run_chunk, function, chunk))
                if not pending:
                    return
                yield from pending.popleft().result()
        except BrokenProcessPool:
            raise DataError("a worker process died, perhaps for want of memory",
                            remedy="Build with fewer workers; the dataset published before is unchanged") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _run_chunk(function: Callable[[Item], Result], chunk: list[Item]) -> list[Result]:
    return [function(item) for item in chunk]


def _in_worker(parent: int) -> None:
    """A worker leaves signals to its parent, and where the system can do that it ends when its parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before this was said
            os._exit(1)


def _start_method() -> str:
    """Forked processes share the vocabulary that is loaded here; where there is no fork each loads its own."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"


Engine = Callable[[Callable[[Any], Any], Iterable[Any], int], Iterator[Any]]
ENGINES: dict[str, Engine] = {"serial": serial, "processes": processes}


def run(
    engine: str | None, function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1,
) -> Iterator[Result]:
    """The function's results in the order of `items`, by the engine of that name; None takes what fits `workers`.

    Raises UserError if there is no such engine or no worker.
    """
    name = engine or ("serial" if workers == 1 else "processes")
    if name not in ENGINES:
        raise UserError(f"there is no engine {name}", remedy=f"Choose one of {', '.join(ENGINES)}")
    if workers < 1:
        raise UserError(f"{workers} workers can do no work", remedy="Give 1 or more")
    return ENGINES[name](function, items, workers)
