"""Reading in a process of its own, so that a file that crashes, hangs or swells a parser costs only itself.

Parsers of HTML and PDF are written in C and eat what strangers made. They are run by one child of each process that
reads, started when it is first needed, within the limits below. What comes back is plain JSON.
A child that dies is replaced; its file is tried once more in a fresh one, so that no file suffers for another.

The child: `python -m pipeline.read.child SECONDS MEMORY`, frames on its standard input and output.
"""
from __future__ import annotations

import atexit
import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import IO, Any

from pipeline.read.imprint import Imprint
from pipeline.read.sheet import Fault, Sheet, UnreadableError

SECONDS = 60  # of processor time for one file; a page takes a twentieth of a second
PATIENCE = 600.0  # seconds by the clock for one file, however busy the machine is
WITH_OCR = 20  # times as much of both, where pictures are recognised (what that may take is told in `ocr`)
MEMORY = 2 << 30  # bytes of address space
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # each thread of numpy takes memory, and many cores would take all of it
_LENGTH = struct.Struct(">Q")


class _Died(Exception):
    """The child ended before it answered; whether it was because of the clock."""

    def __init__(self, late: bool):
        super().__init__()
        self.late = late


class _Child:
    """A running child and the conversation with it."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "pipeline.read.child", str(SECONDS), str(MEMORY)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2], env={**os.environ, **_ONE_THREAD})

    def ask(self, reader: str, ocr: bool, data: bytes) -> Any:
        """What the reader gives for `data`, as JSON; raises _Died."""
        assert self._process.stdin and self._process.stdout
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        clock = threading.Timer(PATIENCE * (WITH_OCR if ocr else 1), give_up)
        clock.daemon = True
        clock.start()
        try:
            _send(self._process.stdin, json.dumps([reader, ocr]).encode())
            _send(self._process.stdin, data)
            answer = _receive(self._process.stdout)
        except (OSError, EOFError):
            answer = None
        finally:
            clock.cancel()
        if answer is None:
            self.end()
            raise _Died(late.is_set() or self._process.returncode == -_xcpu())
        return json.loads(answer)

    def end(self) -> None:
        """Stop the child and wait for its end."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._process.kill()
        self._process.wait()


_lock = threading.Lock()
_child: _Child | None = None


def read_guarded(reader: str, ocr: bool, data: bytes) -> Sequence[Sheet | Fault]:
    """What the reader of that name gives for `data`, read by the child.

    Raises UnreadableError as the reader does, and where the file takes too long, too much memory, or kills the child.
    """
    with _lock:
        try:
            answer = _ask(reader, ocr, data)
        except _Died as died:
            if died.late:
                raise _too_slow() from None
            try:
                answer = _ask(reader, ocr, data)
            except _Died as again:
                raise (_too_slow() if again.late else _crashed()) from None
    if "refused" in answer:
        raise UnreadableError(*answer["refused"])
    return [_unpacked(one) for one in answer["read"]]


def _ask(reader: str, ocr: bool, data: bytes) -> Any:
    global _child
    if _child is None or _child.pid != os.getpid():  # a forked process must not talk to its parent's child
        _child = _Child()
    try:
        return _child.ask(reader, ocr, data)
    except _Died:
        _child = None
        raise


def _too_slow() -> UnreadableError:
    return UnreadableError("too_slow", f"reading it takes more than {SECONDS} seconds of processor time",
                           "Save the page again, or as text")


def _crashed() -> UnreadableError:
    reason = f"the parser breaks down on it, or needs more than {MEMORY >> 20:,} MiB of memory"
    return UnreadableError("crashed", reason, "Save the page again, or as text")


@atexit.register
def _end_child() -> None:
    if _child is not None and _child.pid == os.getpid():
        _child.end()


def _send(pipe: IO[bytes], frame: bytes) -> None:
    pipe.write(_LENGTH.pack(len(frame)))
    pipe.write(frame)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """One frame; raises EOFError where the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    frame = pipe.read(length)
    if len(frame) < length:
        raise EOFError
    return frame


def _packed(one: Sheet | Fault) -> dict[str, Any]:
    fields = asdict(one)
    if isinstance(one, Sheet) and one.imprint and one.imprint.issue_date:
        fields["imprint"]["issue_date"] = one.imprint.issue_date.isoformat()
    return fields


def _unpacked(fields: dict[str, Any]) -> Sheet | Fault:
    if "code" in fields:
        return Fault(**fields)
    told = fields.pop("imprint")
    if told and told["issue_date"]:
        told["issue_date"] = date.fromisoformat(told["issue_date"])
    return Sheet(**fields, imprint=Imprint(**told) if told else None)


def _xcpu() -> int:
    import signal

    return int(getattr(signal, "SIGXCPU", 0))


def limit(seconds: int | None = None, memory: int | None = None) -> None:
    """Bound this process: its memory, in bytes, or its processor time from now on."""
    try:
        import resource
    except ImportError:  # no such limits on this system; the clock remains
        return
    with contextlib.suppress(ValueError, OSError):
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if seconds is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            until = int(used.ru_utime + used.ru_stime) + seconds
            resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _answer(reader: str, ocr: bool, data: bytes) -> dict[str, Any]:
    from pipeline.read import by_name

    try:
        return {"read": [_packed(one) for one in by_name(reader).chosen(ocr)(data)]}
    except UnreadableError as refused:
        return {"refused": [refused.code, refused.reason, refused.remedy]}
    except MemoryError:
        raise  # ends this process, as it would where the parser runs out of it
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"the reader failed on it: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
        return {"refused": ["reader_failed", reason, "Report it, with the file, as a defect"]}


def serve(requests: IO[bytes], answers: IO[bytes], seconds: int) -> None:
    """Answer each request, with so many seconds for each; what a file does to this process ends it: an answer too."""
    while True:
        try:
            reader, ocr = json.loads(_receive(requests))
        except EOFError:
            return
        limit(seconds * (WITH_OCR if ocr else 1))
        _send(answers, json.dumps(_answer(reader, ocr, _receive(requests))).encode())


if __name__ == "__main__":
    _answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is no answer
    limit(memory=int(sys.argv[2]))
    serve(sys.stdin.buffer, _answers, int(sys.argv[1]))
