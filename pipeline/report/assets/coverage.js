// The chart of what is covered: figures by family and year, a cell each, which filters when chosen.
const cover = { cells: [], at: -1 };

function drawCoverage() {
  const box = $("coverage");
  const years = yearsShown();
  const rows = fitting(["family", "metric", "from", "to"]);
  const counts = tally(rows.filter((row) => value("year", row) !== null), (row) => `${familyOf(row)} ${value("year", row)}`);
  const most = Math.max(1, ...counts.values());
  const [left, top, high] = [settings.language === "zh" ? 98 : 82, 4, 23];
  const wide = Math.max(3, (box.clientWidth - left) / years.length);
  const chart = svg("svg", { viewBox: `0 0 ${Math.max(1, box.clientWidth)} ${top + high * data.families.length + 20}`, "aria-hidden": "true" });
  cover.cells = [];
  data.families.forEach((family, n) => {
    const y = top + n * high;
    chart.append(svg("text", { x: left - 8, y: y + 15, "text-anchor": "end" }, label("family", family)));
    years.forEach((year, m) => cover.cells.push({ family, year, count: counts.get(`${family} ${year}`) ?? 0, x: left + m * wide, y, wide, high }));
  });
  for (const cell of cover.cells) chart.append(cellShape(cell, most));
  const every = Math.ceil(years.length / Math.max(2, Math.floor((box.clientWidth - left) / 44)));
  years.forEach((year, m) => {
    if (m % every === 0) chart.append(svg("text", { x: left + (m + 0.5) * wide, y: top + high * data.families.length + 14, "text-anchor": "middle" }, year));
  });
  cover.ring = svg("rect", { class: "ring", rx: 2, visibility: "hidden" });
  chart.append(cover.ring);
  box.setAttribute("aria-label", t("coverageLabel"));
  box.replaceChildren(chart);
}

/** All years from the first to the last, or only those that occur where that would be too many. */
function yearsShown() {
  const years = [...new Set(columns.year.filter((year) => year !== null))].sort((a, b) => a - b);
  const [first, last] = [years[0], years.at(-1)];
  return last - first < 60 ? Array.from({ length: last - first + 1 }, (_, n) => first + n) : years;
}

function cellShape(cell, most) {
  const chosen = view.family === cell.family && view.from === String(cell.year) && view.to === view.from;
  return svg("rect", {
    class: chosen ? "cell chosen" : "cell", x: cell.x + 0.75, y: cell.y + 0.75, rx: 2,
    width: Math.max(1.5, cell.wide - 1.5), height: cell.high - 1.5,
    "fill-opacity": cell.count ? (0.16 + 0.84 * Math.sqrt(cell.count / most)).toFixed(2) : 0.035,
  });
}

const cellSays = (cell) => t("coverageCell", label("family", cell.family), cell.year, cell.count);

function chooseCell(cell) {
  const again = view.family === cell.family && view.from === String(cell.year) && view.to === view.from;
  const year = again ? "" : String(cell.year);
  if (cell.count || again) choose({ family: again ? "" : cell.family, metric: "", from: year, to: year });
}

function cellAt(event) {
  const box = $("coverage").firstChild.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  return cover.cells.find((cell) => x >= cell.x && x < cell.x + cell.wide && y >= cell.y && y < cell.y + cell.high);
}

function listenToCoverage() {
  const box = $("coverage");
  box.addEventListener("pointermove", (event) => {
    const cell = cellAt(event);
    if (cell) showTip(event.clientX, event.clientY, [cellSays(cell)]); else hideTip();
  });
  box.addEventListener("pointerleave", hideTip);
  box.addEventListener("click", (event) => { const cell = cellAt(event); if (cell) chooseCell(cell); });
  box.addEventListener("keydown", (event) => {
    const across = cover.cells.length / data.families.length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      cover.at = Math.max(0, Math.min(cover.cells.length - 1, cover.at < 0 ? 0 : cover.at + step));
      pointAtCell(cover.cells[cover.at]);
    } else if (event.key === "Enter" && cover.at >= 0) chooseCell(cover.cells[cover.at]);
  });
  box.addEventListener("blur", () => { hideTip(); cover.ring?.setAttribute("visibility", "hidden"); });
}

function pointAtCell(cell) {
  for (const [name, said] of Object.entries({ x: cell.x, y: cell.y, width: cell.wide, height: cell.high, visibility: "visible" })) cover.ring.setAttribute(name, said);
  const box = $("coverage").firstChild.getBoundingClientRect();
  showTip(box.left + cell.x, box.top + cell.y, [cellSays(cell)]);
}
