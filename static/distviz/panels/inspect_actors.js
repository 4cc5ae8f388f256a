// What the inspector of an actor system shows for what is selected.

import { html } from "../lib/html.js";
import { Block } from "./inspect_block.js";
import { Link } from "./inspect_link.js";
import { Message } from "./inspect_message.js";
import { Node } from "./inspect_node.js";
import { Nodes } from "./inspect_nodes.js";
import { Operation } from "./inspect_operation.js";
import { Overview } from "./overview_actors.js";
import { Why } from "./why_panel.js";

/** `t_ns`, `version`: a panel shows something new whenever one of them changes. */
export function Body({ desk, selection, t_ns, version }) {
  const now = { desk, t_ns, version };
  return html`<${Why} desk=${desk} />${page(selection, now)}`;
}

function page(selection, now) {
  if (!selection) return html`<${Overview} ...${now} />`;
  const { node, nodes, message, link, operation, block, rack, lane = 0, t_ns: chosen_ns } = selection;
  if (block !== undefined) return html`<${Block} key=${block} block=${block} ...${now} />`;
  if (nodes?.length > 1 || rack !== undefined) return html`<${Nodes} ids=${nodes} ...${now} />`;
  if (node !== undefined) return html`<${Node} key=${node} id=${node} ...${now} />`;
  if (message !== undefined) return html`<${Message} key=${message} id=${message} chosen_ns=${chosen_ns} lane=${lane} ...${now} />`;
  if (link !== undefined) return html`<${Link} key=${link} link=${link} ...${now} />`;
  if (operation !== undefined) return html`<${Operation} key=${operation} id=${operation} lane=${lane} ...${now} />`;
  return null;
}
