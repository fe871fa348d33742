// What the server said of itself at the start: its model, its ontology, its results.

import { ask } from "./api.js";
import { number, percent } from "./i18n.js";

let said = null;
let names = new Map();

/** Ask the server what it serves. */
export async function loadAbout() {
  said = await ask("/about");
  names = new Map(said.model.labels.map(({ label, name }) => [label, name]));
}

/** What the server serves, see `GET /about`. */
export function about() {
  return said;
}

/** Return the name of a label of a document, or the label where it has none. */
export function labelName(label) {
  return names.get(label) || String(label);
}

/** Return a label in words: one, several, or a number. */
export function labelText(label) {
  return [label].flat().map(labelName).join(", ");
}

/** Return the labels of a prediction as a list: one, several, or none. */
export function labelsOf(prediction) {
  if (isRegression() || prediction.label === null) return [];
  return [prediction.label].flat();
}

/** Return a score in words: a probability, or the value of a regression. */
export function scoreText(score) {
  if (score === null) return "–";
  return isRegression() ? number(score, 4) : percent(score);
}

/** Whether the model predicts a number. */
export function isRegression() {
  return said.model.task === "regression";
}
