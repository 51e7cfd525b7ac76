"""The report as a person uses it, in headless Chromium: search, filter, open a figure, see the mark in its place."""
from __future__ import annotations

import pytest

from pipeline.load import open_dataset
from pipeline.report.document import document
from pipeline.report.payload import payload
from schemas.labels import label
from tests.report.conftest import Site

BEFORE_THE_MARK = """() => {
  const range = document.createRange();
  range.setStart(document.querySelector('.page'), 0);
  range.setEndBefore(document.querySelector('.page mark'));
  return Array.from(range.toString()).length;
}"""


def listed(page) -> list[str]:
    """The figures of the rows in sight, as they stand in their sentences."""
    return page.locator(".body .said mark").all_inner_texts()


def until(page, holds) -> None:
    """Wait until something holds; the page's policy lets no script of a test be made of a string in it."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(30)
    raise AssertionError("waited in vain")


def search(page, words: str) -> None:
    before = page.url
    page.fill("#q", words)
    until(page, lambda: page.url != before)


def open_by_id(page, identity: str) -> None:
    page.evaluate("id => { location.hash = id; }", identity)
    until(page, lambda: identity[:12] in "".join(page.locator(".evidence .foot code").all_text_contents()))


@pytest.mark.parametrize(("words", "quotes"), [
    ("宣城", {"640人次", "95%"}), ("members recruited 临川", {"1287人", "321人"}), ("280", {"280余份", "35家"}),
    ("新余 集体合同", {"280余份", "35家"}), ("赣江工人报", {"1287人", "10万元"}), ("没有这样的词", set()),
])
def test_search_finds_words_of_sentences_unions_metrics_papers_and_numbers(look, site: Site, words, quotes):
    page = look(site.file)
    search(page, words)
    assert set(listed(page)) == quotes
    assert page.is_visible("#empty") == (not quotes)


def test_filters_narrow_the_table_and_stand_in_the_address(look, site: Site):
    page = look(site.file)
    page.select_option("#metric", "members_recruited")
    page.select_option("#from", "2017")
    assert listed(page) == ["1287人"]
    assert "metric=members_recruited" in page.url and "from=2017" in page.url
    again = look(site.file, "#" + page.url.partition("#")[2])
    assert listed(again) == listed(page)
    page.click("#clear")
    assert len(listed(page)) == len(site.rows) and "#" not in page.url


def test_rows_are_sorted_by_value_from_the_greatest_then_from_the_least(look, site: Site):
    page = look(site.file)
    for ascending in (False, True):
        page.click("#heads .num button")
        wanted = site.rows["value"].fillna(site.rows["value_low"]).sort_values(ascending=ascending).tolist()
        shown = [float(text.replace(",", "")) for text in page.locator(".body .num b").all_inner_texts()]
        assert shown == wanted


def test_each_figure_is_marked_at_its_characters(look, site: Site):
    page = look(site.file)
    for row in site.rows.itertuples():
        open_by_id(page, row.observation_id)
        page.click("text=Show the whole page")
        assert page.inner_text(".page mark").replace("\n", "") == row.quote.replace("\n", "")
        assert page.evaluate(BEFORE_THE_MARK) == row.span_start


def test_the_reasoning_stands_beside_the_page(look, site: Site):
    page = look(site.file, f"#{site.row('1287人').observation_id}")
    page.wait_for_selector(".page mark")
    told = page.inner_text(".reasons")
    for part in ("members recruited", "发展 会员", "抚州市临川区总工会", "doer of its sentence", "2017", "去年"):
        assert part in told
    assert page.inner_text(".page .who") == "临川区总工会" and page.inner_text(".page .when") == "去年"


def test_what_a_page_says_never_becomes_markup(look, site: Site):
    page = look(site.file, f"#{site.row('321人').observation_id}")
    page.wait_for_selector(".page mark")
    page.click("text=Show the whole page")
    assert "<script>window.broken=1</script>" in page.inner_text(".page")
    assert page.evaluate("window.broken") is None
    assert page.locator(".page script, .page img, .page b, .page i").count() == 0


def test_the_keyboard_does_it_all(look, site: Site):
    page = look(site.file)
    page.keyboard.press("/")
    page.keyboard.type("临川")
    until(page, lambda: "q=" in page.url)
    page.keyboard.press("Escape")
    page.focus(".body[tabindex='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".page mark")
    first = page.inner_text(".evidence .amount")
    page.keyboard.press("k")
    until(page, lambda: page.inner_text(".evidence .amount") != first)
    page.keyboard.press("Escape")
    assert page.is_hidden(".evidence") and page.evaluate("document.activeElement.className") == "row body"


def test_the_chart_is_walked_by_arrow_keys(look, site: Site):
    page = look(site.file, "#metric=members_recruited")
    page.focus("#scatter")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#tip")
    page.keyboard.press("Enter")
    page.wait_for_selector(".page mark")
    assert page.inner_text(".evidence .what-is") == "members recruited"


def test_it_speaks_chinese_and_english(look, site: Site):
    page = look(site.file, f"#{site.row('1287人').observation_id}", language="zh-CN")
    page.wait_for_selector(".page mark")
    assert page.inner_text("h1") == "工会数据" and "本句的施动者：临川区总工会" in page.inner_text(".reasons")
    page.click("#language")
    assert page.inner_text("h1") == "Union metrics"
    until(page, lambda: "doer of its sentence" in page.inner_text(".reasons"))


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(look, site: Site, dark):
    page = look(site.file, width=360, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    page.click(".body >> nth=0")
    page.wait_for_selector(".page mark")
    box = page.locator(".evidence").bounding_box()
    assert (box["x"], box["y"], box["width"]) == (0, 0, 360)


def test_a_saved_table_holds_no_formula(look, site: Site):
    page = look(site.file, "#q=321&metric=members_recruited")
    with page.expect_download() as saved:
        page.click("#save")
    data = saved.value.path().read_bytes().decode("utf-8")
    assert data.startswith("\ufeffobservation_id,") and data.count("\r\n") == 2 and "321人" in data
    assert ",=" not in data and ',"=' not in data


def test_of_fifty_thousand_rows_only_those_in_sight_are_in_the_page(look, site: Site, tmp_path):
    rows = payload(open_dataset(site.root))
    times = 50_000 // rows["rows"] + 1
    for name, column in rows["columns"].items():
        if name == "observation_id":
            rows["columns"][name] = [f"{n:016x}" for n in range(rows["rows"] * times)]
        elif isinstance(column, dict):
            column["at"] *= times
        else:
            rows["columns"][name] = column * times
    rows["rows"] *= times
    (tmp_path / "large.html").write_text(document(rows, []), encoding="utf-8")
    page = look(tmp_path / "large.html")
    assert page.locator(".body").count() < 60
    page.evaluate("document.getElementById('viewport').scrollTop = 1e9")
    page.wait_for_selector(f".body[data-id='{rows['rows'] - 1:016x}']")
    assert page.locator(".body").count() < 90
    search(page, "宣城")
    assert page.inner_text("#table-title") == f"{2 * times:,} of {rows['rows']:,} figures"


def test_from_the_chart_to_the_marked_page_in_three_clicks(look, sample: Site):
    """One figure of each family: its cell of the chart, its row, and there is the page with the mark."""
    page = look(sample.file)
    dated = sample.rows[sample.rows["year"].notna()]
    years = range(int(dated["year"].min()), int(dated["year"].max()) + 1)
    families = page.locator("#coverage text[text-anchor=end]").all_text_contents()
    for place, row in enumerate(dated.groupby("family", observed=True).sample(1, random_state=6).itertuples()):
        cell = families.index(label("family", row.family)) * len(years) + row.year - years[0]
        page.locator("#coverage .cell").nth(cell).click()
        page.locator(f".body[data-id='{row.observation_id}']").click()
        page.wait_for_selector(f".body.open[data-id='{row.observation_id}']")
        assert page.inner_text(".page mark").split() == row.quote.split(), place
        page.keyboard.press("Escape")
        page.click("#clear")
