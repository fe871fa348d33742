// The view in which the ontology is read: the tree, and the page of a concept.

import { about } from "./about.js";
import { ask, conceptOf } from "./api.js";
import { ConceptField } from "./combobox.js";
import { el, fill } from "./dom.js";
import { documentItem } from "./documents.js";
import { announce, t, term } from "./i18n.js";
import { empty, fillFrom } from "./problem.js";
import { go } from "./router.js";
import { Tree } from "./tree.js";

const DEEPEST = 40; // steps up to a root; a cycle ends here at the latest
const DOCUMENTS = 5;
const state = { roots: null, concept: null };

/**
 * Show the view; `query` names the concept that is shown. Returns what to do when the view is left.
 */
export function mountBrowse(place, query) {
  if (about().ontology === null) {
    fill(place, el("h1", {}, t("browse.title")), empty(t("browse.none"), t("browse.none-lead")));
    return { leave: () => {} };
  }
  const view = new BrowseView(place);
  view.start(query.get("concept"));
  return { leave: () => {}, update: (changed) => view.show(changed.get("concept")) };
}

class BrowseView {
  constructor(place) {
    const field = new ConceptField({
      label: t("browse.find"),
      hint: t("concept.hint"),
      onChoose: ({ concept }) => go("browse", { concept }),
    });
    this.treePlace = el("div", { className: "tree-scroll" });
    this.page = el("article", {
      className: "panel concept-page",
      "aria-live": "off",
      tabIndex: -1,
    });
    fill(
      place,
      el("h1", {}, t("browse.title")),
      el(
        "div",
        { className: "browse" },
        el(
          "section",
          { className: "panel tree-panel", "aria-label": t("tree.label") },
          field.element,
          this.treePlace,
        ),
        this.page,
      ),
    );
  }

  async start(concept) {
    await fillFrom(
      this.treePlace,
      async (signal) => {
        state.roots ??= (await ask("/concepts", { signal })).concepts;
      },
      () => {
        this.tree = new Tree(state.roots, {
          onChoose: (chosen) => {
            this.chosenInTree = chosen;
            go("browse", { concept: chosen });
          },
        });
        return this.tree.element;
      },
    );
    this.show(concept);
  }

  show(concept) {
    if (!concept) {
      fill(
        this.page,
        empty(t("browse.empty"), t("browse.empty-lead", { count: about().ontology.concepts })),
      );
      return;
    }
    fillFrom(
      this.page,
      () => conceptOf(concept),
      (found) => {
        announce(found.label || found.concept);
        return conceptPage(found);
      },
    );
    // Chosen in the tree: it is there already, perhaps at one of several places.
    if (this.chosenInTree !== concept) this.#reveal(concept);
    this.chosenInTree = null;
  }

  async #reveal(concept) {
    try {
      const path = await pathTo(concept);
      await this.tree?.reveal(path);
    } catch {
      // The page of the concept says what is wrong; the tree stays as it is.
    }
  }
}

/** Return the IRIs from a root down to a concept, by each one's first broader concept. */
async function pathTo(concept) {
  const path = [concept];
  while (path.length < DEEPEST) {
    const { parents } = await conceptOf(path[0]);
    const above = parents.find((parent) => !path.includes(parent.concept));
    if (!above) break;
    path.unshift(above.concept);
  }
  return path;
}

function conceptPage(concept) {
  const names = concept.labels.filter((name) => name.toLowerCase() !== concept.label.toLowerCase());
  return [
    el("h2", { className: "concept-title", dir: "auto" }, concept.label || concept.concept),
    el(
      "p",
      { className: "iri" },
      /^https?:/.test(concept.concept)
        ? el("a", { href: concept.concept, rel: "noopener noreferrer external" }, concept.concept)
        : concept.concept,
    ),
    concept.definition
      ? el("p", { className: "definition large", dir: "auto" }, concept.definition)
      : el("p", { className: "quiet" }, t("concept.no-definition")),
    names.length
      ? section(
          "concept.names",
          el(
            "ul",
            { className: "name-list" },
            names.map((name) => el("li", { dir: "auto" }, name)),
          ),
        )
      : null,
    concept.parents.length ? section("concept.parents", briefs(concept.parents)) : null,
    concept.children.length ? section("concept.children", briefs(concept.children)) : null,
    concept.related.length ? section("concept.related", briefs(concept.related)) : null,
    concept.documents === null || concept.documents === undefined ? null : documentsOf(concept),
  ];
}

function section(key, ...content) {
  return el("section", {}, el("h3", { className: "overline" }, t(key)), content);
}

function briefs(concepts) {
  const item = (concept) =>
    el(
      "li",
      { dir: "auto" },
      el(
        "a",
        { href: `#/browse?concept=${encodeURIComponent(concept.concept)}`, dir: "auto" },
        concept.label || concept.concept,
      ),
      concept.relation && concept.relation !== "broader"
        ? el("span", { className: "quiet small" }, ` ${term("relation", concept.relation)}`)
        : null,
      concept.documents
        ? el(
            "span",
            { className: "quiet small" },
            ` ${t("tree.documents", { count: concept.documents })}`,
          )
        : null,
    );
  const list = el("ul", { className: "brief-list" }, concepts.slice(0, 30).map(item));
  if (concepts.length <= 30) return list;
  return [
    list,
    el(
      "details",
      {},
      el("summary", {}, t("concept.more", { count: concepts.length - 30 })),
      el("ul", { className: "brief-list" }, concepts.slice(30).map(item)),
    ),
  ];
}

function documentsOf(concept) {
  const counts = t("concept.documents-count", {
    count: concept.documents,
    own: concept.own_documents ?? 0,
  });
  const place = el("div", {});
  const query = new URLSearchParams({
    mentions: concept.concept,
    include_narrower: "true",
    limit: String(DOCUMENTS),
  });
  if (concept.documents) {
    fillFrom(
      place,
      (signal) => ask(`/documents?${query}`, { signal }),
      ({ documents }) =>
        el(
          "ol",
          { className: "results" },
          documents.map((each) => documentItem(each)),
        ),
    );
  }
  const all = el(
    "a",
    { href: `#/search?${new URLSearchParams({ mentions: concept.concept, narrower: "1" })}` },
    t("concept.search"),
  );
  return section(
    "concept.documents",
    el("p", { className: "quiet" }, counts),
    place,
    concept.documents > DOCUMENTS ? el("p", {}, all) : null,
  );
}
