"""From extractions to tables: ids, repeats, parts, families, panel, ledger, quarantine; see assembled.json."""
from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline import panel
from pipeline.assemble import assemble, wider
from pipeline.errors import DatasetError, Refusal
from pipeline.integrity import Figure, rounds
from pipeline.model import Issue
from schemas import TABLES
from schemas.relations import broken
from tests.extractions import CATALOGUE, extractions, figure_names, read_json

EXPECTED = read_json("assembled.json")


@pytest.fixture(scope="module")
def tables():
    return assemble(extractions(), CATALOGUE, code_version="1")


@pytest.fixture(scope="module")
def names(tables):
    return figure_names(tables["observations"])


def linked(tables, names, column):
    rows = tables["observations"].to_pylist()
    return {names[row["observation_id"]]: names[row[column]] for row in rows if row[column]}


def changed(page, position, **fields):
    """The pages with one observation of one page replaced."""
    pages = extractions()
    found = list(pages[page].observations)
    found[position] = replace(found[position], **fields)
    pages[page] = replace(pages[page], observations=tuple(found))
    return pages


def test_every_table_is_there_and_the_relations_hold(tables):
    assert list(tables) == list(TABLES)
    assert broken(tables) == []
    assert tables["quarantine"].num_rows == 0


def test_ranking_in_parts_gives_the_same_panel(tables, monkeypatch):
    monkeypatch.setattr(panel, "PART", 2)
    assert tables["panel"].num_rows > 4
    assert assemble(extractions(), CATALOGUE, code_version="1")["panel"].equals(tables["panel"], check_metadata=True)


def test_repeats_point_at_the_figure_that_counts(tables, names):
    assert linked(tables, names, "repeat_of") == EXPECTED["repeats"]


def test_parts_point_at_their_total_and_a_wrong_sum_is_flagged(tables, names):
    assert linked(tables, names, "part_of") == EXPECTED["parts"]
    flags = {names[row["observation_id"]]: row["flags"] for row in tables["observations"].to_pylist() if row["flags"]}
    assert flags == EXPECTED["flags"]


def test_family_tables_hold_the_family_without_repeats(tables, names):
    for family, figures in EXPECTED["families"].items():
        assert sorted(names[i] for i in tables[family]["observation_id"].to_pylist()) == figures
    assert sorted(tables["membership"]["count"].to_pylist()) == [300, 600, 700, 884, 884, 884, 1000, 1200]
    assert tables["relief"].select(["yuan", "count"]).to_pylist() == [{"yuan": 100000.0, "count": None}]


def test_panel_chooses_by_its_rule_and_keeps_the_others_apart(tables, names):
    rows = [
        {key: row[key] for key in ("organisation", "year", "metric", "unit", "value", "observation_count")}
        | {"spread": round(row["spread"], 4), "apart": sorted(names[i] for i in row["apart_ids"])}
        for row in tables["panel"].to_pylist()
    ]
    assert sorted(rows, key=lambda row: (row["organisation"], row["metric"])) == EXPECTED["panel"]


def test_every_number_stands_in_the_ledger(tables):
    counts = {row["document"]: row["numeral_count"] for row in tables["documents"].to_pylist()}
    assert counts == EXPECTED["ledger"]
    reasons = {row["quote"]: row["reason"] for row in tables["numerals"].to_pylist() if not row["observation_id"]}
    assert reasons == {"12345": "phone"}


def test_order_of_pages_changes_nothing(tables):
    again = assemble(reversed(extractions()), CATALOGUE, code_version="1")
    for name, table in tables.items():
        assert again[name].equals(table, check_metadata=True), name


def test_a_page_gives_the_same_ids_alone(tables):
    alone = assemble(extractions()[:1], CATALOGUE)["observations"]["observation_id"].to_pylist()
    assert alone == tables["observations"]["observation_id"].to_pylist()[:len(alone)]


def test_nothing_in_gives_empty_tables_that_fit():
    tables = assemble([], CATALOGUE)
    assert broken(tables) == []
    assert tables["observations"].num_rows == 0 and tables["metrics"].num_rows == len(CATALOGUE)


@pytest.mark.parametrize(("fields", "reason"), [
    ({"low": 900.0}, "the bounds enclose the value"),
    ({"confidence": 1.5}, "the confidence lies in 0 to 1"),
    ({"unit": "parsec"}, "unit is a code of its list"),
    ({"year": 70000}, "no int16"),
    ({"value": None, "low": None, "high": None}, "a value or a bound is stated"),
    ({"metric": "unheard_of"}, "not in the catalogue"),
    ({"organisation": "\ud800"}, "organisation is"),
])
def test_a_figure_that_breaks_its_schema_goes_to_quarantine_alone(tables, fields, reason):
    bad = assemble(changed(0, 1, **fields), CATALOGUE, code_version="1")
    assert bad["observations"].num_rows == tables["observations"].num_rows - 1
    [refusal] = bad["quarantine"].to_pylist()
    assert refusal["document"] == "2019-03-01_01.txt" and reason in refusal["reason"] and refusal["remedy"]
    assert refusal["place"].startswith("884名 at")
    assert bad["numerals"].num_rows == tables["numerals"].num_rows
    assert "refused" in bad["numerals"]["reason"].to_pylist()
    assert broken(bad) == []


