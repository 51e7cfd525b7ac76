// Starts the page, draws all of it anew when the view changes, and listens to the keys.
function refresh() {
  shown = ordered(fitting());
  writeAddress();
  drawFilters();
  drawCharts();
  drawTable();
  const box = $("viewport");
  if (shown.length && box.scrollTop > shown.length * list.high) box.scrollTop = 0;
}

function drawCharts() {
  drawCoverage();
  drawScatter();
}

function drawAll() {
  speakPage();
  drawCards();
  drawKeys();
  refresh();
  if (paper.row >= 0) pageOf(paper.row).then((page) => drawEvidence(paper.row, page));
}

function drawCards() {
  const years = columns.year.filter((year) => year !== null);
  const [first, last] = years.length ? [years.reduce((a, b) => Math.min(a, b)), years.reduce((a, b) => Math.max(a, b))] : ["–", "–"];
  const share = (test) => `${data.rows ? Math.round(100 * columns.observation_id.filter((_, row) => test(row)).length / data.rows) : 0} %`;
  const cards = [
    ["cardFigures", number(data.rows), ""], ["cardUnions", number(columns.organisation.words.length), ""],
    ["cardPages", number(columns.document.words.length), data.quarantined ? t("quarantined", data.quarantined) : ""],
    ["cardYears", first === last ? first : `${first}–${last}`, ""], ["cardSure", share((row) => value("confidence", row) >= 0.8), ""],
    ["cardWarned", number(columns.flags.at.filter((n) => columns.flags.words[n]).length), ""]];
  $("cards").replaceChildren(...cards.map(([name, said, beside]) => el("div", {}, el("dt", {}, t(name)), el("dd", {}, said, beside ? el("small", {}, ` ${beside}`) : ""))));
  $("lead").textContent = t("lead");
  $("foot").textContent = t("version", data.version, data.code_version);
}

function drawKeys() {
  const keys = [["/", "keySearch"], ["↓ ↑  j k", "keyMove"], ["Enter", "keyOpen"], ["Esc", "keyClose"], ["?", "keyHelp"]];
  $("keys-list").replaceChildren(...keys.flatMap(([key, words]) => [el("dt", {}, key), el("dd", {}, t(words))]));
}

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search], select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
    if (event.key === "Escape") { hideTip(); if (typing) event.target.blur(); else closeFigure(); return; }
    if (typing) return;
    const acts = { "/": () => $("q").focus(), "?": () => $("keys").showModal(), j: () => step(1), k: () => step(-1) };
    if (!acts[event.key]) return;
    event.preventDefault();
    if ("jk".includes(event.key) && paper.row < 0) { if (shown.length) openFigure(shown[list.at], { focus: false }); } else acts[event.key]();
  });
}

function listenToTools() {
  $("language").addEventListener("click", () => {
    settings.language = settings.language === "zh" ? "en" : "zh";
    remember("language", settings.language);
    drawAll();
  });
  $("theme").addEventListener("click", () => { setTheme(settings.theme === "dark" ? "light" : "dark"); remember("theme", settings.theme); });
  $("keys-button").addEventListener("click", () => $("keys").showModal());
  addEventListener("hashchange", () => { readAddress(); refresh(); openAddressed(); });
  let [waiting, wide] = [0, innerWidth];
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => { if (wide !== innerWidth) { wide = innerWidth; refresh(); } }, 150); });
}

/** Open the figure that the address names, by its id or the first digits of it. */
function openAddressed() {
  const row = data.numberOf.get(view.id) ?? columns.observation_id.findIndex((id) => view.id && id.startsWith(view.id));
  if (row >= 0) openFigure(row); else if (paper.row >= 0) closeFigure();
}

async function start() {
  chooseSettings();
  speakPage();
  if (typeof DecompressionStream === "undefined") { $("loading").textContent = t("oldBrowser"); return; }
  await openRows();
  $("loading").remove();
  readAddress();
  for (const listen of [listenToFilters, listenToCoverage, listenToScatter, listenToTable, listenToKeys, listenToTools]) listen();
  drawAll();
  openAddressed();
  document.documentElement.dataset.ready = "yes";
}

start();
