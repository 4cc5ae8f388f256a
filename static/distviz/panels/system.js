// The fidelity sheet: the server writes it; only the cards of its scenarios have pictures.

export { start } from "./gallery.js";
