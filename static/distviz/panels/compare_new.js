// A new comparison: two to four lanes on the same scenario, each with what it does differently.

import { html, render } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { changes, choiceTitle, chosen, complete, problems, said, same, union, unwrap } from "../lib/schema.js";
import { useAttempt } from "./attempt.js";
import { Busy } from "./busy.js";
import { Field } from "./fields.js";
import { Options } from "./form.js";
import { FormState } from "./formstate.js";
import { icon } from "../lib/icons.js";
import { FRAME, frameProblems, whole } from "./document.js";

const LEAST = 2;

/** A lane's title from what it does differently: "Power of two", "Random, 34 servers". */
function titleOf(lane, system, base) {
  const parts = lane.differs.flatMap((key) => {
    const { node } = unwrap(system.schema.properties[key], system.schema);
    const both = union(node, system.schema);
    if (!both) return [`${node.title}: ${said(node, system.schema, lane.config[key])}`];
    const choice = chosen(both, lane.config[key]);
    const options = changes(choice.node, system.schema, complete(choice.node, system.schema, {}), lane.config[key], "");
    return [[choiceTitle(choice), ...options.map((option) => `${option.titles.at(-1)} ${said(option.node, system.schema, option.after)}`)].join(", ")];
  });
  return parts.join("; ") || base;
}

function lanesFrom(proposal, document, system) {
  return proposal.map((lane) => {
    const overlaid = { ...document.config };
    for (const [key, value] of Object.entries(lane.config)) overlaid[key] = changesKind(system, key, overlaid[key], value) ? value : { ...overlaid[key], ...value };
    return { title: lane.title, own: true, differs: Object.keys(lane.config), config: complete(system.schema, system.schema, overlaid) };
  });
}

/** Whether `value` replaces the old one as a whole: a list, a plain value, another choice. */
function changesKind(system, key, old, value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const tag = union(unwrap(system.schema.properties[key], system.schema).node, system.schema)?.tag;
  return tag !== undefined && tag in value && value[tag] !== old?.[tag];
}

function NewComparison({ data, form }) {
  const { system, who, urls } = data;
  const { task, refusal, attempt } = useAttempt(form);
  const { lanes } = form.document.value;
  const setLanes = (next) => form.set("lanes", next);
  const add = () => setLanes([...lanes, { ...lanes.at(-1), title: "", own: false }]);
  const submit = (event) => {
    event.preventDefault();
    attempt(t("Starting the comparison"), async ({ signal }) => {
      const made = await ask("POST", urls.comparisons, asked(form.document.value, data), { signal });
      window.location.assign(made.url);
    });
  };
  return html`<form class="stack" noValidate onSubmit=${submit}>
    <section class="panel" aria-labelledby="shared-title"><h2 id="shared-title">${t("The same for every lane")}</h2>
      <div class="fields">${Object.entries(FRAME).map(([key, node]) => html`<${Field} key=${key} form=${form} node=${node} path=${key} value=${form.get(key)} />`)}</div>
    </section>
    <div class="lanes">
      ${lanes.map((lane, index) => html`<${Lane} key=${index} ...${{ form, system, lane, index }}
        remove=${lanes.length > LEAST ? () => setLanes(lanes.filter((other) => other !== lane)) : null} />`)}
      ${lanes.length < data.lanes_at_most && html`<div class="add-lane"><button type="button" class="button" onClick=${add}>${icon("plus")}${t("Add a lane")}</button></div>`}
    </div>
    <div class="form-foot">
      ${refusal && html`<p class="note error" role="alert">${refusal}</p>`}
      <${Busy} task=${task} />
      <div class="row"><button type="submit" class="button primary" disabled=${!who.may_create || Boolean(task)}>${icon("play")}${t("Start the comparison")}</button>
        ${!who.may_create && html`<a class="small" href="/accounts/login/?next=${encodeURIComponent(window.location.pathname + window.location.search)}">${t("Sign in to compare")}</a>`}
      </div>
    </div>
  </form>`;
}

