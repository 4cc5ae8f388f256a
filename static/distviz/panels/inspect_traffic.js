// What the inspector of a load balancer shows for what is selected.

import { html } from "../lib/html.js";
import { roleOf } from "./faults.js";
import { Balancer } from "./inspect_balancer.js";
import { Request } from "./inspect_request.js";
import { Server } from "./inspect_server.js";
import { Overview } from "./overview_traffic.js";

/** `t_ns`, `version`: a panel shows something new whenever one of them changes. */
export function Body({ desk, selection, t_ns, version }) {
  if (selection?.request !== undefined) return html`<${Request} key=${selection.request} desk=${desk} k=${selection.request} chosen_ns=${selection.t_ns} t_ns=${t_ns} />`;
  if (selection && roleOf(selection.node) === "balancer") return html`<${Balancer} desk=${desk} id=${selection.node} t_ns=${t_ns} version=${version} />`;
  if (selection && roleOf(selection.node)) return html`<${Server} desk=${desk} id=${selection.node} t_ns=${t_ns} version=${version} />`;
  return html`<${Overview} desk=${desk} node=${selection?.node ?? null} t_ns=${t_ns} version=${version} />`;
}
