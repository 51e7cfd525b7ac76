"""What docs/operations.md offers is tried: units that systemd accepts, the cron line, the job of a CI server."""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.validate import validate
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw

DEPLOY = REPOSITORY / "deploy"
PROJECT = "/srv/union-metrics"


def project(folder: Path) -> Path:
    """A project's folder with a few pages and the command that is installed here."""
    write_raw(folder / "data" / "raw")
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    command = commands / "union-metrics"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={REPOSITORY} exec {sys.executable} -m pipeline.cli "$@"\n')
    command.chmod(0o755)
    return folder


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze (Debian: systemd)")
def test_systemd_accepts_the_units(tmp_path):
    home = project(tmp_path / "project")
    units = tmp_path / "units"
    units.mkdir()
    for unit in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        (units / unit.name).write_text(unit.read_text(encoding="utf-8").replace(PROJECT, str(home)), encoding="utf-8")
    named = sorted(map(str, units.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *named],
                          capture_output=True, text=True)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "union-metrics" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_units_call_the_command_as_it_is():
    for unit in DEPLOY.glob("*.service"):
        for call in re.findall(rf"^ExecStart={PROJECT}/.venv/bin/union-metrics (.*)$", unit.read_text(), re.MULTILINE):
            name, *arguments = call.split()
            main.commands[name].make_context(name, arguments)  # raises where an option is not known


def test_the_cron_line_is_silent_when_all_is_well_and_prints_when_not(tmp_path):
    home = project(tmp_path)
    [line] = [line for line in (DEPLOY / "crontab").read_text().splitlines() if line and not line.startswith("#")]
    command = line.split(maxsplit=5)[5].replace(PROJECT, str(home))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert validate(home / "data" / "processed") == []
    (home / "data" / "raw" / "issues.csv").write_text("document,when\n", encoding="utf-8")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert "Error: issues.csv" in done.stdout and "line 1, column when" in done.stdout


def test_the_commands_of_the_scheduled_job_run(tmp_path):
    home = project(tmp_path)
    [run] = re.findall(r"- run: make setup && (.*)", (DEPLOY / "schedule.yml").read_text())
    subprocess.run(["sh", "-ec", run], check=True, cwd=home, capture_output=True)
    assert {"observations.parquet", "build.json"} <= {
        path.name for path in (home / "data" / "processed" / "current").iterdir()}


def test_the_page_names_each_file_and_each_option():
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(f"deploy/{path.name}" in page for path in DEPLOY.iterdir())
    for name in ("build", "watch", "diff", "rollback"):
        for parameter in main.commands[name].params:
            for option in parameter.opts:
                if option.startswith("--") and option not in ("--raw", "--engine", "--workers", "--root", "--rows"):
                    assert option in page, f"{name} {option}"