function Lane({ form, system, lane, index, remove }) {
  const path = `lanes.${index}`;
  const title = lane.own ? lane.title : titleOf(lane, system, t("Lane {number}", { number: index + 1 }));
  const rest = Object.keys(system.schema.properties).filter((key) => !lane.differs.includes(key));
  const differ = (event) => form.set(`${path}.differs`, [...lane.differs, event.target.value]);
  const agree = (key) => form.set(path, { ...lane, differs: lane.differs.filter((other) => other !== key), config: { ...lane.config, [key]: form.document.value.config[key] } });
  return html`<section class="lane lane-${index + 1}" aria-label=${t("Lane {number}", { number: index + 1 })} data-path=${path}>
    <div class="lane-head">
      <input class="input lane-name" id="field-lanes-${index}-title" aria-label=${t("Title of lane {number}", { number: index + 1 })} maxlength="100" value=${title}
        onInput=${(event) => form.set(path, { ...lane, title: event.target.value, own: event.target.value !== "" })} />
      ${remove && html`<button type="button" class="button quiet icon" onClick=${remove} aria-label=${t("Remove lane {number}", { number: index + 1 })}>${icon("close")}</button>`}
    </div>
    ${form.errorAt(`${path}.title`) && html`<p class="field-error" role="alert">${form.errorAt(`${path}.title`)}</p>`}
    ${lane.differs.map((key) => html`<div class="differs" key=${key}>
      <${Options} form=${form} node=${system.schema} path="${path}.config" only=${[key]} />
      ${lane.differs.length > 1 && html`<button type="button" class="link-button small" onClick=${() => agree(key)}>${t("As in the scenario again: {title}", { title: unwrap(system.schema.properties[key], system.schema).node.title })}</button>`}
    </div>`)}
    ${rest.length > 0 && html`<label class="field"><span class="visually-hidden">${t("Differ in something else")}</span>
      <select class="select" value="" onChange=${differ}><option value="" selected>${t("Differ in something else…")}</option>
        ${rest.map((key) => html`<option value=${key}>${unwrap(system.schema.properties[key], system.schema).node.title}</option>`)}</select></label>`}
  </section>`;
}

/** What the server is asked: the scenario (the document where it was changed), and for each lane only what differs. */
function asked({ lanes, ...document }, { system, scenario, document: saved }) {
  const [rest, known] = [document, whole(saved, system)].map(({ compare, ...each }) => each);
  return {
    ...(scenario && same(rest, known) ? { scenario: scenario.key } : { document: rest }),
    lanes: lanes.map((lane, index) => ({
      title: (lane.own && lane.title) || titleOf(lane, system, t("Lane {number}", { number: index + 1 })),
      config: Object.fromEntries(lane.differs.map((key) => [key, lane.config[key]])),
    })),
  };
}

function check({ lanes, ...document }, system) {
  const inside = lanes.flatMap((lane, index) => problems(system.schema, system.schema, lane.config, `lanes.${index}.config`));
  const twins = lanes.findIndex((lane, index) => lanes.some((other, before) => before < index && same(other.config, lane.config)));
  const alike = twins < 0 ? [] : [{ path: `lanes.${twins}.title`, sentence: t("This lane is the same as another: change something in it.") }];
  return [...frameProblems(document), ...inside, ...alike];
}

/** The document to compare on: as changed on the set-up page just now, else as the scenario says. */
function drafted(data) {
  const draft = new URLSearchParams(window.location.search).has("draft") ? sessionStorage.getItem("distviz-draft") : null;
  const document = draft === null ? data.document : JSON.parse(draft);
  return document.system === data.system.key ? document : data.document;
}

export function start(root, data) {
  const place = root.querySelector("#form");
  if (!place) return; // no scenario chosen yet: the page is a list of links
  const document = whole(drafted(data), data.system);
  const all = { ...document, lanes: lanesFrom(data.lanes.slice(0, data.lanes_at_most), document, data.system) };
  const form = new FormState({
    root: data.system.schema, document: all, recordings: data.recordings, check: (now) => check(now, data.system),
    base: { ...all, lanes: undefined },
  });
  render(html`<${NewComparison} data=${data} form=${form} />`, place);
}
