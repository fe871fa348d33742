// The view that says which corrections are kept, and gives them out as files.

import { about, labelText } from "./about.js";
import { ask, conceptOf } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { NIL } from "./highlight.js";
import { number, t } from "./i18n.js";
import { flush } from "./keeping.js";
import { empty, fillFrom } from "./problem.js";

/** Show the view; returns what to do when it is left. */
export function mountCorrections(place) {
  const content = el("div", {});
  fill(
    place,
    el("h1", {}, t("corrections.title")),
    el("p", { className: "lead" }, t("corrections.lead")),
    content,
  );
  if (!about().corrections) {
    fill(content, empty(t("corrections.off"), t("corrections.off-lead")));
    return () => {};
  }
  const show = () => fillFrom(content, (signal) => ask("/corrections", { signal }), kept);
  addEventListener("ontograft-kept", show);
  flush();
  show();
  return () => removeEventListener("ontograft-kept", show);
}

function kept({ labels, links, recent }) {
  const card = (key, count, file) =>
    el(
      "section",
      { className: "panel tally" },
      el("p", { className: "figure" }, number(count)),
      el("h2", { className: "overline" }, t(`corrections.${key}`, { count })),
      el("p", { className: "quiet" }, t(`corrections.${key}-use`)),
      count
        ? el(
            "a",
            { className: "quiet-button", href: `/corrections/${file}`, download: file },
            icon("down"),
            t("corrections.download", { file }),
          )
        : null,
    );
  return [
    el(
      "div",
      { className: "tallies" },
      card("labels", labels, "labels.jsonl"),
      card("links", links, "links.jsonl"),
    ),
    recent?.length
      ? el(
          "section",
          { className: "panel" },
          el("h2", {}, t("corrections.recent")),
          el("ul", { className: "recent" }, recent.map(line)),
        )
      : empty(t("corrections.empty"), t("corrections.empty-lead")),
  ];
}

function line(correction) {
  const said = el("p", { dir: "auto" }, wordsOf(correction, correction.concept));
  if (correction.kind === "link" && correction.concept !== NIL) {
    conceptOf(correction.concept)
      .then(({ label }) => {
        said.textContent = wordsOf(correction, label);
      })
      // An ontology of another version may not have it: the IRI stays.
      .catch(() => {});
  }
  const excerpt = el("p", { className: "quiet small", dir: "auto" }, correction.text);
  return el("li", {}, said, excerpt);
}

function wordsOf(correction, concept) {
  if (correction.kind === "label") {
    const predicted = correction.predicted === null ? "–" : labelText(correction.predicted);
    return t("corrections.label-line", { label: labelText(correction.label), predicted });
  }
  const name = concept === NIL ? t("mention.nil") : concept;
  return t("corrections.link-line", { words: correction.mention, concept: name });
}
