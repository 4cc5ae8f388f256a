// The one entry: starts the panel that the page names in [data-page], with the data that the server put beside it.

import { whenShown } from "./lib/visit.js";
import { start as compare_new } from "./panels/compare_new.js";
import { start as experiment } from "./panels/experiment.js";
import { start as experiment_new } from "./panels/experiment_new.js";
import { start as gallery } from "./panels/gallery.js";
import { start as hunt } from "./panels/hunt.js";
import { start as judge } from "./panels/judge.js";
import { start as recording } from "./panels/recording.js";
import { start as recordings } from "./panels/recordings.js";
import { start as runs } from "./panels/runs.js";
import { start as scenario } from "./panels/scenario.js";
import { start as stage } from "./panels/stage.js";
import { start as system } from "./panels/system.js";

const PAGES = { compare_new, experiment, experiment_new, gallery, hunt, judge, recording, recordings, runs, scenario, stage, system };

let path = "";

function begin() {
  path = location.pathname;
  const root = document.querySelector("[data-page]");
  if (!root) return;
  const data = document.getElementById("page-data");
  PAGES[root.dataset.page](root, data ? JSON.parse(data.textContent) : {});
}

/** Back or forward to an address whose page was put in place: the stage knows its own runs, all else is loaded anew. */
function popped() {
  const onStage = document.querySelector("[data-page=stage]") !== null;
  if (!onStage && location.pathname !== path) location.reload();
}

whenShown(begin);
addEventListener("popstate", popped);
begin();