@pytest.mark.parametrize(("fields", "reason"), [
    ({"start": 0, "end": 4}, "does not stand at 0 to 4"),
    ({"article": 7}, "article 7"),
    ({"total": 99}, "part of figure 99"),
])
def test_a_page_that_contradicts_itself_goes_to_quarantine_whole(tables, fields, reason):
    bad = assemble(changed(0, 1, **fields), CATALOGUE)
    assert bad["documents"]["document"].to_pylist() == ["2019-03-20_02.txt", "2019-06-30_03.txt"]
    [refusal] = bad["quarantine"].to_pylist()
    assert refusal["code"] == "page_inconsistent" and reason in refusal["reason"]
    assert broken(bad) == []


def test_a_bad_article_takes_its_page_along():
    pages = extractions()
    pages[0] = replace(pages[0], articles=(replace(pages[0].articles[0], kind="poem"), *pages[0].articles[1:]))
    bad = assemble(pages, CATALOGUE)
    assert "2019-03-01_01.txt" not in bad["documents"]["document"].to_pylist()
    assert "kind is a code of its list" in bad["quarantine"].to_pylist()[0]["reason"]
    assert broken(bad) == []


def test_what_was_refused_before_stands_in_quarantine():
    refusal = Refusal("scan.pdf", "page 2", "no_text", "The page is a picture.", "Recognise its text first.")
    [row] = assemble([], CATALOGUE, [refusal, refusal])["quarantine"].to_pylist()
    assert row == {"document": "scan.pdf", "place": "page 2", "code": "no_text",
                   "reason": "The page is a picture.", "remedy": "Recognise its text first."}


def test_a_document_given_twice_stops_the_build():
    with pytest.raises(DatasetError, match="extracted twice"):
        assemble([extractions()[0], extractions()[0]], CATALOGUE)


def test_rates_above_a_hundred_and_improbable_sums_are_flagged_not_refused():
    pages = changed(0, 6, value=195.0, low=195.0, high=195.0)
    flags = assemble(pages, CATALOGUE)["coverage"]["flags"].to_pylist()
    assert flags == [["rate_above_100"]]
    pages = changed(0, 3, value=2e12, low=2e12, high=2e12)
    assert assemble(pages, CATALOGUE)["relief"]["flags"].to_pylist() == [["outlier"]]


@pytest.mark.parametrize(("head", "qualifier", "body", "same"), read_json("rounding.json")["cases"])
def test_headlines_round(head, qualifier, body, same):
    blank = Figure("a", "d", "d#0", 1, "", "m", "person", None, "actual", None, None, None, qualifier, None, None, None,
                   None)
    assert rounds(blank._replace(value=head), blank._replace(value=body)) is same


def test_wider_divisions_nearest_first():
    assert wider("610302") == ["610300", "610000"]
    assert wider("610300") == ["610000"]
    assert wider("610000") == []


def test_places_and_parents_follow_the_division_codes():
    pages = extractions()
    pages[0] = replace(pages[0], organisations=(
        ("全国总会", "national_union", None, ("全国",)), ("丙省总工会", "local_union", "610000", ("省总",)),
        ("甲市总工会", "local_union", "610300", ("市总", "甲市总")), ("乙县总工会", "local_union", "610322", ("县总",)),
        ("某厂", "employer", "610322", ()),
    ))
    names = {"610000": "丙省", "610300": "甲市", "610322": "乙县"}
    rows = assemble(pages, CATALOGUE, division_name=names.get)["organisations"].to_pylist()
    name = {row["organisation_id"]: row["organisation"] for row in rows}
    found = {row["organisation"]: (name.get(row["parent"]), row["province"], row["prefecture"], row["county"])
             for row in rows}
    assert found == {
        "全国总会": (None, None, None, None), "丙省总工会": ("全国总会", "丙省", None, None),
        "甲市总工会": ("丙省总工会", "丙省", "甲市", None), "乙县总工会": ("甲市总工会", "丙省", "甲市", "乙县"),
        "某厂": ("乙县总工会", "丙省", "甲市", "乙县"),
    }
    assert next(row["forms"] for row in rows if row["organisation"] == "甲市总工会") == ["市总", "甲市总", "甲市总工会"]


def test_without_a_date_only_the_same_sentence_in_another_file_is_a_reprint(tables, names):
    pages = extractions()
    pages[1] = replace(pages[1], page=replace(pages[1].page, issue=Issue("某报")))
    undated = assemble(pages, CATALOGUE)["observations"]
    assert "2019-03-20 884名 1" not in linked({"observations": undated}, figure_names(undated), "repeat_of")
    first = next(o for o in pages[1].observations if o.quote == "884名")
    other = pages[0].observations[1].sentence
    pages[1] = replace(pages[1], observations=(replace(first, sentence=other), *pages[1].observations[1:]))
    copied = assemble(pages, CATALOGUE)["observations"]
    assert linked({"observations": copied}, figure_names(copied), "repeat_of")["2019-03-20 884名 1"] == (
        "2019-03-01 884名 1")


def test_what_a_count_cannot_hold_is_flagged_and_left_out_of_the_count():
    table = assemble(changed(0, 4, value=884.5, low=884.5), CATALOGUE)["membership"].to_pylist()
    assert [row["count"] for row in table if row["flags"] == ["fractional_count"]] == [None]
    table = assemble(changed(0, 4, unit="CNY"), CATALOGUE)["membership"].to_pylist()
    assert [row["count"] for row in table if row["flags"] == ["unit_unexpected"]] == [None]
