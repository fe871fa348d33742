// Searches kept by name, in this browser.

import { openDialog } from "./dialog.js";
import { closeOnEscape } from "./downloads.js";
import { el, freshId, icon } from "./dom.js";
import { isEmpty, queryOf } from "./filters.js";
import { recalled, remember, t } from "./i18n.js";
import { toast } from "./toast.js";

const KEPT = "ontograft.queries";

/** Return the kept searches: {name, query}, by name. */
export function keptQueries() {
  try {
    const kept = JSON.parse(recalled(KEPT) ?? "[]");
    return kept.filter((each) => typeof each?.name === "string" && typeof each?.query === "string");
  } catch {
    return [];
  }
}

/** Return the menu of the kept searches, and the button that keeps this one. */
export function savedQueries(filters) {
  const menu = el("details", { className: "menu", on: { keydown: closeOnEscape } });
  const draw = () => {
    const kept = keptQueries();
    menu.replaceChildren(
      el("summary", { className: "quiet-button" }, t("saved.title", { count: kept.length })),
      el(
        "div",
        { className: "menu-body panel" },
        kept.length
          ? el(
              "ul",
              { className: "saved-list" },
              kept.map((each) => item(each, draw)),
            )
          : el("p", { className: "quiet" }, t("saved.none")),
      ),
    );
  };
  draw();
  const save = isEmpty(filters)
    ? null
    : el(
        "button",
        { type: "button", className: "quiet-button", on: { click: () => askName(filters, draw) } },
        t("saved.save"),
      );
  return el("div", { className: "button-row" }, save, menu);
}

function item({ name, query }, draw) {
  const forget = () => {
    write(keptQueries().filter((each) => each.name !== name));
    draw();
  };
  return el(
    "li",
    {},
    el("a", { href: `#/search?${query}`, dir: "auto" }, name),
    el(
      "button",
      {
        type: "button",
        className: "icon-button small",
        "aria-label": t("saved.forget", { name }),
        on: { click: forget },
      },
      icon("close"),
    ),
  );
}

function askName(filters, draw) {
  const id = freshId("name");
  const name = el("input", { id, type: "text", autocomplete: "off" });
  openDialog({
    title: t("saved.save"),
    content: el("div", { className: "field" }, el("label", { for: id }, t("saved.name")), name),
    confirm: t("saved.keep"),
    onSubmit: () => {
      const wanted = name.value.trim();
      if (!wanted) return t("saved.nameless");
      const query = queryOf({ ...filters, page: 1 }).toString();
      write([...keptQueries().filter((each) => each.name !== wanted), { name: wanted, query }]);
      toast(t("saved.done", { name: wanted }));
      draw();
      return null;
    },
  });
}

function write(queries) {
  remember(KEPT, JSON.stringify(queries.sort((a, b) => (a.name < b.name ? -1 : 1))));
}
