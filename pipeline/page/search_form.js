// The form of the search.

import { about, isRegression } from "./about.js";
import { conceptOf } from "./api.js";
import { ConceptField } from "./combobox.js";
import { choice } from "./dialog.js";
import { el, fill, freshId, icon } from "./dom.js";
import { isEmpty } from "./filters.js";
import { percent, t } from "./i18n.js";

/** The form; `onSearch(filters)` is called when something is to be searched for. */
export class SearchForm {
  constructor({ onSearch }) {
    this.onSearch = onSearch;
    this.filters = null;
    this.words = el("input", {
      id: freshId("words"),
      type: "search",
      autocomplete: "off",
      placeholder: t("search.words-hint"),
    });
    this.label = this.#labelSelect();
    this.score = el("input", {
      id: freshId("score"),
      type: "range",
      min: "0",
      max: "1",
      step: "0.05",
      on: { input: () => this.#showScore(), change: () => this.#submit() },
    });
    this.scoreShown = el("output", { for: this.score.id });
    this.mentions = new ConceptField({
      label: t("search.mentions"),
      hint: t("concept.hint"),
      clears: true,
      onChoose: (concept) => this.#add("mentions", concept),
    });
    this.without = new ConceptField({
      label: t("search.without"),
      hint: t("concept.hint"),
      clears: true,
      onChoose: (concept) => this.#add("without", concept),
    });
    this.narrower = this.#box("search.narrower");
    this.affirmed = this.#box("search.affirmed");
    this.where = this.#whereFields();
    this.chips = el("ul", { className: "chips", "aria-label": t("search.chosen") });
    this.more = el(
      "details",
      { className: "more-filters" },
      el("summary", {}, t("search.more")),
      el("div", { className: "form-row" }, this.without.element, this.where.element),
    );
    this.element = this.#form();
  }

  /** Show filters in the form. */
  set(filters) {
    this.filters = filters;
    this.words.value = filters.words;
    this.several.hidden = filters.label.length < 2;
    if (filters.label.length > 1) this.several.selected = true;
    else this.label.value = filters.label[0] ?? "";
    this.score.value = String(filters.minScore ?? 0);
    this.#showScore();
    this.narrower.input.checked = filters.narrower;
    this.affirmed.input.checked = filters.affirmed;
    if (filters.without.length || filters.where.length) this.more.open = true;
    this.#drawChips();
  }

  #form() {
    const clear = el(
      "button",
      { type: "button", className: "quiet-button", on: { click: () => this.#clear() } },
      t("search.clear"),
    );
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    return el(
      "form",
      { className: "panel search-form", role: "search", on: { submit } },
      el(
        "div",
        { className: "form-row" },
        el(
          "div",
          { className: "field" },
          el("label", { for: this.words.id }, t("search.words")),
          this.words,
        ),
        this.mentions.element,
        isRegression() ? null : this.#labelFields(),
      ),
      el("div", { className: "form-row checks" }, this.narrower.element, this.affirmed.element),
      this.more,
      this.chips,
      el(
        "div",
        { className: "panel-actions" },
        el("button", { type: "submit", className: "main-button" }, t("search.run")),
        clear,
      ),
    );
  }

  #labelFields() {
    return [
      el(
        "div",
        { className: "field" },
        el("label", { for: this.label.id }, t("search.label")),
        this.label,
      ),
      el(
        "div",
        { className: "field score-field" },
        el("label", { for: this.score.id }, t("search.score")),
        el("div", { className: "range" }, this.score, this.scoreShown),
      ),
    ];
  }

  #labelSelect() {
    const options = about().model.labels.map(({ label, name }) =>
      el("option", { value: label }, name || label),
    );
    this.several = el("option", { value: "several", hidden: true }, t("search.several-labels"));
    return el(
      "select",
      { id: freshId("label"), on: { change: () => this.#submit() } },
      el("option", { value: "" }, t("search.any-label")),
      this.several,
      options,
    );
  }

  #box(key) {
    const element = choice({ type: "checkbox", name: key, value: "1", text: t(key) });
    const input = element.querySelector("input");
    input.addEventListener("change", () => this.#submit());
    return { element, input };
  }

  #whereFields() {
    const columns = ["id", ...about().results.fields];
    const column = el(
      "select",
      { "aria-label": t("search.column") },
      columns.map((name) => el("option", { value: name }, name)),
    );
    const value = el("input", {
      type: "text",
      autocomplete: "off",
      "aria-label": t("search.value"),
      placeholder: t("search.value"),
    });
    const take = () => {
      if (!value.value) return null;
      const pair = `${column.value}=${value.value}`;
      value.value = "";
      return pair;
    };
    const element = el(
      "fieldset",
      { className: "field where-field" },
      el("legend", {}, t("search.where")),
      el(
        "div",
        { className: "where-row" },
        column,
        el("span", { "aria-hidden": "true" }, "="),
        value,
      ),
    );
    return { element, take };
  }

  #showScore() {
    const least = Number(this.score.value);
    this.scoreShown.textContent = least ? `≥ ${percent(least)}` : t("search.any-score");
    this.score.setAttribute("aria-valuetext", this.scoreShown.textContent);
  }

  #add(key, { concept }) {
    if (!this.filters[key].includes(concept)) this.filters[key] = [...this.filters[key], concept];
    this.#submit();
  }

  #submit() {
    const pair = this.where.take();
    this.onSearch({
      ...this.filters,
      words: this.words.value,
      label: this.#labels(),
      where:
        pair && !this.filters.where.includes(pair)
          ? [...this.filters.where, pair]
          : this.filters.where,
      narrower: this.narrower.input.checked,
      affirmed: this.affirmed.input.checked,
      minScore: Number(this.score.value) || null,
      page: 1,
    });
  }

  #labels() {
    if (this.label.selectedOptions[0] === this.several) return this.filters.label;
    return this.label.value ? [this.label.value] : [];
  }

  #clear() {
    this.onSearch({
      label: [],
      mentions: [],
      without: [],
      where: [],
      words: "",
      narrower: true,
      affirmed: false,
      minScore: null,
      page: 1,
    });
    this.words.focus();
  }

  #drawChips() {
    const { filters } = this;
    const chips = [
      ...filters.mentions.map((iri) =>
        this.#chip("mentions", iri, conceptName(iri, "chip.mentions")),
      ),
      ...filters.without.map((iri) => this.#chip("without", iri, conceptName(iri, "chip.without"))),
      ...filters.where.map((pair) =>
        this.#chip("where", pair, el("span", {}, pair.replace("=", " = "))),
      ),
    ];
    fill(this.chips, chips);
    this.chips.hidden = isEmpty(filters) || !chips.length;
  }

  #chip(key, value, name) {
    const drop = () =>
      this.onSearch({
        ...this.filters,
        [key]: this.filters[key].filter((each) => each !== value),
        page: 1,
      });
    return el(
      "li",
      { className: "chip", dir: "auto" },
      name,
      el(
        "button",
        { type: "button", "aria-label": t("chip.remove", { name: value }), on: { click: drop } },
        icon("close"),
      ),
    );
  }
}

function conceptName(iri, key) {
  const name = el("span", {}, t(key, { concept: "…" }));
  const show = (concept) => {
    name.textContent = t(key, { concept });
  };
  // A concept may be named in an address by hand; then its name stands there as it was written.
  conceptOf(iri)
    .then((concept) => show(concept.label || iri))
    .catch(() => show(iri));
  return name;
}
