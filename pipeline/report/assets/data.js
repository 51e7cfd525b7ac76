// The rows: unpacked once, column by column; what a code is called, what a row says. Nothing is drawn here.
let data = null;
let columns = null;
const bundles = new Map();
const BUNDLE = 32; // documents a bundle, as evidence.py packs them

async function unpack(id) {
  const packed = atob($(id).textContent);
  const bytes = new Uint8Array(packed.length);
  for (let n = 0; n < packed.length; n += 1) bytes[n] = packed.charCodeAt(n);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

async function openRows() {
  data = await unpack("rows");
  columns = data.columns;
  data.numberOf = new Map(columns.observation_id.map((id, row) => [id, row]));
  data.repeats = backwards(columns.repeat_of);
  data.parts = backwards(columns.part_of);
  data.family = data.metrics.family;
  data.families = Object.keys(data.labels.family).filter((family) => data.family.includes(family));
}

/** For each row that others lead to, those rows. */
function backwards(links) {
  const found = new Map();
  links.forEach((to, row) => { if (to !== null) found.set(to, [...(found.get(to) ?? []), row]); });
  return found;
}

/** The word of a coded column in a row, or null. */
const word = (column, row) => columns[column].words[columns[column].at[row]] ?? null;
const value = (column, row) => columns[column][row];
const label = (list, code) => (code === null ? "" : data.labels[list]?.[code]?.[settings.language] ?? code);
const metricLabel = (metric) => data.metrics[settings.language === "zh" ? "label_zh" : "label_en"][metric];
const metricOf = (row) => columns.metric.at[row];
const familyOf = (row) => data.family[metricOf(row)];

function metricNamed(code) {
  const metric = columns.metric.words.indexOf(code);
  return metric < 0 ? code : metricLabel(metric);
}

function placeOf(row) {
  const organisation = columns.organisation.at[row];
  return organisation < 0 ? null : data.organisations.province[organisation];
}

const once = (row) => columns.repeat_of[row] === null && columns.part_of[row] === null && word("status", row) === "actual";
const flagsOf = (row) => (word("flags", row) || "").split(",").filter(Boolean);

/** The figure as a person says it: 26,000, or at least 5, or 3 to 5. */
function amount(row) {
  const [middle, low, high] = [value("value", row), value("value_low", row), value("value_high", row)];
  if (middle !== null) return number(middle);
  if (low !== null && high !== null) return t("interval", number(low), number(high));
  return low !== null ? t("atLeast", number(low)) : t("atMost", number(high));
}

/** Where the figure stands in its sentence, as [start, end], however the page wrapped or spelt it; null if it is not found. */
function quoted(row) {
  const said = value("quote", row).normalize("NFKC").replace(/\s/g, "");
  const letters = Array.from(said, (sign) => sign.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[,，]/, "[,，]"));
  const found = word("sentence", row).match(new RegExp(letters.join("\\s*")));
  return found && [found.index, found.index + found[0].length];
}

const unitOf = (row) => {
  const unit = word("unit", row);
  const printed = word("unit_text", row);
  const named = unit === "other" || (settings.language === "zh" && printed && !["CNY", "percent"].includes(unit)) ? printed ?? "" : label("unit", unit);
  const per = word("per", row);
  return per ? `${named} ${label("per", per)}` : named;
};

const size = (row) => value("value", row) ?? value("value_low", row) ?? value("value_high", row);

/** The page of a row with its figures and reasons, or null where it changed since; bundles are unpacked when asked. */
async function pageOf(row) {
  const document = columns.document.at[row];
  const bundle = Math.floor(document / BUNDLE);
  if (!bundles.has(bundle)) bundles.set(bundle, unpack(`bundle-${bundle}`));
  return (await bundles.get(bundle))[document % BUNDLE];
}

/** Publication, date as precise as it is known, page. */
function issueOf(row) {
  const n = columns.document.at[row];
  const { publication, issue_date: day, issue_date_precision: precision, page } = data.documents;
  const date = day[n] && day[n].slice(0, { year: 4, month: 7 }[precision[n]] ?? 10);
  return [publication[n], date, page[n] && t("issuePage", page[n])].filter(Boolean).join(settings.language === "zh" ? "，" : ", ");
}
