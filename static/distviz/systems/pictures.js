// Which class draws an actor system: most are drawn as cards by their roles.

import { Picture as Cards } from "./actors.js";
import { Picture as Racks } from "./sharded_files.js";
import { Picture as Store } from "./replicated_store.js";

const OWN = { sharded_files: Racks, replicated_store: Store };

/** The class for the system with this key. */
export function pictureOf({ key }) {
  return OWN[key] ?? Cards;
}
