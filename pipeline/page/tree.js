// The ontology as a tree (the ARIA tree pattern); what is below a concept is asked for when it is
// opened.

import { conceptOf } from "./api.js";
import { el, freshId, icon } from "./dom.js";
import { announce, number, t, term } from "./i18n.js";

const AT_ONCE = 200; // children shown at first; more come with a button-like last item
const TYPING_MS = 700;

/** A tree of concepts. `onChoose(concept)` is called with the IRI of one that is chosen. */
export class Tree {
  constructor(roots, { onChoose }) {
    this.onChoose = onChoose;
    this.typed = "";
    this.element = el("ul", {
      role: "tree",
      className: "tree",
      "aria-label": t("tree.label"),
      on: { keydown: (event) => this.#key(event), click: (event) => this.#click(event) },
    });
    this.#add(this.element, roots, 1);
    const first = this.element.querySelector("[role=treeitem]");
    if (first) first.tabIndex = 0;
  }

  /**
   * Mark the item of a concept, after opening the way to it: `path` is the IRIs from a root down to
   * it.
   */
  async reveal(path) {
    let group = this.element;
    let item = null;
    for (const [at, iri] of path.entries()) {
      item = this.#itemIn(group, iri);
      if (!item) break;
      if (at < path.length - 1) {
        await this.#open(item);
        group = item.querySelector(":scope > ul");
        if (!group) break;
      }
    }
    this.select(item);
  }

  /** Mark an item as the chosen one. */
  select(item) {
    this.element.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    if (!item) return;
    item.setAttribute("aria-selected", "true");
    this.#current(item);
    item.firstElementChild.scrollIntoView({ block: "nearest" });
  }

  #itemIn(group, iri) {
    while (true) {
      const found = [...group.children].find((item) => item.dataset.concept === iri);
      const more = group.querySelector(":scope > .tree-more");
      if (found || !more) return found ?? null;
      more.showMore();
    }
  }

  #add(group, concepts, level) {
    group.append(...concepts.slice(0, AT_ONCE).map((concept) => this.#item(concept, level)));
    const rest = concepts.slice(AT_ONCE);
    if (!rest.length) return;
    const more = el(
      "li",
      { role: "treeitem", tabIndex: -1, className: "tree-more", "aria-level": String(level) },
      el("span", { className: "tree-row" }, t("tree.more", { count: rest.length })),
    );
    more.showMore = () => {
      const before = more.previousElementSibling;
      more.remove();
      this.#add(group, rest, level);
      return before.nextElementSibling;
    };
    group.append(more);
  }

  #item(concept, level) {
    const name = freshId("tree");
    const counted = freshId("tree");
    const relation =
      concept.relation && concept.relation !== "broader"
        ? el("span", { className: "tree-relation" }, term("relation", concept.relation))
        : null;
    const count =
      concept.documents === null || concept.documents === undefined
        ? null
        : el(
            "span",
            {
              className: "count",
              id: counted,
              "aria-label": t("tree.documents", { count: concept.documents }),
            },
            number(concept.documents),
          );
    const row = el(
      "div",
      { className: "tree-row" },
      el("span", { className: "twist" }, concept.children ? icon("right") : null),
      el(
        "span",
        { className: "tree-name", id: name, dir: "auto" },
        concept.label || concept.concept,
      ),
      relation,
      count,
    );
    return el(
      "li",
      {
        role: "treeitem",
        tabIndex: -1,
        data: { concept: concept.concept },
        "aria-level": String(level),
        "aria-selected": "false",
        "aria-expanded": concept.children ? "false" : null,
        "aria-labelledby": count ? `${name} ${counted}` : name,
      },
      row,
    );
  }

  async #open(item) {
    if (item.getAttribute("aria-expanded") !== "false") return;
    item.setAttribute("aria-expanded", "true");
    if (item.querySelector(":scope > ul")) return;
    item.setAttribute("aria-busy", "true");
    try {
      const { children } = await conceptOf(item.dataset.concept);
      const group = el("ul", { role: "group" });
      this.#add(group, children, Number(item.getAttribute("aria-level")) + 1);
      item.append(group);
    } catch (error) {
      item.setAttribute("aria-expanded", "false");
      announce(error.title ?? t("problem.page"));
    } finally {
      item.removeAttribute("aria-busy");
    }
  }

  #close(item) {
    item.setAttribute("aria-expanded", "false");
  }

  #click(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item) return;
    if (item.showMore) item.showMore();
    else if (event.target.closest(".twist") && item.hasAttribute("aria-expanded"))
      this.#toggle(item);
    else this.#choose(item);
  }

  #toggle(item) {
    if (item.getAttribute("aria-expanded") === "true") this.#close(item);
    else this.#open(item);
  }

  #choose(item) {
    this.select(item);
    this.#open(item);
    this.onChoose(item.dataset.concept);
  }

  #current(item) {
    this.element.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    item.tabIndex = 0;
  }

  #focus(item) {
    if (!item) return;
    this.#current(item);
    item.focus();
  }

  // The items that are to be seen, from top to bottom.
  #shown() {
    return [...this.element.querySelectorAll("[role=treeitem]")].filter(
      (item) => !item.parentElement.closest("[aria-expanded=false]"),
    );
  }

  #key(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = this.#shown();
    const at = shown.indexOf(item);
    const run = {
      ArrowDown: () => this.#focus(shown[at + 1]),
      ArrowUp: () => this.#focus(shown[at - 1]),
      Home: () => this.#focus(shown[0]),
      End: () => this.#focus(shown.at(-1)),
      ArrowRight: () =>
        item.getAttribute("aria-expanded") === "true"
          ? this.#focus(item.querySelector("ul > li"))
          : this.#open(item),
      ArrowLeft: () =>
        item.getAttribute("aria-expanded") === "true"
          ? this.#close(item)
          : this.#focus(item.parentElement.closest("[role=treeitem]")),
      Enter: () => (item.showMore ? this.#focus(item.showMore()) : this.#choose(item)),
      " ": () => (item.showMore ? this.#focus(item.showMore()) : this.#choose(item)),
    }[event.key];
    if (!run && event.key.length !== 1) return;
    event.preventDefault();
    if (run) run();
    else this.#find(event.key, shown, at);
  }

  // Typing the beginning of a name goes to it.
  #find(letter, shown, at) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.typed = "";
    }, TYPING_MS);
    this.typed += letter.toLowerCase();
    const from = this.typed.length > 1 ? at : at + 1;
    const inOrder = [...shown.slice(from), ...shown.slice(0, from)];
    this.#focus(
      inOrder.find((item) =>
        item.querySelector(".tree-name")?.textContent.toLowerCase().startsWith(this.typed),
      ),
    );
  }
}
