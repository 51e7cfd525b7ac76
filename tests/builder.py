"""A builder that has loaded all that it needs: test_torture.py forks from it those that it kills; no test is here."""
from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection

import pipeline.assemble
import pipeline.build
import pipeline.corrected
import pipeline.diff
import pipeline.drift
import pipeline.publish  # noqa: F401  loaded before the fork, as the others
from pipeline.cli import main
from pipeline.extract.observations import extract
from pipeline.model import Issue, Page

extract(Page("start.txt", "本报讯（某某）某县总工会发展会员3人。", Issue()))


def begin(arguments: list[str], ready: Connection) -> None:
    """Say that the build begins, then call the command as a person would; what it prints goes nowhere."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  the process ends with it
    ready.send_bytes(b"ready")
    main(arguments)
