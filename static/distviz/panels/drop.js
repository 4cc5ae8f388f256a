// A place where a file can be dropped or chosen.

import { useRef, useState } from "../lib/html.js";

/** {over, zone, pick}: whether something is held above the place, the place's handlers, and that of an input for files. */
export function useDrop(choose) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const enter = (step) => (event) => {
    event.preventDefault();
    depth.current += step;
    setOver(depth.current > 0);
  };
  const drop = (event) => {
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    choose(event.dataTransfer.files[0]);
  };
  const pick = (event) => {
    choose(event.target.files[0]);
    event.target.value = ""; // the same file can be chosen again after it was changed
  };
  return { over, pick, zone: { onDragEnter: enter(1), onDragLeave: enter(-1), onDragOver: (event) => event.preventDefault(), onDrop: drop } };
}
