// The view in which a text is pasted, dropped or opened, and classified.

import { labelName, labelsOf, about } from "./about.js";
import { ask } from "./api.js";
import { Analysis } from "./analysis.js";
import { el, fill } from "./dom.js";
import { announce, number, percent, t } from "./i18n.js";
import { knownOf } from "./known.js";
import { empty, problemBox, working } from "./problem.js";

// In bytes; the server has a limit of its own, this one only spares the browser.
const LARGEST_FILE = 10_000_000;
const DRAFT = "ontograft.draft";
const state = { draft: recallDraft(), known: null };

/** Show the view in an element; returns what to do when it is left. */
export function mountClassify(place) {
  const view = new ClassifyView(place);
  view.draw();
  return () => view.remove();
}

class ClassifyView {
  constructor(place) {
    this.place = place;
    this.analysis = null;
  }

  remove() {
    this.controller?.abort();
    this.analysis?.remove();
  }

  draw() {
    this.remove();
    fill(
      this.place,
      el("h1", { className: "hidden-visually" }, t("classify.title")),
      state.known ? this.#result() : this.#form(),
    );
  }

  #form() {
    this.area = el("textarea", {
      id: "text",
      rows: 12,
      value: state.draft,
      placeholder: t("classify.placeholder"),
      spellcheck: false,
      "aria-describedby": "text-hint",
      on: {
        input: () => {
          state.draft = this.area.value;
          this.#count();
        },
        keydown: (event) => this.#key(event),
      },
    });
    this.area.setAttribute("dir", "auto");
    this.counted = el("span", { className: "quiet small", id: "text-hint" });
    this.below = el("div", {});
    const file = el("input", {
      type: "file",
      id: "file",
      className: "hidden-visually",
      accept: ".txt,.md,.text,text/*",
      on: { change: () => this.#open(file.files[0]) },
    });
    const form = el(
      "form",
      {
        className: "panel input-panel",
        on: {
          submit: (event) => {
            event.preventDefault();
            this.#classify();
          },
          dragover: (event) => this.#over(event),
          dragleave: () => form.classList.remove("dropping"),
          drop: (event) => this.#drop(event, form),
        },
      },
      el("label", { for: "text", className: "overline" }, t("classify.text")),
      this.area,
      el(
        "div",
        { className: "panel-actions" },
        el("button", { type: "submit", className: "main-button" }, t("classify.run")),
        file,
        el("label", { for: "file", className: "quiet-button" }, t("classify.open")),
        this.counted,
      ),
    );
    this.#count();
    fill(this.below, empty(t("classify.empty"), t("classify.empty-lead")));
    return [form, this.below];
  }

  #result() {
    const change = el(
      "button",
      { type: "button", className: "quiet-button", on: { click: () => this.#change() } },
      t("classify.change"),
    );
    const other = el(
      "button",
      {
        type: "button",
        className: "quiet-button",
        on: {
          click: () => {
            state.draft = "";
            this.#change();
          },
        },
      },
      t("classify.new"),
    );
    this.analysis = new Analysis(state.known, {
      heading: t("verdict.title"),
      aside: [change, other],
    });
    return this.analysis.element;
  }

  #change() {
    state.known = null;
    this.draw();
    this.area.focus();
  }

  #count() {
    const length = this.area.value.length;
    this.counted.textContent = length ? t("classify.count", { count: length }) : t("classify.drop");
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#classify();
    }
  }

  #over(event) {
    event.preventDefault();
    event.currentTarget.classList.add("dropping");
  }

  #drop(event, form) {
    form.classList.remove("dropping");
    const file = event.dataTransfer.files[0];
    // Dropped text goes where the browser puts it.
    if (!file) return;
    event.preventDefault();
    this.#open(file);
  }

  async #open(file) {
    if (!file) return;
    if (file.size > LARGEST_FILE) {
      fill(
        this.below,
        problemBox(new Error("size")),
        el(
          "p",
          {},
          t("classify.too-large", {
            size: number(file.size / 1e6, 1),
            most: number(LARGEST_FILE / 1e6),
          }),
        ),
      );
      return;
    }
    const text = await file.text();
    // A zero byte stands in no text: this is a PDF, a picture or the like.
    if (text.includes("\0")) {
      fill(
        this.below,
        el(
          "p",
          { className: "refusal", role: "alert" },
          t("classify.no-text", { name: file.name }),
        ),
      );
      return;
    }
    this.area.value = text;
    state.draft = this.area.value;
    this.#count();
    this.area.focus();
    announce(t("classify.opened", { name: file.name }));
  }

  async #classify() {
    const text = this.area.value;
    if (!text.trim()) {
      fill(this.below, el("p", { className: "refusal", role: "alert" }, t("classify.nothing")));
      this.area.focus();
      return;
    }
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    fill(this.below, el("section", { className: "panel" }, working(t("classify.working"))));
    announce(t("classify.working"));
    try {
      const { predictions } = await ask("/classify", { body: { text }, signal: controller.signal });
      state.known = knownOf({
        text,
        id: null,
        prediction: predictions[0],
        explain: about().ontology !== null,
      });
      this.draw();
      this.analysis.focus();
      announce(summary(predictions[0]));
    } catch (error) {
      if (!controller.signal.aborted)
        fill(this.below, problemBox(error, { onRetry: () => this.#classify() }));
    }
  }
}

function summary(prediction) {
  const names = labelsOf(prediction).map(labelName).join(", ") || String(prediction.label);
  const mentions = t("text.mentions", { count: prediction.mentions.length });
  return prediction.score === null
    ? `${names}. ${mentions}`
    : `${names}, ${percent(prediction.score)}. ${mentions}`;
}

function recallDraft() {
  try {
    const draft = sessionStorage.getItem(DRAFT) ?? "";
    sessionStorage.removeItem(DRAFT);
    return draft;
  } catch {
    return "";
  }
}

// The page goes to the form that asks for the token: what was typed is there again afterwards.
addEventListener("ontograft-leaving", () => {
  try {
    sessionStorage.setItem(DRAFT, state.draft);
  } catch {
    // The browser keeps nothing.
  }
});
