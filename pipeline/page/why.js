// Why: what the label and its confidence would be without each concept.

import { isRegression, labelName, labelText, scoreText } from "./about.js";
import { bar, el } from "./dom.js";
import { number, percent, points, t } from "./i18n.js";

const FIRST = 10;

/**
 * Return the table of the effects of each concept.
 *
 * `onLight(concept, mentions)` is called while a row is pointed at or focused, `onDark()` after it.
 */
export function why(explanation, { onLight, onDark }) {
  const { effects, prediction } = explanation;
  const body = el("tbody", {});
  const greatest = Math.max(0.001, ...effects.map((effect) => Math.abs(effect.change ?? 0)));
  const rows = effects.map((effect) =>
    row(effect, greatest, scoreTitle(prediction), { onLight, onDark }),
  );
  body.append(...rows.slice(0, FIRST));
  const more = rows.slice(FIRST);
  const button = more.length
    ? el(
        "button",
        {
          type: "button",
          className: "quiet-button",
          on: {
            click: () => {
              body.append(...more);
              button.remove();
            },
          },
        },
        t("why.more", { count: more.length }),
      )
    : null;
  return el(
    "section",
    { className: "panel why", "aria-labelledby": "why-title" },
    el("h2", { id: "why-title" }, t("why.title")),
    el("p", { className: "quiet" }, effects.length ? t("why.lead") : t("why.empty")),
    el(
      "div",
      { className: "scroll-x", tabIndex: 0, role: "region", "aria-label": t("why.table") },
      el(
        "table",
        { className: "effects" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            [t("why.concept"), t("why.label"), scoreTitle(prediction), changeTitle()].map((title) =>
              el("th", { scope: "col" }, title),
            ),
          ),
        ),
        body,
        el("tfoot", {}, withoutAny(explanation, prediction)),
      ),
    ),
    button,
  );
}

function changeTitle() {
  return t(isRegression() ? "why.change-value" : "why.change");
}

// The confidence of the label that was predicted, also where another would have won.
function scoreTitle(prediction) {
  return typeof prediction.label === "string"
    ? t("why.score-of", { label: labelName(prediction.label) })
    : t("why.score");
}

function row(effect, greatest, titleOfScore, { onLight, onDark }) {
  const light = () => onLight(effect.concept, effect.mentions);
  return el(
    "tr",
    {
      className: effect.label_changes ? "changes" : "",
      on: { pointerenter: light, pointerleave: onDark, focusin: light, focusout: onDark },
    },
    el(
      "th",
      { scope: "row" },
      el(
        "a",
        { href: `#/browse?concept=${encodeURIComponent(effect.concept)}`, dir: "auto" },
        effect.label || effect.concept,
      ),
      effect.retrieved && !effect.mentions.length
        ? el("span", { className: "quiet small" }, ` ${t("why.retrieved")}`)
        : null,
    ),
    labelCell(effect.label_without, effect.label_changes),
    el(
      "td",
      { className: "figure-cell", data: { title: titleOfScore } },
      scoreText(effect.score_without),
      ofLabel(effect),
    ),
    changeCell(effect.change, greatest),
  );
}

// Of several labels the figures are those of the one that changes most.
function ofLabel({ labels, change, score_without: score }) {
  if (labels.length < 2) return null;
  const own = labels.find((each) => each.change === change && each.score_without === score);
  return own ? el("span", { className: "quiet small" }, labelName(own.label)) : null;
}

function withoutAny(explanation, prediction) {
  const without = explanation.without_knowledge;
  if (!without) return null;
  const changes =
    !isRegression() && JSON.stringify(without.label) !== JSON.stringify(prediction.label);
  return el(
    "tr",
    { className: changes ? "changes" : "" },
    el("th", { scope: "row" }, t("why.without")),
    // Its score is that of its own label, not of the one at the head of the column.
    labelCell(without.label, changes, changes ? without.score : null),
    changes
      ? el("td", {})
      : el(
          "td",
          { className: "figure-cell", data: { title: scoreTitle(prediction) } },
          scoreText(without.score),
        ),
    el("td", {}),
  );
}

function labelCell(label, changes, score = null) {
  const names = isRegression() ? number(label, 4) : labelText(label);
  const change = changes ? el("span", { className: "tag strong" }, t("why.changes")) : null;
  return el(
    "td",
    { dir: "auto", data: { title: t("why.label") } },
    names || t("verdict.none"),
    score === null ? " " : ` (${percent(score)}) `,
    change,
  );
}

function changeCell(change, greatest) {
  if (change === null || change === undefined)
    return el("td", { data: { title: changeTitle() } }, "–");
  const side = change < 0 ? "against" : "for";
  const figure = isRegression() ? number(change, 4) : points(change);
  const drawn = el("span", { className: `change-bar ${side}` }, bar(Math.abs(change) / greatest));
  return el(
    "td",
    { data: { title: changeTitle() } },
    el("span", { className: "change" }, drawn, el("span", { className: "change-number" }, figure)),
  );
}
