// Which rows are shown, and in which order: the state of the filters, kept in the address so that a view can be sent.
const START = { q: "", family: "", metric: "", place: "", from: "", to: "", status: "", sure: "", once: "", sort: "", id: "" };
const view = { ...START };
const FILTERS = ["q", "family", "metric", "place", "from", "to", "status", "sure", "once"];
let shown = [];

function readAddress() {
  const hash = decodeURIComponent(location.hash.slice(1));
  Object.assign(view, START);
  if (/^[0-9a-f]{8,}$/.test(hash)) view.id = hash;
  else for (const [name, said] of new URLSearchParams(location.hash.slice(1))) if (name in START) view[name] = said;
}

function writeAddress() {
  const said = new URLSearchParams(Object.entries(view).filter(([, is]) => is !== ""));
  const hash = [...said.keys()].join() === "id" ? view.id : said.toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

/** For each word of a column whether it holds the term; columns of words are searched once a word, not once a row. */
function holding(column, term, also = () => "") {
  return columns[column].words.map((said, n) => `${said} ${also(n)}`.toLowerCase().includes(term));
}

function searcher(term) {
  const { metrics, documents, articles } = data;
  const found = {
    sentence: holding("sentence", term), organisation: holding("organisation", term), breakdown: holding("breakdown", term),
    metric: holding("metric", term, (n) => `${metrics.label_en[n]} ${metrics.label_zh[n]} ${familyWords(metrics.family[n])}`),
    document: holding("document", term, (n) => documents.publication[n] ?? ""),
    article_id: holding("article_id", term, (n) => articles.headline[n] ?? ""),
    flags: holding("flags", term), unit_text: holding("unit_text", term),
  };
  const plain = term.replaceAll(",", "");
  const coded = Object.entries(found).map(([name, hits]) => [columns[name].at, hits]);
  return (row) => coded.some(([at, hits]) => hits[at[row]] === true) || columns.quote[row].includes(term)
    || String(columns.value[row]) === plain || columns.observation_id[row].startsWith(term);
}

const familyWords = (family) => Object.values(data.labels.family[family] ?? {}).join(" ");

/** The tests of all filters but those named. */
function tests(without = []) {
  const made = {
    q: () => { const all = view.q.toLowerCase().split(/\s+/).filter(Boolean).map(searcher); return (row) => all.every((test) => test(row)); },
    family: () => (row) => familyOf(row) === view.family,
    metric: () => { const metric = columns.metric.words.indexOf(view.metric); return (row) => metricOf(row) === metric; },
    place: () => (row) => placeOf(row) === view.place,
    from: () => (row) => value("year", row) >= Number(view.from) && value("year", row) !== null,
    to: () => (row) => value("year", row) <= Number(view.to) && value("year", row) !== null,
    status: () => (row) => word("status", row) === view.status,
    sure: () => ({ doubtful: (row) => value("confidence", row) < 0.6, warned: (row) => flagsOf(row).length > 0 }[view.sure]
      ?? ((row) => value("confidence", row) >= Number(view.sure))),
    once: () => once,
  };
  return FILTERS.filter((name) => view[name] !== "" && !without.includes(name)).map((name) => made[name]());
}

function fitting(without = []) {
  const all = tests(without);
  const rows = [];
  for (let row = 0; row < data.rows; row += 1) if (all.every((test) => test(row))) rows.push(row);
  return rows;
}

const ORDERS = {
  year: () => (row) => value("year", row) ?? -1, value: () => (row) => size(row) ?? -Infinity,
  sentence: () => (row) => row, sure: () => (row) => value("confidence", row),
  organisation: () => ranked("organisation", (n) => columns.organisation.words[n]), metric: () => ranked("metric", metricLabel),
};

/** The place of a row's word among the words of its column, in the order of the language; words are compared once. */
function ranked(column, said) {
  const compare = new Intl.Collator(settings.language === "zh" ? "zh-CN" : "en").compare;
  const order = columns[column].words.map((_, n) => n).sort((a, b) => compare(said(a), said(b)));
  const rank = new Map(order.map((n, place) => [n, place]));
  return (row) => rank.get(columns[column].at[row]) ?? Infinity;
}

/** Rows in the order chosen (`-value`: from the greatest), ties in the order of the pages. */
function ordered(rows) {
  const key = ORDERS[view.sort.replace("-", "")]?.();
  if (!key) return rows;
  const keys = new Float64Array(data.rows);
  for (const row of rows) keys[row] = key(row);
  const turn = view.sort.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => (keys[a] === keys[b] ? a - b : turn * (keys[a] < keys[b] ? -1 : 1)));
}

/** Change some of the view and show what follows. */
function choose(changes) {
  Object.assign(view, changes);
  refresh();
}

function options(select, choices, chosen) {
  select.replaceChildren(...choices.map(([code, said]) => (Array.isArray(said)
    ? el("optgroup", { label: code }, ...said.map(([c, s]) => el("option", { value: c }, s)))
    : el("option", { value: code }, said))));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  select.classList.toggle("set", chosen !== "");
}

/** Fill the filters with what there is to choose, and show what is chosen. */
function drawFilters() {
  const counts = tally(fitting(["metric", "family"]), metricOf);
  const grouped = data.families.map((family) => [label("family", family), [[`family:${family}`, `${label("family", family)} · ${t("any")}`],
    ...data.family.map((own, n) => [own, n]).filter(([own]) => own === family)
      .map(([, n]) => [columns.metric.words[n], `${metricLabel(n)} (${counts.get(n) ?? 0})`]).sort((a, b) => a[1].localeCompare(b[1]))]]);
  options($("metric"), [["", t("allMetrics")], ...grouped], view.metric || (view.family && `family:${view.family}`));
  const places = [...new Set(data.organisations.province.filter(Boolean))].sort(new Intl.Collator("zh-CN").compare);
  options($("place"), [["", t("allPlaces")], ...places.map((place) => [place, place])], view.place);
  const years = [...new Set(columns.year.filter((year) => year !== null))].sort().map((year) => [String(year), String(year)]);
  options($("from"), [["", t("any")], ...years], view.from);
  options($("to"), [["", t("any")], ...years], view.to);
  options($("status"), [["", t("statusAll")], ...["actual", "target"].map((code) => [code, label("status", code)])], view.status);
  options($("sure"), [["", t("sureAny")], ...["0.9", "0.8", "0.6"].map((n) => [n, t("sureFrom", n)]), ["doubtful", t("doubtful")],
    ["warned", t("warned")]], view.sure);
  $("once").checked = view.once !== "";
  if ($("q").value !== view.q) $("q").value = view.q;
  $("clear").hidden = FILTERS.every((name) => view[name] === "");
}

function tally(rows, key) {
  const counts = new Map();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

function listenToFilters() {
  let waiting = 0;
  $("q").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => choose({ q: $("q").value.trim() }), 120); });
  $("metric").addEventListener("change", () => {
    const [, family] = $("metric").value.match(/^family:(.*)$/) ?? [];
    choose(family ? { family, metric: "" } : { family: "", metric: $("metric").value });
  });
  for (const name of ["place", "from", "to", "status", "sure"]) $(name).addEventListener("change", () => choose({ [name]: $(name).value }));
  $("once").addEventListener("change", () => choose({ once: $("once").checked ? "1" : "" }));
  $("clear").addEventListener("click", () => { choose(Object.fromEntries(FILTERS.map((name) => [name, ""]))); $("q").focus(); });
  $("filters").addEventListener("submit", (event) => event.preventDefault());
}
