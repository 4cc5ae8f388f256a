// One hunt. The server writes the page; while the search goes on, what changes is fetched again and put in place.

const POLL_MS = 1000;
const PATIENCE_MS = 8000;

/** The page as it is now; null where the server cannot be reached for the moment. */
async function fetched() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" }).catch(() => null); // offline
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

/** Puts what is new in place, and leaves alone what is as it was: a selection, an open list, the keyboard's place. */
function refresh(root, page) {
  const [live, next] = [root.querySelector("#hunt-live"), page.querySelector("#hunt-live")];
  live.dataset.phase = next.dataset.phase;
  const before = [...live.children];
  const after = [...next.children].map((section) => document.adoptNode(section));
  if (before.length === after.length && before.every((section, place) => alike(section, after[place]))) {
    before.forEach((section, place) => section.isEqualNode(after[place]) || replace(section, after[place]));
  } else {
    live.replaceChildren(...after);
  }
  if (!page.querySelector("[data-cancel]")) root.querySelector("[data-cancel]")?.remove();
}

function alike(one, other) {
  return one.getAttribute("aria-labelledby") === other.getAttribute("aria-labelledby");
}

/** A list that was opened stays open. */
function replace(section, next) {
  const details = next.querySelector("details");
  if (details && section.querySelector("details[open]")) details.open = true;
  section.replaceWith(next);
}

async function follow(root) {
  let wait = POLL_MS;
  while (root.isConnected && root.querySelector("#hunt-live").dataset.phase) {
    await new Promise((done) => setTimeout(done, wait));
    if (document.hidden || !root.isConnected) continue;
    const page = await fetched();
    wait = page ? POLL_MS : Math.min(PATIENCE_MS, wait * 2);
    if (page?.querySelector("#hunt-live")) refresh(root, page);
  }
}

export function start(root) {
  follow(root);
}
