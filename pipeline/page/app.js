// Starts the page: the language, what the server serves, and the view that the address names.

import { about, loadAbout } from "./about.js";
import { Problem, returnFromToken } from "./api.js";
import { mountBrowse } from "./browse.js";
import { mountClassify } from "./classify.js";
import { mountCorrections } from "./corrections.js";
import { mountDocument } from "./documents.js";
import { el, fill, icon } from "./dom.js";
import {
  announce,
  currentLanguage,
  recalled,
  remember,
  setLanguage,
  startLanguage,
  t,
} from "./i18n.js";
import { empty, problemBox, working } from "./problem.js";
import { here } from "./router.js";
import { mountSearch } from "./search.js";

const THEMES = { auto: "light", light: "dark", dark: "auto" };
const AGAIN_MS = 1500;
const VIEWS = {
  classify: (place) => ({ leave: mountClassify(place) }),
  browse: (place, { query }) => mountBrowse(place, query),
  search: (place, { query }) => mountSearch(place, query),
  document: (place, { rest, query }) => ({ leave: mountDocument(place, rest[0] ?? "", query) }),
  corrections: (place) => ({ leave: mountCorrections(place) }),
};
const main = document.getElementById("main");
let shown = null;

function show({ fresh = false } = {}) {
  const place = here();
  const view = VIEWS[place.view];
  for (const link of document.querySelectorAll("[data-view]")) {
    const own = link.dataset.view === (place.view === "document" ? "search" : place.view);
    if (own) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = view ? `${t(`nav.${place.view}`)} · Ontograft` : "Ontograft";
  // The same view with another query keeps its form, its tree and the focus.
  if (!fresh && shown?.view === place.view && shown.update) {
    shown.update(place.query);
    return;
  }
  shown?.leave();
  const content = el("div", { className: `view view-${place.view}` });
  fill(main, content);
  if (!view) {
    fill(
      content,
      el("h1", {}, t("app.nowhere")),
      empty(t("app.nowhere-lead"), el("a", { href: "#/classify" }, t("app.home"))),
    );
    shown = { view: place.view, leave: () => {} };
    return;
  }
  shown = { view: place.view, ...view(content, place) };
}

// A screen reader shall go on at the new view, not at the link that led there.
function follow() {
  const before = shown?.view;
  show();
  if (shown.view === before && shown.update) return;
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function theme() {
  const kept = recalled("ontograft.theme");
  return kept === "light" || kept === "dark" ? kept : "auto";
}

function drawTheme() {
  const button = document.getElementById("theme");
  fill(button, icon({ auto: "auto", light: "sun", dark: "moon" }[theme()]));
  const label = t(`theme.${theme()}`);
  button.setAttribute("aria-label", label);
  button.title = label;
}

function nextTheme() {
  const next = THEMES[theme()];
  remember("ontograft.theme", next);
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  drawTheme();
  announce(t(`theme.${next}`));
  dispatchEvent(new Event("ontograft-theme"));
}

function drawFoot() {
  const { version, model, ontology, results } = about();
  const parts = [
    t("about.model", { version, name: model.name }),
    ontology ? t("about.ontology", { count: ontology.concepts }) : t("about.no-ontology"),
    results ? t("about.results", { count: results.documents }) : null,
  ];
  document.getElementById("about").textContent = parts.filter(Boolean).join(" · ");
}

async function chooseLanguage(language) {
  try {
    await setLanguage(language);
  } catch {
    fill(main, problemBox(new Problem(0, t("problem.lost"))));
    return;
  }
  drawTheme();
  drawFoot();
  show({ fresh: true });
}

/** Wait until the server is there and has loaded its model. */
async function load() {
  while (true) {
    try {
      await loadAbout();
      return;
    } catch (error) {
      if (!(error instanceof Problem) || ![0, 503].includes(error.status)) throw error;
      fill(
        main,
        el(
          "section",
          { className: "panel" },
          working(t(error.status ? "app.starting" : "problem.lost")),
        ),
      );
      announce(t(error.status ? "app.starting" : "problem.lost"));
      await new Promise((resolve) => {
        setTimeout(resolve, AGAIN_MS);
      });
    }
  }
}

async function start() {
  returnFromToken();
  await startLanguage();
  drawTheme();
  document.getElementById("theme").addEventListener("click", nextTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    dispatchEvent(new Event("ontograft-theme")),
  );
  const language = document.getElementById("language");
  language.value = currentLanguage();
  language.addEventListener("change", () => chooseLanguage(language.value));
  document.querySelector(".skip").addEventListener("click", (event) => {
    // The part after the # names the view: the link only moves the focus.
    event.preventDefault();
    main.focus();
  });
  try {
    await load();
  } catch (error) {
    fill(main, problemBox(error, { onRetry: () => location.reload() }));
    return;
  }
  drawFoot();
  show();
  addEventListener("hashchange", follow);
}

start();
