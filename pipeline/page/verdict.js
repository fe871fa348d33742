// The label of a document with its confidence, and the other labels.

import { about, isRegression, labelName, labelsOf, labelText } from "./about.js";
import { bar, el } from "./dom.js";
import { number, percent, t } from "./i18n.js";

const FIRST = 5;

/**
 * Return the part of the page that says what a document is.
 *
 * `prediction` is the server's; `correctedLabel` is what the reader said instead, or null;
 * `onCorrect` opens the correction, or is null where none are kept.
 */
export function verdict(prediction, { correctedLabel, onCorrect, heading }) {
  const button = onCorrect
    ? el(
        "button",
        { type: "button", className: "quiet-button", on: { click: onCorrect } },
        t("verdict.correct"),
      )
    : null;
  return el(
    "section",
    { className: "panel verdict", "aria-labelledby": "verdict-title" },
    el("h2", { id: "verdict-title", tabIndex: -1, className: "overline" }, heading),
    isRegression() ? value(prediction) : shares(prediction),
    correctedLabel === null
      ? null
      : el(
          "p",
          { className: "corrected-note" },
          t("verdict.corrected", { label: labelText(correctedLabel) }),
        ),
    button,
  );
}

function value(prediction) {
  return el("p", { className: "verdict-label" }, number(prediction.label, 4));
}

function shares(prediction) {
  const labels = labelsOf(prediction);
  const rows = Object.entries(prediction.probabilities ?? {}).sort(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  );
  const several = about().model.task === "multi-label";
  const top = labels.length
    ? labels.map((label) =>
        headline(label, several ? prediction.probabilities[label] : prediction.score),
      )
    : el("p", { className: "verdict-label" }, t("verdict.none"));
  const others = rows.filter(([label]) => !labels.includes(label));
  return el("div", {}, top, others.length ? otherLabels(others) : null);
}

function headline(label, score) {
  const name = labelName(label);
  return el(
    "div",
    { className: "headline" },
    el(
      "p",
      { className: "verdict-label", dir: "auto" },
      name,
      name === label ? null : el("span", { className: "code" }, label),
    ),
    score === null || score === undefined
      ? null
      : el(
          "p",
          { className: "verdict-score" },
          el("span", { className: "figure" }, percent(score)),
          el("span", { className: "quiet" }, t("verdict.confidence")),
          bar(score, "tall"),
        ),
  );
}

function otherLabels(others) {
  const item = ([label, share]) =>
    el(
      "li",
      {},
      el("span", { className: "share-name", dir: "auto" }, labelName(label)),
      bar(share),
      el("span", { className: "share-number" }, percent(share)),
    );
  const list = el("ul", { className: "shares" }, others.slice(0, FIRST).map(item));
  const more = others.slice(FIRST);
  if (!more.length)
    return el("div", {}, el("h3", { className: "overline" }, t("verdict.others")), list);
  const rest = el(
    "details",
    {},
    el("summary", {}, t("verdict.more", { count: more.length })),
    el("ul", { className: "shares" }, more.map(item)),
  );
  return el("div", {}, el("h3", { className: "overline" }, t("verdict.others")), list, rest);
}
