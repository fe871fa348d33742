// Downloads what was found.

import { askFile } from "./api.js";
import { el, icon } from "./dom.js";
import { bodyOf } from "./filters.js";
import { announce, t } from "./i18n.js";
import { toast } from "./toast.js";

const MOST = 100_000; // rows of a file, see MOST_IN_FILE in server_query.py
const FORMATS = [
  ["csv", "CSV"],
  ["jsonl", "JSON Lines"],
  ["parquet", "Parquet"],
];

/** Return the menu of the files in which the documents found can be had. */
export function downloads(filters) {
  const show = el(
    "select",
    { id: "download-rows" },
    ["documents", "sentences", "mentions"].map((rows) =>
      el("option", { value: rows }, t(`download.${rows}`)),
    ),
  );
  const buttons = FORMATS.map(([format, name]) =>
    el(
      "button",
      {
        type: "button",
        className: "quiet-button",
        on: { click: () => download(filters, show.value, format) },
      },
      name,
    ),
  );
  return el(
    "details",
    { className: "menu", on: { keydown: closeOnEscape } },
    el("summary", { className: "quiet-button" }, icon("down"), t("download.title")),
    el(
      "div",
      { className: "menu-body panel" },
      el(
        "div",
        { className: "field" },
        el("label", { for: "download-rows" }, t("download.rows")),
        show,
      ),
      el("div", { className: "button-row" }, buttons),
      el("p", { className: "quiet small" }, t("download.most", { count: MOST })),
    ),
  );
}

async function download(filters, show, format) {
  announce(t("download.working"));
  try {
    const file = await askFile("/query", { filters: bodyOf(filters), show, format });
    const address = URL.createObjectURL(file);
    const link = el("a", { href: address, download: `ontograft-${show}.${format}` });
    link.click();
    // Not at once: the browser takes the file up a little later.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    announce(t("download.done"));
  } catch (error) {
    toast(`${error.title ?? t("problem.page")} ${error.detail ?? ""}`.trim());
  }
}

/** Close a menu on Escape, and give the focus back to what opened it. */
export function closeOnEscape(event) {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary").focus();
}
