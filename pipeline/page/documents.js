// A document in a list, and the view of one document.

import { isRegression, scoreText } from "./about.js";
import { ask } from "./api.js";
import { Analysis } from "./analysis.js";
import { el, fill } from "./dom.js";
import { t } from "./i18n.js";
import { knownOf } from "./known.js";
import { fillFrom } from "./problem.js";

const TITLE = 120; // code points

/** Return the item of a document in a list; `from` is the query of the search it came from. */
export function documentItem(document, from = "") {
  const address = from
    ? `#/document/${document.document}?from=${encodeURIComponent(from)}`
    : `#/document/${document.document}`;
  return el(
    "li",
    { className: "result" },
    el("a", { className: "result-title", href: address, dir: "auto" }, titleOf(document)),
    document.sentence ? el("blockquote", { dir: "auto" }, document.sentence) : null,
    el(
      "p",
      { className: "result-facts" },
      isRegression() || !document.label
        ? null
        : el("span", { className: "tag" }, document.label_name || document.label),
      document.score === null ? null : el("span", {}, scoreText(document.score)),
      el("span", { className: "quiet", dir: "auto" }, document.id),
    ),
  );
}

// The server sends the beginning of the text.
function titleOf({ title, document }) {
  if (!title.trim()) return t("document.untitled", { number: String(document) });
  return Array.from(title).length < TITLE ? title : `${title}…`;
}

/** Show one document; returns what to do when the view is left. */
export function mountDocument(place, number, query) {
  let analysis = null;
  const from = query.get("from");
  const content = el("div", {});
  fill(
    place,
    el(
      "p",
      { className: "crumbs" },
      el(
        "a",
        { href: from ? `#/search?${from}` : "#/search" },
        t(from ? "document.back" : "document.search"),
      ),
    ),
    el("h1", { className: "document-title" }, t("document.title", { number })),
    content,
  );
  fillFrom(
    content,
    (signal) => ask(`/documents/${encodeURIComponent(number)}`, { signal }),
    (document) => {
      const known = knownOf({
        text: document.text,
        id: document.id,
        prediction: document,
        explain: false,
      });
      analysis = new Analysis(known, { heading: t("document.label") });
      return [facts(document), analysis.element];
    },
  );
  return () => analysis?.remove();
}

function facts(document) {
  const rows = [[t("document.id"), document.id], ...Object.entries(document.fields)];
  return el(
    "dl",
    { className: "facts" },
    rows.map(([name, value]) =>
      el(
        "div",
        {},
        el("dt", { dir: "auto" }, name),
        el("dd", { dir: "auto" }, String(value ?? "–")),
      ),
    ),
  );
}
