// Shows a page of ours in place of the one that is open: the modules, already loaded, need not be loaded again.

let begin = () => {};

/** `start()` is called whenever a page has been put in place: it starts the panel that the page names. */
export function whenShown(start) {
  begin = start;
}

/** Put the page in `answer` (a Response with HTML) in place, under the address that it came from. */
export async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = stylesheets(document);
  const wanted = stylesheets(page);
  await Promise.all([...wanted.keys()].filter((href) => !before.has(href)).map(added));
  history.pushState({}, "", answer.url);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  for (const [href, link] of before) if (!wanted.has(href)) link.remove();
  document.dispatchEvent(new CustomEvent("distviz:shown"));
  begin();
  document.querySelector("main").focus({ preventScroll: true });
}

function stylesheets(page) {
  return new Map([...page.querySelectorAll("link[rel=stylesheet]")].map((link) => [link.getAttribute("href"), link]));
}

function added(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
  const settled = new Promise((done) => (link.onload = link.onerror = done));
  link.setAttribute("href", href);
  document.head.append(link);
  return settled;
}
