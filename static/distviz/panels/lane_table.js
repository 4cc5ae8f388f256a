// A table of facts: one row each, one column per lane.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";

/** `rows`: [{name, values: one per lane, future: bool}]. */
export function LaneTable({ lanes, rows, caption }) {
  const many = lanes.length > 1;
  return html`<table class="facts">
    <caption class="visually-hidden">${caption}</caption>
    ${many && html`<thead><tr><th scope="col"><span class="visually-hidden">${t("Fact")}</span></th>${lanes.map((lane, index) => html`<th scope="col" key=${index} title=${lane.title}>
      <span class=${`lane-swatch lane-${index + 1}`} aria-hidden="true"></span><span class="facts-lane">${lane.title}</span></th>`)}</tr></thead>`}
    <tbody>${rows.map(({ name, values, future }) => html`<tr key=${name} class=${future ? "future" : ""}><th scope="row">${name}</th>
      ${values.map((value, index) => html`<td key=${index}>${value ?? "–"}</td>`)}</tr>`)}</tbody>
  </table>`;
}
