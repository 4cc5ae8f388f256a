// Which column is the time of arrival and which the demand, and how to read them.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { same } from "../lib/schema.js";

const CALM_MS = 350; // a person who types on is not interrupted

const UNITS = { auto: t("found out by itself"), iso: t("date and time"), s: t("seconds"), ms: t("milliseconds"), us: t("microseconds"), ns: t("nanoseconds") };
const FORMATS = { csv: t("CSV"), jsonl: t("JSON lines"), combined: t("Apache or NGINX access log") };
const DELIMITERS = { ",": t("comma"), ";": t("semicolon"), "\t": t("tab"), "|": t("bar"), " ": t("space") };

/** `preview(mapping)` is called a moment after a change; `keep(mapping, name)` at the end. */
export function MappingForm({ look, file, wrong, busy, preview, keep }) {
  const [mapping, setMapping] = useState(look.mapping);
  const [factor, setFactor] = useState(String(look.mapping.demand_factor));
  const [name, setName] = useState(file.name.replace(/(\.(csv|tsv|txt|log|jsonl?|ndjson))?(\.gz)?$/i, ""));
  const asked = useRef(look.mapping);
  useEffect(() => {
    if (busy || same(mapping, asked.current)) return undefined;
    const timer = setTimeout(() => {
      asked.current = mapping;
      preview(mapping);
    }, CALM_MS);
    return () => clearTimeout(timer);
  }, [mapping, busy]);
  const change = (part) => setMapping({ ...mapping, ...part });
  const type = (text) => {
    setFactor(text);
    const value = Number(text);
    change({ demand_factor: text.trim() !== "" && Number.isFinite(value) ? value : text });
  };
  const wrongAt = (field) => wrong?.field === `mapping.${field}` && wrong.message;
  const stale = !same(mapping, look.mapping);
  const submit = (event) => {
    event.preventDefault();
    keep(mapping, name.trim() || file.name);
  };
  return html`<form class="panel stack" noValidate onSubmit=${submit} aria-labelledby="mapping-title">
    <h2 id="mapping-title">${t("How to read it")}</h2>
    <${Select} id="format" label=${t("Format")} value=${mapping.format} options=${FORMATS} wrong=${wrongAt("format")} pick=${(format) => change({ format })} />
    ${mapping.format === "csv" && html`<${Select} id="delimiter" label=${t("Between columns")} value=${mapping.delimiter} options=${DELIMITERS} wrong=${wrongAt("delimiter")} pick=${(delimiter) => change({ delimiter })} />
      <label class="check"><input type="checkbox" checked=${mapping.header} onChange=${(event) => change({ header: event.target.checked })} />${t("The first line holds the names")}</label>`}
    <${Select} id="time" label=${t("Time of arrival")} value=${mapping.time} options=${names(look, mapping.time)} wrong=${wrongAt("time")} pick=${(time) => change({ time })} />
    <${Select} id="time_unit" label=${t("Unit of the time")} value=${mapping.time_unit} options=${UNITS} wrong=${wrongAt("time_unit")} pick=${(time_unit) => change({ time_unit })} />
    <${Select} id="demand" label=${t("Work of a request")} value=${mapping.demand ?? ""} options=${{ "": t("by a law, chosen in the scenario"), ...names(look, mapping.demand) }} wrong=${wrongAt("demand")} pick=${(demand) => change({ demand: demand || null })} />
    ${mapping.demand !== null && html`<div class="field"><label for="mapping-demand_factor">${t("Seconds of work for each 1 in that column")}</label>
      <input class="input" id="mapping-demand_factor" inputmode="decimal" autocomplete="off" value=${factor} aria-invalid=${wrongAt("demand_factor") ? "true" : undefined}
        aria-describedby="mapping-demand_factor-help" onInput=${(event) => type(event.target.value)} />
      ${wrongAt("demand_factor") && html`<p class="field-error" role="alert">${wrongAt("demand_factor")}</p>`}
      <p class="field-help" id="mapping-demand_factor-help">${example(look, mapping)}</p></div>`}
    <div class="field"><label for="mapping-name">${t("Name")}</label><input class="input" id="mapping-name" maxlength="200" value=${name} onInput=${(event) => setName(event.target.value)} /></div>
    <button type="submit" class="button primary" disabled=${busy || stale}>${t("Import")}</button>
    ${stale && !wrong && html`<p class="field-help" role="status">${t("Reading it again with these columns…")}</p>`}
  </form>`;
}

function names(look, chosen) {
  const known = look.columns.map((column) => column.name);
  return Object.fromEntries((chosen && !known.includes(chosen) ? [chosen, ...known] : known).map((name) => [name, name]));
}

function example(look, mapping) {
  const text = look.columns.find((column) => column.name === mapping.demand)?.examples[0];
  if (text === undefined || !Number.isFinite(Number(text))) return t("0.001 for milliseconds, 1 for seconds.");
  return t("{value} becomes {seconds} s of work on a server of speed 1.", { value: text, seconds: Number((Number(text) * mapping.demand_factor).toPrecision(6)) });
}

function Select({ id, label, value, options, wrong, pick }) {
  const field = `mapping-${id}`;
  return html`<div class="field"><label for=${field}>${label}</label>
    <select class="select" id=${field} value=${value} aria-invalid=${wrong ? "true" : undefined} aria-describedby=${wrong ? `${field}-error` : undefined} onChange=${(event) => pick(event.target.value)}>
      ${Object.entries(options).map(([key, title]) => html`<option value=${key} selected=${key === value}>${title}</option>`)}
    </select>
    ${wrong && html`<p class="field-error" id="${field}-error" role="alert">${wrong}</p>`}</div>`;
}
