// Dialogs: the browser's own, which keeps the focus inside and closes on Escape.

import { el, freshId } from "./dom.js";
import { t } from "./i18n.js";

/**
 * Open a dialog with a form. `onSubmit()` is called when it is confirmed; what it returns as a
 * string is shown as a refusal, and the dialog stays.
 */
export function openDialog({ title, content, confirm, onSubmit }) {
  const heading = freshId("dialog");
  const refusal = el("p", { className: "refusal", role: "alert" });
  const submit = (event) => {
    event.preventDefault();
    const refused = onSubmit();
    if (typeof refused === "string") refusal.textContent = refused;
    else dialog.close();
  };
  const dialog = el(
    "dialog",
    { className: "dialog", "aria-labelledby": heading, on: { close: () => dialog.remove() } },
    el(
      "form",
      { on: { submit } },
      el("h2", { id: heading }, title),
      content,
      refusal,
      el(
        "p",
        { className: "dialog-actions" },
        el(
          "button",
          { type: "button", className: "quiet-button", on: { click: () => dialog.close() } },
          t("dialog.cancel"),
        ),
        el("button", { type: "submit", className: "main-button" }, confirm),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Return a radio button or check box with its label. */
export function choice({ type, name, value, checked = false, text, note = "" }) {
  return el(
    "label",
    { className: "choice" },
    el("input", { type, name, value, checked }),
    el(
      "span",
      { dir: "auto" },
      text,
      note ? el("span", { className: "quiet small" }, ` ${note}`) : null,
    ),
  );
}
