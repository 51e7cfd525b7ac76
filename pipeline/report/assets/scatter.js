// The chart of one metric over the years: a dot a figure, bars for what the text commits to, open circles for targets.
const plot = { points: [], at: -1, metric: -1 };
const BESIDE = ["other", "other_rate", "growth_rate"]; // unlike things under one code: never drawn unless asked for
const MARGIN = { left: 52, right: 14, top: 12, bottom: 24, height: 290 };

function drawScatter() {
  const asked = columns.metric.words.indexOf(view.metric);
  plot.metric = asked >= 0 ? asked : mostReported();
  const rows = shown.filter((row) => metricOf(row) === plot.metric);
  const left = {};
  const drawn = rows.filter((row) => { const why = notDrawn(row, mainUnit(rows)); if (why) left[why] = (left[why] ?? 0) + 1; return !why; });
  describe(rows, drawn, left, asked >= 0);
  plot.points = placed(drawn);
  plot.at = -1;
  $("scatter").replaceChildren(picture());
  markOpen();
}

function mostReported() {
  const counts = tally(shown, metricOf);
  const best = [...counts].filter(([metric]) => !BESIDE.includes(columns.metric.words[metric])).sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
  return best ? best[0] : -1;
}

function mainUnit(rows) {
  return [...tally(rows, (row) => columns.unit.at[row])].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function notDrawn(row, unit) {
  if (columns.unit.at[row] !== unit) return "leftUnit";
  if (word("per", row)) return "leftPer";
  if (columns.repeat_of[row] !== null) return "leftRepeat";
  return value("year", row) === null || size(row) === null ? "leftYear" : "";
}

function describe(rows, drawn, left, asked) {
  const none = plot.metric < 0;
  $("scatter-title").textContent = none ? t("scatterNone") : metricLabel(plot.metric);
  const unit = none || !rows.length ? "" : label("unit", columns.unit.words[mainUnit(rows)]);
  const said = none ? "" : t(asked ? "scatterNote" : "scatterNoteDefault", [label("measure", data.metrics.measure[plot.metric]), unit].filter(Boolean).join(settings.language === "zh" ? "，" : ", "));
  const missing = Object.entries(left).map(([why, count]) => t(why, count)).join(settings.language === "zh" ? "，" : ", ");
  $("scatter-note").textContent = said;
  $("scatter").setAttribute("aria-label", t("scatterLabel", $("scatter-title").textContent, drawn.length));
  const sample = (shape, words) => [el("span", {}, svg("svg", { viewBox: "0 0 14 12", class: "sample" }, shape), words)];
  $("scatter-legend").replaceChildren(...(none ? [] : [
    ...sample(svg("circle", { cx: 7, cy: 6, r: 3.2, fill: "var(--dot)", "fill-opacity": 0.62 }), t("legendDot")),
    ...sample(svg("circle", { cx: 7, cy: 6, r: 3.2, fill: "var(--dot)", "fill-opacity": 0.28 }), t("legendUnsure")),
    ...sample(svg("circle", { cx: 7, cy: 6, r: 3.2, fill: "none", stroke: "var(--target)", "stroke-width": 1.5 }), t("legendTarget")),
    ...sample(svg("path", { d: "M7 0v12", stroke: "var(--dot)", "stroke-opacity": 0.6 }), t("legendBar")),
    missing ? el("span", {}, t("scatterLeft", missing)) : null].filter(Boolean)));
}

/** Where each figure goes; figures of one year stand a little apart, always in the same way. */
function placed(rows) {
  const wide = Math.max(200, $("scatter").clientWidth);
  const years = rows.map((row) => value("year", row));
  const [first, last] = years.length ? [Math.min(...years) - 0.6, Math.max(...years) + 0.6] : [0, 1];
  const sizes = rows.map(size);
  plot.log = sizes.length > 0 && Math.min(...sizes) > 0 && Math.max(...sizes) / Math.min(...sizes) > 40;
  const [low, high] = plot.log ? [Math.log10(Math.min(...sizes)) - 0.15, Math.log10(Math.max(...sizes)) + 0.15] : [Math.min(0, ...sizes), Math.max(1, ...sizes) * 1.06];
  plot.wide = wide;
  plot.x = (year) => MARGIN.left + (wide - MARGIN.left - MARGIN.right) * (year - first) / (last - first);
  plot.y = (amount) => {
    const at = plot.log ? Math.log10(Math.max(amount, 1e-9)) : amount;
    return MARGIN.height - MARGIN.bottom - (MARGIN.height - MARGIN.top - MARGIN.bottom) * (at - low) / (high - low);
  };
  plot.range = [low, high, first, last];
  return rows.map((row, n) => ({ row, x: plot.x(years[n] + ((row * 0.618034) % 1 - 0.5) * 0.7), y: plot.y(sizes[n]) }))
    .sort((a, b) => a.x - b.x || a.y - b.y);
}

function picture() {
  const chart = svg("svg", { viewBox: `0 0 ${plot.wide} ${MARGIN.height}`, "aria-hidden": "true" }, ...axes());
  const dots = (test) => plot.points.filter(test).map(({ x, y }) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");
  const target = ({ row }) => word("status", row) === "target";
  const unsure = ({ row }) => value("confidence", row) < 0.6;
  const circle = ({ x, y }) => `M${(x - 3.4).toFixed(1)} ${y.toFixed(1)}a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0`;
  plot.thread = svg("path", { class: "thread" });
  plot.here = svg("circle", { class: "here", r: 5, visibility: "hidden" });
  chart.append(svg("path", { class: "bars", d: plot.points.map(bar).join("") }), plot.thread,
    svg("path", { class: "mass", d: dots((p) => !target(p) && !unsure(p)) }),
    svg("path", { class: "mass unsure", d: dots((p) => !target(p) && unsure(p)) }),
    svg("path", { class: "hollow", d: plot.points.filter(target).map(circle).join("") }), plot.here);
  return chart;
}

/** The bounds of a figure: a line between two, a short line into the open where the text gives only one. */
function bar({ row, x, y }) {
  const [low, high] = [value("value_low", row), value("value_high", row)];
  if (low === high || word("qualifier", row) === "exact") return "";
  const down = low === null ? (high === null ? y : y + 11) : plot.y(low);
  const up = high === null ? (low === null ? y : y - 11) : plot.y(high);
  return `M${x.toFixed(1)} ${down.toFixed(1)}V${up.toFixed(1)}`;
}

function axes() {
  const [low, high, first, last] = plot.range;
  if (!plot.points.length) return [];
  const marks = plot.log ? Array.from({ length: 20 }, (_, n) => n - 4).filter((n) => n >= low && n <= high).map((n) => 10 ** n) : steps(low, high);
  const lines = marks.flatMap((amount) => [
    svg("line", { class: "grid", x1: MARGIN.left, x2: plot.wide - MARGIN.right, y1: plot.y(amount), y2: plot.y(amount) }),
    svg("text", { x: MARGIN.left - 8, y: plot.y(amount) + 4, "text-anchor": "end" }, compact(amount))]);
  const every = Math.max(1, Math.ceil((last - first) / ((plot.wide - 60) / 46)));
  for (let year = Math.ceil(first); year <= last; year += 1) {
    if ((Math.floor(last) - year) % every === 0) lines.push(svg("text", { x: plot.x(year), y: MARGIN.height - 6, "text-anchor": "middle" }, year));
  }
  if (plot.log) lines.push(svg("text", { x: plot.wide - MARGIN.right, y: 9, "text-anchor": "end" }, t("axisLog")));
  return lines;
}

function steps(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  return Array.from({ length: 12 }, (_, n) => (Math.ceil(low / step) + n) * step).filter((n) => n <= high);
}

function nearest(event) {
  const box = $("scatter").firstChild.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  let [best, distance] = [-1, 24 ** 2];
  plot.points.forEach((point, n) => {
    const far = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (far < distance) [best, distance] = [n, far];
  });
  return best;
}

/** Bring a point forward: its circle, what it says, and a thread through what its organisation reports. */
function pointAt(n, quietly = false) {
  plot.at = n;
  const point = plot.points[n];
  plot.here?.setAttribute("visibility", point ? "visible" : "hidden");
  plot.thread?.setAttribute("d", "");
  if (!point) return hideTip();
  plot.here.setAttribute("cx", point.x);
  plot.here.setAttribute("cy", point.y);
  const own = columns.organisation.at[point.row];
  const like = plot.points.filter(({ row }) => own >= 0 && columns.organisation.at[row] === own && once(row));
  if (like.length > 1) plot.thread.setAttribute("d", `M${like.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`);
  if (quietly) return undefined;
  const box = $("scatter").firstChild.getBoundingClientRect();
  return showTip(box.left + point.x, box.top + point.y, [
    el("b", {}, `${amount(point.row)} ${unitOf(point.row)}`), `${word("organisation", point.row) ?? t("notSaid")}`,
    [value("year", point.row), word("status", point.row) === "target" ? t("target") : "", word("breakdown", point.row)].filter(Boolean).join(" · ")]);
}

function markOpen() {
  pointAt(plot.points.findIndex(({ row }) => columns.observation_id[row] === view.id), true);
}

function listenToScatter() {
  const box = $("scatter");
  box.addEventListener("pointermove", (event) => { const n = nearest(event); if (n >= 0) pointAt(n); else { hideTip(); markOpen(); } });
  box.addEventListener("pointerleave", () => { hideTip(); markOpen(); });
  box.addEventListener("click", (event) => { const n = nearest(event); if (n >= 0) { hideTip(); openFigure(plot.points[n].row); } });
  box.addEventListener("blur", hideTip);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && plot.points.length) {
      event.preventDefault();
      pointAt((plot.at + step + plot.points.length) % plot.points.length);
    } else if (event.key === "Enter" && plot.at >= 0) { hideTip(); openFigure(plot.points[plot.at].row); }
  });
}
