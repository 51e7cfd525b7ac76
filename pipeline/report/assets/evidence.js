// One figure in its page: the text with the figure and the words that spoke marked, and how each field was reached.
const FIGURE = 0;
const ROLE = ["figure", "who", "antecedent", "when", "what"]; // as explanation.py names them
const paper = { whole: false, row: -1, came: null };

async function openFigure(row, { focus = true } = {}) {
  if (paper.row < 0) paper.came = document.activeElement;
  paper.row = row;
  paper.whole = false;
  view.id = columns.observation_id[row];
  writeAddress();
  const page = await pageOf(row);
  if (paper.row !== row) return; // another one was opened meanwhile
  const split = $("shell").classList.contains("split");
  $("evidence").hidden = false;
  $("shell").classList.add("split");
  drawEvidence(row, page);
  if (!split) drawCharts();
  const n = shown.indexOf(row);
  if (n >= 0) goTo(n, false);
  for (const node of list.drawn.values()) node.classList.toggle("open", node.dataset.id === view.id);
  markOpen();
  if (focus) $("evidence").focus({ preventScroll: true });
}

function closeFigure() {
  if (paper.row < 0) return;
  const n = shown.indexOf(paper.row);
  paper.row = -1;
  view.id = "";
  writeAddress();
  $("evidence").hidden = true;
  $("shell").classList.remove("split");
  for (const node of list.drawn.values()) node.classList.remove("open");
  drawCharts();
  if (paper.came?.isConnected && paper.came !== document.body) paper.came.focus({ preventScroll: true });
  else if (n >= 0) goTo(n);
}

function step(by) {
  const n = shown.indexOf(paper.row);
  const next = n < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, n + by));
  if (shown.length && next !== n) openFigure(shown[next], { focus: false });
}

function drawEvidence(row, page) {
  const told = page?.figures[`${value("span_start", row)}:${value("span_end", row)}`];
  $("evidence").replaceChildren(toolbar(row), ...summary(row), source(row), ...onPage(row, page, told), reasons(row, told), terminal(row));
  const mark = $("evidence").querySelector(".page mark");
  const sheet = $("evidence").querySelector(".page");
  if (mark && sheet) sheet.scrollTop = mark.offsetTop - sheet.offsetTop - sheet.clientHeight / 2.6;
  $("evidence").scrollTop = 0;
}

function toolbar(row) {
  const n = shown.indexOf(row);
  const button = (words, sign, act, disabled = false) => el("button", { type: "button", class: "quiet", "aria-label": words, title: words, disabled, on: { click: act } }, sign);
  const copy = el("button", { type: "button", class: "quiet", on: { click: async () => {
    try { await navigator.clipboard.writeText(location.href); copy.textContent = t("copied"); } catch { prompt(t("copyLink"), location.href); }
  } } }, t("copyLink"));
  return el("div", { class: "bar" }, button(t("previous"), "‹", () => step(-1), n <= 0), button(t("next"), "›", () => step(1), n >= shown.length - 1),
    el("span", { class: "count" }, n < 0 ? t("notListed") : t("position", number(n + 1), number(shown.length))), copy, button(t("back"), "✕", closeFigure));
}

function summary(row) {
  const qualifier = word("qualifier", row);
  return [
    el("p", { class: "amount" }, amount(row), " ", el("small", {}, unitOf(row), qualifier === "exact" ? "" : ` · ${label("qualifier", qualifier)}`)),
    el("p", { class: "what-is" }, metricLabel(metricOf(row)), ...tags(row)),
    el("p", { class: "who-is" }, [word("organisation", row) ?? t("notSaid"), value("year", row) ?? t("noYear")].join(" · "))];
}

function source(row) {
  const headline = data.articles.headline[columns.article_id.at[row]];
  const basis = data.documents.issue_date_basis[columns.document.at[row]];
  return el("div", { class: "source" }, el("strong", {}, headline ?? ""),
    [issueOf(row), basis !== "unknown" && t("byTheIssue", label("issue_date_basis", basis)), word("document", row)].filter(Boolean).join(" · "));
}

function onPage(row, page, told) {
  if (!page) return [el("p", { class: "page" }, ...inWholeSentence(row)), el("p", { class: "foot" }, t("pageGone"))];
  const sheet = el("div", { class: "page", role: "document", "aria-label": t("openPage"), tabindex: 0, lang: "zh-CN" }, ...marked(row, page, told));
  const change = el("button", { type: "button", class: "link", on: { click: () => { paper.whole = !paper.whole; drawEvidence(row, page); } } },
    t(paper.whole ? "onlyArticle" : "wholePage"));
  return [sheet, el("p", { class: "foot" }, change)];
}

function inWholeSentence(row) {
  const [sentence, span] = [word("sentence", row), quoted(row)];
  return span ? [sentence.slice(0, span[0]), el("mark", {}, sentence.slice(...span)), sentence.slice(span[1])] : [sentence];
}

