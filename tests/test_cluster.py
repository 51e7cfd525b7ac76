"""The engine of a Dask cluster: the bytes of a local build, also when a worker dies; mistakes told in a sentence."""
from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

import pytest

from pipeline.batch import Source, read_batch
from pipeline.build import build
from pipeline.engines import chosen
from pipeline.errors import DataError, DatasetError, UserError
from pipeline.progress import Silent
from tests.clusters import Cluster
from tests.conftest import REPOSITORY
from tests.test_cli import call
from tests.test_engines import dying, failing, squared

if importlib.util.find_spec("distributed") is None:
    pytest.skip("Dask is not installed (make cluster)", allow_module_level=True)

RAW = REPOSITORY / "data" / "raw"


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "current").iterdir())}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Starts clusters and ends them with the module."""
    clusters = []

    def start(name: str, **options) -> Cluster:
        clusters.append(Cluster(tmp_path_factory.mktemp(name), **options))
        return clusters[-1]

    yield start
    for cluster in clusters:
        cluster.end()


@pytest.fixture(scope="module")
def cluster(started):
    return started("cluster")


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """What a build without a cluster gives."""
    out = tmp_path_factory.mktemp("local") / "out"
    build(RAW, out)
    return contents(out)


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("pipeline.gather.FEWEST", 2)


class Counted(Silent):
    """Counts files as they come and does something after the first."""

    def __init__(self, after_the_first=lambda: None) -> None:
        self.files, self._act = 0, after_the_first

    def track(self, items, total):
        for item in items:
            self.files += 1
            if self.files == 1:
                self._act()
            yield item


def test_the_command_gives_the_bytes_of_a_local_build(tmp_path, cluster, local, small_batches):
    code, said, told = call("build", "--raw", RAW, "--out", tmp_path, "--scheduler", cluster.address)
    assert code == 0 and said.startswith("36 documents, ") and told.startswith("Reading 36 files of ")
    assert contents(tmp_path) == local


def test_results_come_in_the_order_of_the_items_and_errors_arrive(cluster):
    engine = chosen("dask", scheduler=cluster.address)
    assert list(engine.run(squared, range(30))) == [number * number for number in range(30)]
    assert list(engine.run(squared, [])) == []
    with pytest.raises(LookupError, match="40"):
        list(engine.run(failing, range(38, 44)))


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(tmp_path, cluster, local, small_batches):
    counted = Counted(cluster.kill_one_at_work)
    build(RAW, tmp_path, engine="dask", scheduler=cluster.address, progress=counted)
    assert [worker.poll() is None for worker in cluster.workers].count(True) == 1
    assert counted.files == 36 and contents(tmp_path) == local


def test_workers_read_from_an_address(tmp_path, cluster, local):
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as archive:
        for path in RAW.iterdir():
            archive.write(path, path.name)
    build(f"zip://::file://{tmp_path}/raw.zip", tmp_path / "out", scheduler=cluster.address)
    assert contents(tmp_path / "out") == local


def test_a_worker_that_does_not_see_the_folder_refuses_rather_than_quarantines():
    with pytest.raises(UserError, match="is not there for a worker"):
        read_batch(Path("nowhere"), False, [Source(("a.txt", {}), "0", "0")])


def test_workers_are_started_here_where_no_scheduler_is_named(tmp_path, local):
    build(RAW, tmp_path, 2, "dask")
    assert contents(tmp_path) == local


@pytest.mark.parametrize(("preload", "told"), [
    ("import pipeline.cluster\npipeline.cluster.code_version = lambda: '0.0.1+older'", "runs 0.0.1+older, the"),
    ("import sys\nsys.modules['pipeline'] = None", "a worker cannot load the builder"),
])
def test_workers_that_are_not_the_builders_are_told(tmp_path, started, preload, told):
    other = started("other", workers=1, preload=preload)
    code, _, said = call("build", "--raw", RAW, "--out", tmp_path, "--scheduler", other.address)
    assert code == 2 and told in said and "make cluster" in said and not (tmp_path / "current").exists()


@pytest.mark.parametrize(("options", "told"), [
    (["--scheduler", "tcp://127.0.0.1:9"], "tcp://127.0.0.1:9: no Dask scheduler answers there"),
    (["--scheduler", "foo://127.0.0.1:8786"], "'foo://127.0.0.1:8786' is no address of a Dask scheduler"),
    (["--scheduler", "127.0.0.1"], "'127.0.0.1' is no address of a Dask scheduler"),
    (["--scheduler", "127.0.0.1:8786", "--engine", "serial"], "the engine serial has no scheduler"),
])
def test_wrong_calls_are_told(tmp_path, options, told, monkeypatch):
    monkeypatch.setattr("pipeline.cluster.CONNECTED", 1)
    code, _, said = call("build", "--raw", RAW, "--out", tmp_path, *options)
    assert code == 2 and said.splitlines()[-1].startswith(f"Error: {told}")


def test_where_dask_is_not_installed_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, said = call("build", "--raw", RAW, "--out", tmp_path, "--engine", "dask")
    assert code == 2 and "distributed, which is not installed. Run `make cluster`" in said


def test_an_error_comes_out_of_a_worker_as_it_was(cluster):
    (error,) = chosen("dask", scheduler=cluster.address).run(DatasetError, [["a row", "another"]])
    assert str(error) == str(DatasetError(["a row", "another"])) and error.problems == ("a row", "another")
    (error,) = chosen("processes").run(UserError, ["wrong"])
    assert str(error) == "wrong." and error.exit_code == 2


def test_a_scheduler_that_ends_is_told(started):
    lost = started("lost", workers=1)
    results = chosen("dask", scheduler=lost.address).run(squared, range(3))
    assert next(results) == 0
    lost.end()
    with pytest.raises(DataError, match="the scheduler ended, or the line to it is dead"):
        list(results)


def test_a_cluster_whose_workers_have_all_died_is_told(cluster, monkeypatch):
    monkeypatch.setattr("pipeline.cluster.PATIENCE", 2)
    with pytest.raises(DataError, match="has had no worker for 2 seconds"):
        list(chosen("dask", scheduler=cluster.address).run(dying, range(3)))
