"""To which body a figure belongs and how it was named (organisation_cases.jsonl: quote -> organisation, basis)."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases import cases, figures, read_page


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("organisation_cases.jsonl")))
def test_a_figure_belongs_to_its_body(case: dict[str, Any]) -> None:
    found = {quote: [row.organisation, row.organisation_basis] for quote, row in figures(case).items()}
    assert found == case["figures"]


def test_the_forms_of_a_body_are_collected() -> None:
    page = read_page("本报讯 靖边县总工会发展会员310人。该会新建书屋36个。全县培训职工720人。")
    assert page.organisations == (("榆林市靖边县总工会", "local_union", "610824", ("全县", "该会", "靖边县总工会")),)


def test_a_mention_is_kept_as_printed() -> None:
    row, = read_page("本报讯 靖边县总工会开会。该会发展会员310人。").observations
    assert (row.organisation_mention, row.organisation_kind, row.division_code) == ("该会", "local_union", "610824")