/** The text cut where a mark begins or ends. Spans count characters, and what the browser calls a character may be half a one. */
function marked(row, page, told) {
  const text = Array.from(page.text);
  const [begin, end] = paper.whole ? [0, text.length] : page.articles[word("article_id", row)] ?? [0, text.length];
  const [first, last] = [Math.min(begin, value("span_start", row)), Math.max(end, value("span_end", row))];
  const marks = (told?.marks ?? [[value("span_start", row), value("span_end", row), FIGURE]]).map(([start, stop, role]) => ({ start, stop, role }));
  const own = columns.document.at[row];
  for (let other = 0; other < data.rows; other += 1) {
    const [start, stop] = [value("span_start", other), value("span_end", other)];
    if (columns.document.at[other] === own && other !== row && marks.every((mark) => stop <= mark.start || mark.stop <= start)) marks.push({ start, stop, other });
  }
  const pieces = [];
  let at = first;
  for (const mark of marks.filter(({ start, stop }) => start >= first && stop <= last).sort((a, b) => a.start - b.start)) {
    pieces.push(text.slice(at, mark.start).join(""), piece(mark, text.slice(mark.start, mark.stop).join("")));
    at = mark.stop;
  }
  return [...pieces, text.slice(at, last).join("").trimEnd()];
}

function piece(mark, said) {
  if (mark.other !== undefined) {
    return el("button", { type: "button", title: metricLabel(metricOf(mark.other)), on: { click: () => openFigure(mark.other) } }, said);
  }
  return mark.role === FIGURE ? el("mark", {}, said) : el("span", { class: ROLE[mark.role] }, said);
}

function reasons(row, told) {
  const why = (name) => told?.reasons[name]?.[settings.language === "zh" ? 1 : 0];
  const zh = settings.language === "zh";
  const [unit, printed] = [label("unit", word("unit", row)), word("unit_text", row)];
  const basis = (column) => label(column, word(column, row));
  const period = word("period_start", row) || word("period_end", row) ? t("period", word("period_start", row) ?? t("open"), word("period_end", row) ?? t("open")) : null;
  const fields = [
    ["figure", t("value"), [amount(row), bounds(row)], null],
    ["", t("unit"), [unit || printed || "–", printed ? t("asPrinted", printed) : null], null],
    ["what", t("metric"), [metricLabel(metricOf(row))], told && [el("code", {}, told.rule[zh ? 1 : 0]), ` ${t("score", told.rule[2])}`], rivals(told)],
    ["who", t("organisation"), [word("organisation", row) ?? t("notSaid"), basis("organisation_basis")], why("organisation")],
    ["when", t("year"), [value("year", row) ?? t("notSaid"), basis("period_basis"), period], why("period")],
    ["", t("status"), [label("status", word("status", row))], why("status")],
    ["", t("breakdown"), [word("breakdown", row)], null],
    ["", t("links"), links(row), null],
    ["", t("flags"), [flagsOf(row).map((flag) => label("flags", flag)).join(zh ? "，" : ", ")], null],
    ["", t("confidence"), [value("confidence", row).toFixed(2)], features(told)],
  ];
  return el("dl", { class: "reasons" }, ...fields.filter(([, , said]) => said.some(Boolean)).map(([role, name, said, because, more]) =>
    el("div", {}, el("dt", {}, role ? el("span", { class: `swatch ${role}` }) : "", name),
      el("dd", {}, ...joined(said.filter((part) => part !== null && part !== "")), because ? el("p", {}, ...[because].flat()) : "", more ?? ""))));
}

const joined = (parts) => parts.flatMap((part, n) => (n ? [" · ", part] : [part]));

function bounds(row) {
  if (word("qualifier", row) === "exact" || value("value", row) === null) return null;
  const [low, high] = [value("value_low", row), value("value_high", row)];
  const said = label("qualifier", word("qualifier", row));
  if (low === null && high === null) return said;
  if (low !== null && high !== null) return `${said} · ${t("interval", number(low), number(high))}`;
  return low !== null ? t("atLeast", number(low)) : t("atMost", number(high));
}

function rivals(told) {
  if (!told?.rules.length) return "";
  return el("div", {}, el("p", {}, t("alsoSpoke")), el("ul", {}, ...told.rules.map(([metric, signal, score]) =>
    el("li", {}, el("span", {}, `${metricNamed(metric)} `, el("code", {}, signal)), el("span", {}, score.toFixed(1))))));
}

function links(row) {
  const to = (other, said) => el("button", { type: "button", class: "link", on: { click: () => openFigure(other) } }, said);
  const [repeat, total] = [columns.repeat_of[row], columns.part_of[row]];
  const [again, parts] = [data.repeats.get(row), data.parts.get(row)];
  return [repeat !== null ? to(repeat, t("repeats")) : null, total !== null ? to(total, t("partOf", `${amount(total)} ${unitOf(total)}`)) : null,
    again ? to(again[0], t("repeatedBy", again.length)) : null, parts ? to(parts[0], t("parts", parts.length)) : null];
}

const FEATURES = { score: "featureScore", margin: "featureMargin", owner: "featureOwner", time_named: "featureTime", unspecific: "featureUnspecific",
  no_owner: "featureNoOwner", no_year: "featureNoYear", classifier: "featureClassifier", vague: "featureVague", headline: "featureHeadline" };

function features(told) {
  if (!told?.confidence) return null;
  const parts = told.confidence.split(", ").map((part) => part.match(/^(\S+) (\S+)$/) ?? [part, part, ""]);
  return parts.map(([whole, name, said]) => (FEATURES[name] ? t(FEATURES[name], said) : whole)).join(settings.language === "zh" ? "，" : ", ");
}

function terminal(row) {
  return el("p", { class: "foot" }, `${t("onTerminal")} `, el("code", {}, `union-metrics explain ${columns.observation_id[row].slice(0, 12)}`));
}
