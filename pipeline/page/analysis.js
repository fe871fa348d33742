// What is known of one text, together: its label, its mentions, the subgraph and the reasons.

import { about, labelText } from "./about.js";
import { ask, Problem } from "./api.js";
import { Card } from "./card.js";
import { correctLabel, correctLink, markMention } from "./correct.js";
import { el, fill } from "./dom.js";
import { MarkedText, NIL, wordsOf } from "./highlight.js";
import { t } from "./i18n.js";
import { keep } from "./keeping.js";
import { mentionsNow, replaceMention } from "./known.js";
import { problemBox, working } from "./problem.js";
import { Subgraph } from "./subgraph.js";
import { verdict } from "./verdict.js";
import { why } from "./why.js";

/**
 * Shows what is known of a text. The state outlives the view: a change of the language or of the
 * view loses nothing.
 *
 * `aside` are nodes that stand under the text.
 */
export class Analysis {
  constructor(known, { heading, aside = [] }) {
    this.known = known;
    this.heading = heading;
    this.aside = aside;
    this.element = el("div", { className: "analysis" });
    this.verdictPlace = el("div", {});
    this.textPlace = el("section", {
      className: "panel text-panel",
      "aria-labelledby": "text-title",
    });
    this.morePlace = el("div", { className: "more" });
    this.element.append(
      el("div", { className: "columns" }, this.textPlace, this.verdictPlace),
      this.morePlace,
    );
    this.#draw();
  }

  /** Take listeners and drawings away. */
  remove() {
    this.card?.remove();
    this.graph?.remove();
    this.removed = true;
  }

  /** Put the reader's focus on the result. */
  focus() {
    this.verdictPlace.querySelector("h2").focus();
  }

