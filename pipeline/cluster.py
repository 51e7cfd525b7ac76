"""The runner of a Dask cluster: workers of any number of machines take items; a dead worker's items go to another one.

What a worker is given is a function and an item, and it must run the code of the builder (`on_worker`). Nothing is
stored on a worker: what it gave is taken to the builder in the order of the items and let go there.
"""
from __future__ import annotations

import importlib
import importlib.util
import logging
import pickle
import platform
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, TypeVar

from pipeline.errors import DataError, UserError
from pipeline.fingerprint import code_version, libraries

Item = TypeVar("Item")
Result = TypeVar("Result")
AHEAD = 4  # items a thread of a worker may be ahead of whoever takes the results, which bounds the memory
CONNECTED = 10  # seconds in which a scheduler answers
PATIENCE = 60  # seconds for which a cluster may be without any worker
REMEDY = "Build again when it is mended: what was read is kept, and the dataset published before is unchanged"

HERE = "127.0.0.1:0"  # where a cluster of this machine shows what it does: no fixed port, seen from nowhere else
_ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?([^\s:/]+|\[[\da-f:]+\]):\d+/?")

_IS_DASKS = re.compile(r"distributed\b").match

_alone = threading.Lock()  # readers and words are loaded once for a process, whose threads take turns at them


def check(scheduler: str | None) -> None:
    """Raises UserError where the packages of a cluster are not installed, or no scheduler can have that address."""
    if importlib.util.find_spec("distributed") is None:
        raise UserError("the engine dask needs the package distributed, which is not installed",
                        remedy="Run `make cluster` in the folder of the project")
    if scheduler is not None and not _ADDRESS.fullmatch(scheduler):
        raise UserError(f"{scheduler!r} is no address of a Dask scheduler", remedy=(
            "Start one with `dask scheduler` and give the address that it prints, as in tcp://HOST:8786"))


def dask(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1, scheduler: str | None = None,
) -> Iterator[Result]:
    """By the workers of the Dask scheduler at an address, else by `workers` processes started here for this.

    A worker that dies is done without: its items are run again by others. Raises UserError if no scheduler answers or a
    worker has other code than this process, DataError if the cluster is lost or an item kills worker after worker, and
    what the function raises.
    """
    waiting = iter(items)
    first = list(islice(waiting, 1))
    if first:
        with _connected(scheduler, workers) as client, _in_words(scheduler):
            yield from _results(client, function, (item for part in (first, waiting) for item in part))


def _results(client: Any, function: Callable[[Item], Result], items: Iterator[Item]) -> Iterator[Result]:
    here = tools()
    pending: deque[Any] = deque()
    while True:
        room = AHEAD * _threads(client) - len(pending)
        for item in islice(items, max(room, 0 if pending else 1)):
            sealed = pickle.dumps((on_worker, function, item, here))
            pending.append(client.submit(_opener(), sealed, pure=False))
        if not pending:
            return
        yield _result(client, pending.popleft())


def _result(client: Any, future: Any) -> Any:
    """What a worker gave; raises DataError where no worker came for a while, CancelledError without scheduler."""
    without = 0
    while without < 2:
        try:
            return future.result(timeout=PATIENCE / 2)
        except TimeoutError:
            without = 0 if _threads(client) else without + 1
    raise DataError(f"the scheduler has had no worker for {PATIENCE} seconds", remedy=REMEDY)


def _threads(client: Any) -> int:
    """How many threads all workers have now; raises CancelledError where the scheduler does not say."""
    try:
        return sum(client.nthreads().values())
    except (OSError, AttributeError):  # the latter of a client that has given up
        raise CancelledError from None


def _opener() -> Callable[[bytes], Any]:
    """What calls a sealed function; it travels whole, so that a worker without our code fails here and can say so."""

    def opened(sealed: bytes) -> Any:
        import pickle

        function, *given = pickle.loads(sealed)
        return function(*given)

    return opened


def tools() -> list[str]:
    """The code and the libraries that this process runs, each with its version."""
    return [code_version(), *libraries().split(", ")]


def on_worker(function: Callable[[Item], Result], item: Item, builders: Sequence[str]) -> Result:
    """The function's result, from a worker with the builder's own code; raises UserError from another."""
    for ours, theirs in zip(tools(), builders, strict=False):
        if ours != theirs:
            raise UserError(f"a worker on {platform.node()} runs {ours}, the builder {theirs}",
                            remedy="Install the same release of union-metrics on both, with `make cluster`, and start "
                                   "the workers again")
    with _alone:
        return function(item)


@contextmanager
def _connected(scheduler: str | None, workers: int) -> Iterator[Any]:
    """A client of the scheduler, or of a cluster that lives as long as this."""
    distributed: Any = importlib.import_module("distributed")
    for name in filter(_IS_DASKS, list(logging.root.manager.loggerDict)):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is told in words
    with ExitStack() as opened:
        if scheduler is None:
            scheduler = opened.enter_context(distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=HERE, silence_logs=logging.CRITICAL))
        try:
            client = distributed.Client(scheduler, timeout=CONNECTED, set_as_default=False, name="union-metrics")
        except (OSError, ValueError) as error:
            raise UserError(f"no Dask scheduler answers there ({error})", file=str(scheduler), remedy=(
                "Start one with `dask scheduler` and give the address that it prints; without --scheduler workers are "
                "started on this machine")) from None
        yield opened.enter_context(client)


@contextmanager
def _in_words(scheduler: str | None) -> Iterator[None]:
    """Turns what a cluster raises into sentences; the function's own errors come through as they are."""
    from distributed.client import ClosedClientError
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    try:
        yield
    except ImportError as error:
        raise UserError(f"a worker cannot load the builder ({error})", file=scheduler,
                        remedy="Install union-metrics with `make cluster` wherever a worker is started") from None
    except KilledWorker:
        raise DataError("some pages killed one worker after the other, perhaps for want of memory", file=scheduler,
                        remedy="Give the workers more memory, or find the pages with --engine serial") from None
    except (CancelledError, ClosedClientError, CommClosedError):
        raise DataError("the scheduler ended, or the line to it is dead", file=scheduler, remedy=REMEDY) from None
