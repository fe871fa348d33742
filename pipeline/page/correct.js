// The dialogs in which a reader corrects a label or a link, or marks a mention that was missed.

import { about, isRegression, labelName } from "./about.js";
import { ConceptField } from "./combobox.js";
import { choice, openDialog } from "./dialog.js";
import { el, freshId } from "./dom.js";
import { NIL, wordsOf } from "./highlight.js";
import { t } from "./i18n.js";
import { Offsets } from "./offsets.js";

const MANY_PLACES = 50;

/**
 * Ask for the right label of a text. `current` is what stands there now; `onChosen(label)` gets it
 * as the server wants it: a label, a list of several, or a number.
 */
export function correctLabel(current, onChosen) {
  const several = about().model.task === "multi-label";
  const field = isRegression() ? numberField(current) : several ? boxes(current) : select(current);
  openDialog({
    title: t("correct.label-title"),
    content: [el("p", { className: "quiet" }, t("correct.label-lead")), field.element],
    confirm: t("correct.save"),
    onSubmit: () => {
      const label = field.value();
      if (label === null) return t("correct.number-none");
      if (JSON.stringify(label) === JSON.stringify(current)) return t("correct.same");
      onChosen(label);
      return null;
    },
  });
}

function select(own) {
  const id = freshId("label");
  const options = about().model.labels.map(({ label, name }) =>
    el(
      "option",
      { value: label, selected: label === own },
      name && name !== label ? `${name} (${label})` : label,
    ),
  );
  const control = el("select", { id }, options);
  return {
    element: el(
      "div",
      { className: "field" },
      el("label", { for: id }, t("correct.label")),
      control,
    ),
    value: () => control.value,
  };
}

function boxes(own) {
  const name = freshId("labels");
  const element = el(
    "fieldset",
    { className: "choices" },
    el("legend", {}, t("correct.label")),
    about().model.labels.map(({ label }) =>
      choice({
        type: "checkbox",
        name,
        value: label,
        checked: own.includes(label),
        text: labelName(label),
      }),
    ),
  );
  return {
    element,
    value: () => [...element.querySelectorAll("input:checked")].map((box) => box.value),
  };
}

function numberField(current) {
  const id = freshId("number");
  const control = el("input", { id, type: "number", step: "any", value: String(current) });
  return {
    element: el(
      "div",
      { className: "field" },
      el("label", { for: id }, t("correct.number")),
      control,
    ),
    value: () => (control.value === "" ? null : Number(control.value)),
  };
}

/** Ask for the right concept of a mention; `onChosen({concept, label})` gets it. */
export function correctLink(mention, onChosen) {
  const name = freshId("link");
  const others = (mention.candidates ?? [])
    .filter((candidate) => candidate.concept !== mention.concept)
    .slice(0, 5);
  const picker = conceptPicker(name);
  const radios = [
    ...others.map((candidate) =>
      choice({ type: "radio", name, value: candidate.concept, text: candidate.label }),
    ),
    mention.concept === NIL
      ? null
      : choice({
          type: "radio",
          name,
          value: NIL,
          text: t("correct.no-concept"),
          note: t("correct.no-concept-note"),
        }),
  ];
  const labels = new Map(others.map((candidate) => [candidate.concept, candidate.label]));
  const group = el(
    "fieldset",
    { className: "choices" },
    el("legend", {}, t("correct.choose")),
    radios,
    picker.elements,
  );
  openDialog({
    title: t("correct.link-title"),
    content: [
      quote(wordsOf(mention)),
      el(
        "p",
        { className: "quiet" },
        t("correct.link-now", {
          concept: mention.concept === NIL ? t("mention.nil") : mention.label,
        }),
      ),
      group,
    ],
    confirm: t("correct.save"),
    onSubmit: () => {
      const chosen = group.querySelector("input[type=radio]:checked")?.value;
      if (chosen === undefined) return t("correct.none-chosen");
      if (chosen !== "other") onChosen({ concept: chosen, label: labels.get(chosen) ?? "" });
      else if (picker.chosen() === null) return t("correct.concept-none");
      else onChosen(picker.chosen());
      return null;
    },
  });
}

function conceptPicker(name, { checked = false } = {}) {
  let chosen = null;
  const field = new ConceptField({
    label: t("correct.concept"),
    hint: t("concept.hint"),
    onChoose: (concept) => {
      chosen = concept;
    },
  });
  const radio = choice({ type: "radio", name, value: "other", text: t("correct.other"), checked });
  field.input.addEventListener("focus", () => {
    radio.querySelector("input").checked = true;
  });
  // Words typed after a choice mean that another concept is sought.
  field.input.addEventListener("input", () => {
    chosen = null;
  });
  return { elements: [radio, field.element], field, chosen: () => chosen };
}

/**
 * Ask for a mention that was missed. `selected` is what is selected in the text, or null: then the
 * words are typed and found. `onChosen({start, end, text, concept, label})` gets it.
 */
export function markMention(text, selected, onChosen) {
  let chosen = null;
  const concept = new ConceptField({
    label: t("correct.concept"),
    hint: t("concept.hint"),
    onChoose: (found) => {
      chosen = found;
    },
  });
  concept.input.addEventListener("input", () => {
    chosen = null;
  });
  const words = selected
    ? { element: quote(selected.text), value: () => selected }
    : wordsField(text);
  openDialog({
    title: t("correct.mark-title"),
    content: [words.element, concept.element],
    confirm: t("correct.save"),
    onSubmit: () => {
      const place = words.value();
      if (place === null) return t("correct.words-none");
      if (chosen === null) return t("correct.concept-none");
      onChosen({ ...place, ...chosen });
      return null;
    },
  });
}

function wordsField(text) {
  const [field, where] = [freshId("words"), freshId("where")];
  const offsets = new Offsets(text);
  const places = el("select", { id: where });
  const placesField = el(
    "div",
    { className: "field", hidden: true },
    el("label", { for: where }, t("correct.where")),
    places,
  );
  let found = [];
  const look = () => {
    found = input.value ? occurrences(text, input.value) : [];
    const option = (at, number) =>
      el("option", { value: String(number) }, around(text, at, input.value.length));
    places.replaceChildren(...found.map(option));
    placesField.hidden = found.length < 2;
  };
  const input = el("input", { id: field, type: "text", autocomplete: "off", on: { input: look } });
  const value = () => {
    if (!found.length) return null;
    const from = found[Number(places.value) || 0];
    const to = from + input.value.length;
    return {
      start: offsets.toCodePoints(from),
      end: offsets.toCodePoints(to),
      text: text.slice(from, to),
    };
  };
  const element = el(
    "div",
    {},
    el(
      "div",
      { className: "field" },
      el("label", { for: field }, t("correct.words")),
      input,
      el("p", { className: "quiet small" }, t("correct.words-note")),
    ),
    placesField,
  );
  return { element, value };
}

function occurrences(text, words) {
  const found = [];
  for (
    let at = text.indexOf(words);
    at >= 0 && found.length < MANY_PLACES;
    at = text.indexOf(words, at + 1)
  )
    found.push(at);
  return found;
}

function around(text, at, length) {
  const [before, after] = [text.slice(Math.max(0, at - 25), at), text.slice(at + length)];
  const shown = `…${before}[${text.slice(at, at + length)}]${after.slice(0, 25)}…`;
  return shown.replace(/\s+/g, " ");
}

function quote(words) {
  return el("blockquote", { dir: "auto" }, words);
}
