"""Publishing, loading and validating: dtypes in plain pandas, the same bytes, one switch, old data kept on failure."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.assemble import assemble
from pipeline.errors import DataError, DatasetError, UserError
from pipeline.load import load, open_dataset
from pipeline.publish import BUILD_KEY, publish
from pipeline.validate import validate
from pipeline.versions import file_digest, rollback, versions
from schemas import TABLES
from tests.extractions import CATALOGUE, extractions, read_json

INFO = {"code_version": "1", "inputs": {"documents": 3}}


@pytest.fixture(scope="module")
def tables():
    return assemble(extractions(), CATALOGUE, code_version="1")


@pytest.fixture(scope="module")
def fewer():
    return assemble(extractions()[:2], CATALOGUE, code_version="1")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_plain_pandas_gives_the_dtypes_promised(tables, tmp_path):
    publish(tables, tmp_path, INFO)
    promised = read_json("schemas/dtypes.json")["observations"]
    frame = pd.read_parquet(tmp_path / "observations.parquet")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == promised
    for name, schema in TABLES.items():
        frame = pd.read_parquet(tmp_path / f"{name}.parquet")
        assert {n: str(t) for n, t in frame.dtypes.items()} == {c.name: c.pandas for c in schema.columns}, name


def test_what_was_written_is_read_again(tables, tmp_path):
    folder = publish(tables, tmp_path, INFO)
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        assert pq.read_metadata(path).metadata[BUILD_KEY.encode()].decode() == folder.name
        assert pq.read_table(path).equals(table, check_metadata=True), name


def test_columns_are_described_in_the_file(tables, tmp_path):
    folder = publish(tables, tmp_path, INFO)
    for name, schema in TABLES.items():
        fields = pq.read_schema(folder / f"{name}.parquet")
        assert [fields.field(c.name).metadata[b"description"].decode() for c in schema.columns] == [
            c.description for c in schema.columns]


def test_the_same_input_gives_the_same_bytes(tables, tmp_path):
    one = publish(tables, tmp_path / "a", INFO)
    other = publish(assemble(reversed(extractions()), CATALOGUE, code_version="1"), tmp_path / "b", INFO)
    assert one.name == other.name
    assert contents(one) == contents(other)


def test_another_process_and_hash_seed_give_the_same_build(tables, tmp_path):
    code = ("import sys; from tests.extractions import *; from pipeline.assemble import assemble; "
            "from pipeline.publish import publish; "
            "print(publish(assemble(extractions(), CATALOGUE, code_version='1'), sys.argv[1], "
            f"{INFO!r}).name)")
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "b")], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": "."}, cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == publish(tables, tmp_path / "a", INFO).name


def test_build_and_package_say_what_is_there(tables, tmp_path):
    folder = publish(tables, tmp_path, INFO)
    build = json.loads((tmp_path / "build.json").read_text(encoding="utf-8"))
    assert build["version"] == folder.name and build["code_version"] == "1"
    assert build["tables"]["observations"]["rows"] == tables["observations"].num_rows
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    for resource in package["resources"]:
        assert resource["bytes"] == (tmp_path / resource["path"]).stat().st_size
        assert resource["hash"] == f"sha256:{file_digest(tmp_path / resource['path'])}"


def test_a_second_version_is_switched_to_and_the_first_can_come_back(tables, fewer, tmp_path):
    first, second = publish(tables, tmp_path, INFO), publish(fewer, tmp_path, INFO)
    assert versions(tmp_path) == [second.name, first.name]
    assert len(load("observations", tmp_path)) == fewer["observations"].num_rows
    rollback(tmp_path, first.name)
    assert len(load("observations", tmp_path)) == tables["observations"].num_rows
    with pytest.raises(UserError, match="no version nothing"):
        rollback(tmp_path, "nothing")


def test_only_some_versions_are_kept(tables, tmp_path):
    ids = [publish(tables, tmp_path, {**INFO, "code_version": str(n)}, keep=2).name for n in range(4)]
    assert versions(tmp_path) == [ids[3], ids[2]]


def test_publishing_again_mends_a_damaged_version(tables, tmp_path):
    folder = publish(tables, tmp_path, INFO)
    sound = contents(folder)
    (folder / "panel.parquet").write_bytes(b"PAR1")
    (folder / "articles.parquet").unlink()
    assert publish(tables, tmp_path, INFO) == folder
    assert contents(folder) == sound and validate(tmp_path) == []


def test_a_broken_relation_publishes_nothing(tables, fewer, tmp_path):
    first = publish(fewer, tmp_path, INFO)
    lost = tables["observations"]["observation_id"][0].as_py()
    broken = {**tables, "observations": tables["observations"].slice(1)}
    with pytest.raises(DatasetError) as raised:
        publish(broken, tmp_path, INFO)
    assert lost in str(raised.value) and "numerals.observation_id" in str(raised.value)
    assert versions(tmp_path) == [first.name] and open_dataset(tmp_path).folder == first


def test_a_table_of_other_types_publishes_nothing(tables, tmp_path):
    wrong = {**tables, "metrics": pa.table({"metric": ["a"]})}
    with pytest.raises(DatasetError, match="metrics"):
        publish(wrong, tmp_path, INFO)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["publish.ParquetBytes", "publish.sync", "versions.sync", "versions._link"])
def test_a_failure_at_any_step_keeps_the_old_dataset(tables, fewer, tmp_path, monkeypatch, step):
    first = publish(fewer, tmp_path, INFO)
    before = contents(first)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(f"pipeline.{step}", full)
        with pytest.raises(DataError, match="No space left on device"):
            publish(tables, tmp_path, INFO)
    assert open_dataset(tmp_path).folder == first and contents(first) == before and validate(tmp_path) == []
    publish(tables, tmp_path, INFO)
    assert validate(tmp_path) == []
    assert len(load("observations", tmp_path)) == tables["observations"].num_rows
    assert not list((tmp_path / ".versions").glob(".staging"))


def test_a_killed_builders_leavings_are_removed(tables, tmp_path):
    staging = tmp_path / ".versions" / ".staging"
    staging.mkdir(parents=True)
    (staging / "half.parquet").write_bytes(b"PAR1")
    folder = publish(tables, tmp_path, INFO)
    assert not staging.exists() and not (folder / "half.parquet").exists()


def test_an_opened_dataset_stays_with_its_build(tables, fewer, tmp_path):
    publish(tables, tmp_path, INFO)
    pinned = open_dataset(tmp_path)
    publish(fewer, tmp_path, INFO)
    assert set(pinned.load("articles")["article_id"]) >= set(pinned.load("observations")["article_id"])
    assert len(pinned.load()) == tables["observations"].num_rows
    assert pinned.build["version"] == pinned.folder.name


def test_a_plain_file_or_link_gives_way_but_a_folder_does_not(tables, tmp_path):
    (tmp_path / "panel.parquet").write_bytes(b"left over")
    (tmp_path / "gone.parquet").symlink_to("current/gone.parquet")
    publish(tables, tmp_path, INFO)
    assert validate(tmp_path) == [] and not (tmp_path / "gone.parquet").is_symlink()
    (tmp_path / "b" / "current").mkdir(parents=True)
    with pytest.raises(UserError, match="a folder stands where"):
        publish(tables, tmp_path / "b", INFO)


def test_loading_what_is_not_there_is_a_sentence(tables, tmp_path):
    with pytest.raises(UserError, match="no dataset is published here"):
        load("observations", tmp_path / "nowhere")
    publish(tables, tmp_path, INFO)
    with pytest.raises(UserError, match="no table weather"):
        load("weather", tmp_path)


def test_validate_finds_a_flipped_byte_and_a_lost_file(tables, tmp_path):
    folder = publish(tables, tmp_path, INFO)
    assert validate(tmp_path) == []
    path = folder / "observations.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    [problem] = validate(tmp_path)
    assert problem.startswith("observations.parquet: its sha256")
    (folder / "panel.parquet").unlink()
    assert any(problem.startswith("panel.parquet: is missing") for problem in validate(tmp_path))


def test_validate_finds_a_descriptor_that_disagrees(tables, tmp_path):
    folder = publish(tables, tmp_path, INFO)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"][0]["bytes"] += 1
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert any(problem.startswith("datapackage.json") for problem in validate(tmp_path))
