// Short messages at the foot of the page, with a way back where there is one.

import { el } from "./dom.js";
import { announce, t } from "./i18n.js";

const SHOWN_MS = 7000;

/**
 * Show a message. With `onUndo` it offers a way back, and `onDone` is called when the time for that
 * is over; the time stands still while the message is pointed at or focused. Returns a function
 * that ends the wait at once.
 */
export function toast(text, { onUndo = null, onDone = () => {} } = {}) {
  let timer = 0;
  let over = false;
  const end = (run) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    element.remove();
    run();
  };
  const undo = onUndo
    ? el("button", { type: "button", on: { click: () => end(onUndo) } }, t("toast.undo"))
    : null;
  const element = el("div", { className: "toast" }, el("p", {}, text), undo);
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => end(onDone), SHOWN_MS);
  };
  const hold = () => clearTimeout(timer);
  element.addEventListener("pointerenter", hold);
  element.addEventListener("pointerleave", wait);
  element.addEventListener("focusin", hold);
  element.addEventListener("focusout", wait);
  document.getElementById("toasts").append(element);
  announce(undo ? `${text} ${t("toast.spoken-undo")}` : text);
  wait();
  return () => end(onDone);
}
