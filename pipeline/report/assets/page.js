// Building the page: elements, words in the language chosen, numbers as people write them, theme. No data lives here.
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const settings = { language: "en", theme: "light" };

/** An element; text children become text, never markup. `on` holds listeners. */
function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** The page's own words in the language chosen, {0}, {1} … filled in. */
function t(key, ...values) {
  const words = WORDS[settings.language][key] ?? WORDS.en[key] ?? key;
  return words.replace(/\{(\d)\}/g, (_, n) => values[n]);
}

function speakPage() {
  document.documentElement.lang = settings.language === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = t(node.dataset.word);
  for (const node of document.querySelectorAll("[data-word-label]")) node.setAttribute("aria-label", t(node.dataset.wordLabel));
  for (const node of document.querySelectorAll("[data-word-placeholder]")) node.placeholder = t(node.dataset.wordPlaceholder);
  $("language").textContent = settings.language === "zh" ? "English" : "中文";
  $("language").lang = settings.language === "zh" ? "en" : "zh-CN";
}

const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });
const shortened = { en: new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }),
                    zh: new Intl.NumberFormat("zh-CN", { notation: "compact", maximumFractionDigits: 1 }) };
const number = (value) => exact.format(value);
const compact = (value) => shortened[settings.language].format(value);

function remember(name, value) {
  try { localStorage.setItem(`union-metrics-${name}`, value); } catch { /* a page from a file may not be allowed to */ }
}

function remembered(name) {
  try { return localStorage.getItem(`union-metrics-${name}`); } catch { return null; }
}

function chooseSettings() {
  const wanted = remembered("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
  settings.language = wanted === "zh" ? "zh" : "en";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const dress = () => setTheme(remembered("theme") ?? (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", dress);
  dress();
}

function setTheme(theme) {
  settings.theme = theme;
  document.documentElement.dataset.theme = theme;
}

/** A small box beside the pointer or a point; `lines` are nodes. */
function showTip(x, y, lines) {
  const tip = $("tip");
  tip.replaceChildren(...lines.map((line) => el("div", {}, line)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(6, Math.min(x + 14, innerWidth - width - 6))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? y - height - 12 : y + 18}px`;
}

function hideTip() {
  $("tip").hidden = true;
}

/** Give text to the person as a file. */
function download(name, text) {
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
