// A field that completes the name of a concept while it is typed (the ARIA combobox pattern).

import { ask } from "./api.js";
import { el, fill, freshId } from "./dom.js";
import { announce, t } from "./i18n.js";

const PAUSE_MS = 160;

/**
 * A field for a concept. `onChoose({concept, label})` is called when one is chosen.
 *
 * `clears`: whether the field is emptied then, for choosing several one after the other.
 */
export class ConceptField {
  constructor({ label, onChoose, clears = false, hint = "" }) {
    this.onChoose = onChoose;
    this.clears = clears;
    this.found = [];
    this.at = -1;
    this.timer = 0;
    const field = freshId("concept");
    this.list = el("ul", {
      id: `${field}-list`,
      role: "listbox",
      "aria-label": t("concept.found"),
      className: "options",
      hidden: true,
    });
    this.input = el("input", {
      id: field,
      type: "text",
      autocomplete: "off",
      spellcheck: false,
      role: "combobox",
      placeholder: hint,
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      "aria-autocomplete": "list",
      on: {
        input: () => this.#typed(),
        keydown: (event) => this.#key(event),
        blur: () => this.#close(),
        focus: () => this.input.value && this.#typed(),
      },
    });
    this.note = el("p", { className: "quiet small field-note", hidden: true });
    this.element = el(
      "div",
      { className: "field concept-field" },
      el("label", { for: field }, label),
      el("div", { className: "anchor" }, this.input, this.list),
      this.note,
    );
  }

  #typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#complete(), PAUSE_MS);
  }

  async #complete() {
    const words = this.input.value.trim();
    this.controller?.abort();
    if (!words) {
      this.#close();
      this.#say("");
      return;
    }
    const controller = new AbortController();
    this.controller = controller;
    try {
      const { concepts, similar } = await ask(`/concepts?q=${encodeURIComponent(words)}&limit=12`, {
        signal: controller.signal,
      });
      if (document.activeElement === this.input) this.#show(concepts, Boolean(similar));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#close();
      this.#say(error.detail || error.title || t("problem.page"));
    }
  }

  #show(concepts, similar) {
    this.found = concepts;
    this.at = -1;
    this.#say(!concepts.length ? t("concept.none") : similar ? t("concept.similar") : "");
    announce(concepts.length ? t("concept.count", { count: concepts.length }) : t("concept.none"));
    fill(
      this.list,
      concepts.map((concept, at) => this.#option(concept, at)),
    );
    this.list.hidden = !concepts.length;
    this.input.setAttribute("aria-expanded", String(Boolean(concepts.length)));
    this.input.removeAttribute("aria-activedescendant");
  }

  #option(concept, at) {
    const other =
      concept.name && concept.name !== concept.label
        ? el("span", { className: "quiet small" }, ` ${concept.name}`)
        : null;
    // mousedown, not click: the field would lose the focus first and close the list.
    const choose = (event) => {
      event.preventDefault();
      this.#choose(at);
    };
    return el(
      "li",
      {
        id: `${this.list.id}-${at}`,
        role: "option",
        "aria-selected": "false",
        dir: "auto",
        on: { mousedown: choose },
      },
      concept.label || concept.concept,
      other,
    );
  }

  #key(event) {
    const open = !this.list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && open) {
      event.preventDefault();
      this.#mark((this.at + step + this.found.length) % this.found.length);
    } else if (step) this.#typed();
    else if (event.key === "Enter" && open) {
      event.preventDefault();
      this.#choose(Math.max(0, this.at));
    } else if (event.key === "Escape" && open) {
      // Only the list closes, not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }

  #mark(at) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    const option = this.list.children[at];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  #choose(at) {
    const concept = this.found[at];
    this.input.value = this.clears ? "" : concept.label || concept.concept;
    this.#close();
    this.onChoose({ concept: concept.concept, label: concept.label || concept.concept });
  }

  #close() {
    clearTimeout(this.timer);
    this.controller?.abort();
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}
