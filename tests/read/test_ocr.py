"""Pages that are pictures are read by OCR where it is wanted and installed, and their rows say so."""
from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.errors import Refusal, UserError
from pipeline.extraction import extract_file
from pipeline.model import Extraction
from pipeline.read import ocr
from tests.read import printing
from tests.read.rendering import EPAPERS, story_of

STORY = story_of((EPAPERS / "story.txt").read_text(encoding="utf-8"))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one file: a page that is a picture, one of text."""
    folder = tmp_path / "raw"
    folder.mkdir()
    page = printing.printed([STORY], 2)
    (folder / "scan.pdf").write_bytes(printing.scanned(page))
    (folder / "text.pdf").write_bytes(page)
    return folder


@pytest.fixture
def tesseract() -> None:
    try:
        ocr.check()
    except UserError as error:
        pytest.skip(str(error))


def test_a_picture_needs_ocr(raw: Path) -> None:
    (refused,) = extract_file(raw, ("scan.pdf", {}))
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.document) == ("needs_ocr", "scan.pdf")
    assert "--ocr" in refused.remedy


@pytest.mark.usefixtures("tesseract")
def test_what_is_recognised_is_marked_and_trusted_less(raw: Path) -> None:
    (scan,), (text,) = (extract_file(raw, (name, {}), ocr=True) for name in ("scan.pdf", "text.pdf"))
    assert isinstance(scan, Extraction) and isinstance(text, Extraction)
    assert (scan.page.system, text.page.system) == ("ocr", "text_layer")
    pairs = {"".join(o.quote.split()): o for o in scan.observations}
    alike = [(o, pairs[o.quote]) for o in text.observations if o.quote in pairs]
    assert len(alike) > 0.6 * len(text.observations)
    assert all("ocr" in seen.flags and "ocr" not in typed.flags for typed, seen in alike)
    assert all(seen.confidence <= ocr.TRUST for seen in scan.observations)
    assert all(scan.page.text[o.start:o.end] == o.quote for o in scan.observations)


@pytest.mark.usefixtures("tesseract")
def test_a_build_with_ocr(raw: Path, tmp_path: Path) -> None:
    built = pipeline.build(raw, tmp_path / "out", ocr=True)
    assert not built.quarantined
    documents = pipeline.load("documents", root=tmp_path / "out").set_index("document")
    assert documents.system.to_dict() == {"scan.pdf": "ocr", "text.pdf": "text_layer"}
    rows = pipeline.load(root=tmp_path / "out")
    assert rows[rows.document == "scan.pdf"]["flags"].map(lambda flags: "ocr" in flags).all()


def test_a_build_without_tesseract_says_what_to_install(raw: Path, tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_languages", lambda: frozenset({"eng"}))
    with pytest.raises(UserError, match="tesseract-ocr-chi-sim"):
        pipeline.build(raw, tmp_path / "out", ocr=True)
