// How the documents found are spread over labels and concepts; choosing one narrows the search.

import { isRegression, labelName } from "./about.js";
import { ask } from "./api.js";
import { bar, el, fill } from "./dom.js";
import { bodyOf } from "./filters.js";
import { number, t } from "./i18n.js";
import { fillFrom } from "./problem.js";

const MOST = 12;
const ASKED = 60; // some of the concepts are left out below

/**
 * Fill an element with the facets of a search that found `total` documents; `onNarrow(filters)` is
 * called when a value is chosen.
 */
export function facets(place, { filters, total }, onNarrow) {
  // The labels that could be chosen instead are counted, too.
  const anyLabel = { ...filters, label: [] };
  const byLabel = facet("label", anyLabel, ({ value, documents }) => ({
    name: labelName(value),
    documents,
    chosen: filters.label.includes(value),
    next: { ...filters, label: filters.label.includes(value) ? [] : [value], page: 1 },
  }));
  const byConcept = facet("concept", filters, ({ value, concept, documents }) => {
    // What all documents mention narrows nothing.
    if (documents === total || filters.mentions.includes(concept)) return null;
    const next = { ...filters, mentions: [...filters.mentions, concept], page: 1 };
    return { name: value || concept, documents, chosen: false, next };
  });
  fill(
    place,
    total && !isRegression() ? byLabel(onNarrow) : null,
    total ? byConcept(onNarrow) : null,
  );
}

// Returns what makes the section of a facet; `valueOf(row)` says how a row is shown, or null.
function facet(name, filters, valueOf) {
  return (onNarrow) => {
    const content = el("div", {});
    const body = { filters: bodyOf(filters), facet: name, limit: ASKED, format: "json" };
    fillFrom(
      content,
      (signal) => ask("/query", { body, signal }),
      (table) => list(rowsOf(table).map(valueOf), onNarrow),
    );
    const title = el("h2", { className: "overline" }, t(`facets.by-${name}`));
    return el("section", { className: "panel facet" }, title, content);
  };
}

function list(values, onNarrow) {
  const shown = values.filter(Boolean).slice(0, MOST);
  if (!shown.length) return el("p", { className: "quiet" }, t("facets.none"));
  const greatest = Math.max(...shown.map(({ documents }) => documents));
  const item = ({ name, documents, chosen, next }) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          className: "facet-value",
          "aria-pressed": String(chosen),
          on: { click: () => onNarrow(next) },
        },
        el("span", { className: "facet-name", dir: "auto" }, name),
        el("span", { className: "count" }, number(documents)),
        bar(documents / greatest),
      ),
    );
  return el("ul", { className: "facet-values" }, shown.map(item));
}

// A table of the server as objects.
function rowsOf({ columns, rows }) {
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
}
