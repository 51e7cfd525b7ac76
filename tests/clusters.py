"""A scheduler and workers of a Dask cluster, each a process of its own as a person starts it; no test lives here."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import REPOSITORY

SECONDS = 60.0  # in which a scheduler comes up, however busy the machine is


class Cluster:
    """Started in a folder of its own; `address` is that of the scheduler, `workers` are the processes."""

    def __init__(self, folder: Path, workers: int = 2, preload: str = "") -> None:
        """`preload`: Python that each worker runs before it works."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, file = folder, folder / "scheduler.json"
        self._scheduler = self._start("scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(file))
        self.address = self._address(file)
        (folder / "preload.py").write_text(preload, encoding="utf-8")
        options = ["--no-nanny", "--nthreads", "1", "--preload", str(folder / "preload.py")]
        self.workers = [self._start("worker", self.address, "--host", "127.0.0.1", *options) for _ in range(workers)]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        """A process whose log stands in the folder."""
        command: Sequence[str] = [sys.executable, "-m", "dask", what, "--no-dashboard", *options]
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "DASK_TEMPORARY_DIRECTORY": str(self._folder)}
        with open(self._folder / f"{what}.log", "ab") as log:
            return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)

    def _address(self, file: Path) -> str:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                return str(json.loads(file.read_text(encoding="utf-8"))["address"])
            except (OSError, ValueError):
                time.sleep(0.05)
        raise TimeoutError((self._folder / "scheduler.log").read_text(encoding="utf-8"))

    def kill_one_at_work(self) -> None:
        """Kill a worker that has been given pages and has not answered yet."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            busy: list[int] = []
            while not busy:
                at_work = [worker for worker, tasks in client.processing().items() if tasks]
                busy = list(client.run(os.getpid, workers=at_work).values()) if at_work else []
        victim = next(worker for worker in self.workers if worker.pid in busy)
        victim.kill()
        victim.wait()

    def end(self) -> None:
        """Stop all processes."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()