  #draw() {
    this.#drawVerdict();
    this.#drawText();
    this.#drawMore();
    if (this.known.wanted && !this.known.explanation && !this.known.problem && !this.known.asking)
      this.#explain();
  }

  #drawVerdict() {
    const { prediction, correctedLabel } = this.known;
    const onCorrect = about().corrections
      ? () => correctLabel(correctedLabel ?? prediction.label, (label) => this.#keepLabel(label))
      : null;
    fill(
      this.verdictPlace,
      verdict(prediction, { correctedLabel, onCorrect, heading: this.heading }),
    );
  }

  #drawText() {
    this.card?.remove();
    const mentions = mentionsNow(this.known);
    const corrects = about().corrections;
    this.card = new Card({
      mentions,
      onCorrect: corrects ? (number) => this.#correctLink(number) : null,
      onHide: () => this.#dark(),
    });
    this.marked = new MarkedText(this.known.text, mentions, {
      onShow: (numbers, mark, how) => {
        this.card.show(numbers, mark, how);
        this.#light(
          numbers.map((number) => mentions[number].concept),
          numbers,
        );
      },
      onLeave: () => this.card.leave(),
      onEnter: () => this.card.enter(),
    });
    const add = corrects
      ? el(
          "button",
          {
            type: "button",
            className: "quiet-button",
            on: { mousedown: (event) => event.preventDefault(), click: () => this.#mark() },
          },
          t("text.mark"),
        )
      : null;
    const actions = [this.#askButton(), this.aside, add].flat().filter(Boolean);
    fill(
      this.textPlace,
      el("h2", { id: "text-title", className: "overline" }, t("text.title")),
      this.marked.element,
      textLegend(mentions),
      actions.length ? el("div", { className: "panel-actions" }, actions) : null,
      this.card.element,
    );
  }

  #askButton() {
    const { wanted, explanation, asking } = this.known;
    if (wanted || explanation || asking || about().ontology === null) return null;
    const button = el("button", { type: "button", className: "main-button" }, t("why.ask"));
    button.addEventListener("click", () => {
      button.remove();
      this.known.wanted = true;
      this.#explain();
    });
    return button;
  }

  #drawMore() {
    const { explanation, problem, asking, wanted } = this.known;
    this.graph?.remove();
    this.graph = null;
    if (explanation) {
      this.graph = new Subgraph(explanation.subgraph, {
        onPick: (concept) => this.marked.light(concept === null ? [] : this.#mentionsOf(concept)),
      });
      const reasons = why(explanation, {
        onLight: (concept, numbers) => this.#light([concept], numbers),
        onDark: () => this.#dark(),
      });
      fill(this.morePlace, reasons, this.graph.element);
      // The drawing takes its size from the page, which has it only after this step.
      requestAnimationFrame(() => this.graph?.draw());
    } else if (problem) fill(this.morePlace, this.#refused(problem));
    else if (asking || wanted)
      fill(this.morePlace, el("section", { className: "panel" }, working(t("why.working"))));
    else fill(this.morePlace);
  }

  #refused(problem) {
    // A model without knowledge has nothing to explain with: that is no failure.
    if (problem instanceof Problem && problem.status === 404)
      return el("section", { className: "panel" }, el("p", { className: "quiet" }, problem.detail));
    return problemBox(problem, { onRetry: () => this.#explain() });
  }

  async #explain() {
    const { known } = this;
    Object.assign(known, { asking: true, problem: null });
    this.#drawMore();
    try {
      known.explanation = await ask("/explain", {
        body: { text: known.text, method: "leave-one-concept-out" },
      });
    } catch (error) {
      known.problem = error;
    }
    known.asking = false;
    if (!this.removed) this.#drawMore();
  }

  #mentionsOf(concept) {
    return mentionsNow(this.known).flatMap((mention, number) =>
      mention.concept === concept ? [number] : [],
    );
  }

  #light(concepts, numbers) {
    this.marked.light(numbers);
    this.graph?.light(concepts.filter((concept) => concept !== NIL));
  }

  #dark() {
    this.marked.light([]);
    this.graph?.light([]);
  }

  #keepLabel(label) {
    const before = this.known.correctedLabel;
    const predicted = this.known.prediction.label;
    const set = (value) => {
      this.known.correctedLabel = value;
      if (!this.removed) this.#drawVerdict();
    };
    set(label);
    keep(
      { kind: "label", text: this.known.text, document: this.known.id, label, predicted },
      {
        said: t("keep.label", { label: labelText(label) }),
        onUndo: () => set(before),
      },
    );
  }

  #correctLink(number) {
    const mention = mentionsNow(this.known)[number];
    this.card.hide({ refocus: false });
    correctLink(mention, ({ concept, label }) => {
      const kept = {
        ...mention,
        concept,
        label: concept === NIL ? "" : label,
        definition: "",
        corrected: true,
      };
      const predicted = this.known.prediction.mentions[number]?.concept ?? null;
      this.#keepLink(kept, predicted, () => replaceMention(this.known, number, kept));
    });
  }

  #mark() {
    const selected = this.marked.selected();
    markMention(this.known.text, selected, (place) => {
      const kept = {
        ...place,
        definition: "",
        score: 1,
        way: "",
        polarity: "affirmed",
        senses: [],
        section: "",
        nested: false,
        fragments: [],
        candidates: [],
        corrected: true,
      };
      this.#keepLink(kept, null, () =>
        replaceMention(this.known, mentionsNow(this.known).length, kept),
      );
    });
  }

  #keepLink(mention, predicted, change) {
    const back = change();
    this.#drawText();
    const said =
      mention.concept === NIL
        ? t("keep.unlinked", { words: wordsOf(mention) })
        : t("keep.link", { words: wordsOf(mention), concept: mention.label });
    keep(
      {
        kind: "link",
        text: this.known.text,
        document: this.known.id,
        start: mention.start,
        end: mention.end,
        fragments: mention.fragments,
        concept: mention.concept,
        predicted,
      },
      {
        said,
        onUndo: () => {
          back();
          if (!this.removed) this.#drawText();
        },
      },
    );
  }
}

function textLegend(mentions) {
  if (!mentions.length) return el("p", { className: "quiet" }, t("text.no-mentions"));
  const kinds = [
    [
      "linked",
      mentions.some((mention) => mention.concept !== NIL && mention.polarity !== "negated"),
    ],
    ["negated", mentions.some((mention) => mention.polarity === "negated")],
    ["nil", mentions.some((mention) => mention.concept === NIL)],
    ["corrected", mentions.some((mention) => mention.corrected)],
  ];
  const items = kinds
    .filter(([, there]) => there)
    .map(([kind]) =>
      el(
        "li",
        {},
        el("span", { className: `swatch mark-${kind}`, "aria-hidden": "true" }),
        t(`legend.${kind}`),
      ),
    );
  return el(
    "div",
    { className: "text-legend" },
    el("ul", { className: "legend" }, items),
    el("p", { className: "quiet small" }, t("text.hint")),
  );
}
