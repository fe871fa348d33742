// Says in plain words that something went wrong, and the way out.

import { Problem } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { t } from "./i18n.js";

/**
 * Return a box that says what went wrong; with `onRetry` it offers to try again, `more` is shown,
 * too.
 */
export function problemBox(error, { onRetry = null, more = null } = {}) {
  const known = error instanceof Problem;
  if (!known) console.error(error);
  return el(
    "div",
    { className: "problem", role: "alert" },
    icon("warning"),
    el(
      "div",
      {},
      el("p", { className: "problem-title" }, known ? error.title : t("problem.page")),
      el("p", { dir: "auto" }, known ? error.detail : t("problem.page-way-out")),
      more,
      onRetry
        ? el(
            "button",
            { type: "button", className: "quiet-button", on: { click: onRetry } },
            t("problem.retry"),
          )
        : null,
    ),
  );
}

/** Return a line that says that something is being worked on. */
export function working(text) {
  return el(
    "p",
    { className: "working" },
    el("span", { className: "spinner", "aria-hidden": "true" }),
    text,
  );
}

/** Return what stands where there is nothing to show yet, and what would bring something there. */
export function empty(title, ...lines) {
  return el(
    "div",
    { className: "empty" },
    el("p", { className: "empty-title" }, title),
    lines.map((line) => (line instanceof Node ? line : el("p", {}, line))),
  );
}

/**
 * Fill an element with what a promise gives: says that it is working, then shows the answer or the
 * problem.
 *
 * `load(signal)` asks, `show(answer)` returns nodes. A newer call for the same element makes an
 * older one void. `explain(error)` returns what a problem shows beside its words, or null.
 */
export async function fillFrom(element, load, show, options = {}) {
  const { said = t("working"), explain = () => null } = options;
  element.controller?.abort();
  const controller = new AbortController();
  element.controller = controller;
  element.setAttribute("aria-busy", "true");
  // A quick answer shall not flash.
  const timer = setTimeout(() => fill(element, working(said)), 150);
  try {
    const answer = await load(controller.signal);
    if (!controller.signal.aborted) fill(element, show(answer));
  } catch (error) {
    if (!controller.signal.aborted) {
      const onRetry = () => fillFrom(element, load, show, options);
      fill(element, problemBox(error, { onRetry, more: explain(error) }));
    }
  } finally {
    clearTimeout(timer);
    if (!controller.signal.aborted) element.removeAttribute("aria-busy");
  }
}
