// The table of the rows shown: only those in sight are in the page, so that fifty thousand scroll like fifty.
const HEADS = [["year", "year"], ["organisation", "org"], ["metric", "metric"], ["value", "num"], ["sentence", "said"], ["sureHead", "sure num"]];
const SORTS = { sureHead: "sure" };
const AHEAD = 8; // rows kept above and below the sight
const list = { at: 0, high: 46, drawn: new Map() };

function drawHeads() {
  $("heads").replaceChildren(...HEADS.map(([name, cell]) => {
    const sort = SORTS[name] ?? name;
    const [down, up] = [view.sort === `-${sort}`, view.sort === sort];
    const first = ["value", "year"].includes(sort) ? `-${sort}` : sort;
    const second = first.startsWith("-") ? sort : `-${sort}`;
    const next = view.sort === first ? second : view.sort === second ? "" : first;
    return el("div", { role: "columnheader", class: cell, "aria-sort": up ? "ascending" : down ? "descending" : "none" },
      el("button", { type: "button", on: { click: () => choose({ sort: next }) } }, `${t(name)}${up ? " ↑" : down ? " ↓" : ""}`));
  }));
}

function drawTable() {
  const [here, all] = [number(shown.length), number(data.rows)];
  $("table-title").textContent = here === all ? t("tableTitleAll", all) : t("tableTitle", here, all);
  $("rows-table").setAttribute("aria-rowcount", shown.length + 1);
  drawHeads();
  list.high = innerWidth <= 700 ? 92 : 46;
  $("spacer").style.height = `${shown.length * list.high}px`;
  $("empty").hidden = shown.length > 0;
  $("viewport").hidden = shown.length === 0;
  list.at = Math.max(0, Math.min(list.at, shown.length - 1));
  for (const node of list.drawn.values()) node.remove();
  list.drawn.clear();
  drawRows();
}

function drawRows() {
  const box = $("viewport");
  const first = Math.max(0, Math.floor(box.scrollTop / list.high) - AHEAD);
  const last = Math.min(shown.length, Math.ceil((box.scrollTop + box.clientHeight) / list.high) + AHEAD);
  for (const [n, node] of list.drawn) {
    if ((n < first || n >= last) && node !== document.activeElement) { node.remove(); list.drawn.delete(n); }
  }
  for (let n = first; n < last; n += 1) {
    if (list.drawn.has(n)) continue;
    const node = tableRow(n);
    const after = [...list.drawn.keys()].filter((m) => m > n).sort((a, b) => a - b)[0];
    box.insertBefore(node, after === undefined ? null : list.drawn.get(after));
    list.drawn.set(n, node);
  }
}

function tableRow(n) {
  const row = shown[n];
  const cell = (name, ...inside) => el("div", { class: name, role: "cell" }, ...inside);
  const open = columns.observation_id[row] === view.id;
  const node = el("div", { class: open ? "row body open" : "row body", role: "row", "aria-rowindex": n + 2, "aria-selected": open,
    tabindex: n === list.at ? 0 : -1, "data-id": columns.observation_id[row], on: { click: () => { list.at = n; openFigure(row); } } },
    cell("year", value("year", row) ?? "–"),
    cell("org", word("organisation", row) ?? "–"),
    cell("metric", metricLabel(metricOf(row)), ...tags(row)),
    cell("num", el("b", {}, amount(row)), el("i", {}, unitOf(row))),
    cell("said", ...inSentence(row)),
    cell("sure num", ...sureness(row)));
  node.style.top = `${n * list.high}px`;
  return node;
}

function tags(row) {
  const tag = (said, kind = "") => el("span", { class: `tag ${kind}` }, said);
  return [word("status", row) === "target" ? tag(t("target"), "target") : null,
    columns.repeat_of[row] !== null ? tag(t("repeat")) : null, columns.part_of[row] !== null ? tag(t("part")) : null,
    flagsOf(row).length ? tag("⚠", "flag") : null];
}

function inSentence(row) {
  const [sentence, span] = [word("sentence", row), quoted(row)];
  if (!span) return [sentence];
  const begin = Math.max(0, span[0] - (innerWidth <= 700 ? 8 : 16));
  return [`${begin ? "…" : ""}${sentence.slice(begin, span[0])}`, el("mark", {}, sentence.slice(...span)), sentence.slice(span[1], span[1] + 60)];
}

function sureness(row) {
  const sure = value("confidence", row);
  const box = el("span", { class: sure < 0.6 ? "sure low" : "sure" }, sure.toFixed(2));
  box.append(svg("svg", { viewBox: "0 0 44 4", "aria-hidden": "true" }, svg("rect", { width: 44, height: 4, rx: 2 }), svg("rect", { width: 44 * sure, height: 4, rx: 2 })));
  return [box];
}

/** Bring row n of those shown into sight and, if asked, the focus to it. */
function goTo(n, focus = true) {
  const box = $("viewport");
  list.at = n;
  if (n * list.high < box.scrollTop) box.scrollTop = n * list.high;
  if ((n + 1) * list.high > box.scrollTop + box.clientHeight) box.scrollTop = (n + 1) * list.high - box.clientHeight;
  drawRows();
  for (const [m, node] of list.drawn) node.tabIndex = m === n ? 0 : -1;
  if (focus) list.drawn.get(n)?.focus({ preventScroll: true });
}

function listenToTable() {
  const box = $("viewport");
  let waiting = false;
  box.addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(() => { waiting = false; drawRows(); });
    waiting = true;
  }, { passive: true });
  box.addEventListener("keydown", (event) => {
    const sight = Math.max(1, Math.floor(box.clientHeight / list.high) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: sight, PageUp: -sight, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined && shown.length) {
      event.preventDefault();
      goTo(Math.max(0, Math.min(shown.length - 1, list.at + step)));
    } else if (event.key === "Enter" && shown.length) openFigure(shown[list.at]);
  });
  $("save").addEventListener("click", () => download("union-metrics.csv", asCsv(shown)));
}

/** The rows as CSV that a spreadsheet opens: with a mark of its encoding, and no cell that could be a formula. */
function asCsv(rows) {
  const wanted = ["observation_id", "document", "organisation", "year", "metric", "value", "value_low", "value_high", "qualifier", "unit",
    "unit_text", "per", "status", "breakdown", "confidence", "flags", "quote", "sentence"];
  const cell = (said) => {
    const safe = typeof said === "string" && /^[=+\-@\t\r\n]/.test(said) ? `'${said}` : String(said ?? "");
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = rows.map((row) => wanted.map((name) => cell(columns[name].words ? word(name, row) : value(name, row))).join(","));
  return `\ufeff${[wanted.join(","), ...lines].join("\r\n")}\r\n`;
}
