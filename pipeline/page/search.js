// The view in which documents are found: the form, the list, the facets.

import { about } from "./about.js";
import { ask } from "./api.js";
import { documentItem } from "./documents.js";
import { el, fill } from "./dom.js";
import { downloads } from "./downloads.js";
import { facets } from "./facets.js";
import { documentsAddress, filtersOf, queryOf } from "./filters.js";
import { announce, number, t } from "./i18n.js";
import { empty, fillFrom } from "./problem.js";
import { go } from "./router.js";
import { savedQueries } from "./saved.js";
import { SearchForm } from "./search_form.js";

const SIZE = 20;

/** Show the view; the query of the address says what is searched for. */
export function mountSearch(place, query) {
  const title = el("h1", {}, t("search.title"));
  if (about().results === null) {
    fill(
      place,
      title,
      empty(
        t("search.none"),
        t("search.none-lead"),
        el(
          "pre",
          {},
          "ontograft predict MODEL CORPUS --out RESULTS\nontograft serve MODEL --results RESULTS",
        ),
      ),
    );
    return { leave: () => {} };
  }
  const view = new SearchView(place, title);
  view.show(query);
  return { leave: () => {}, update: (changed) => view.show(changed) };
}

class SearchView {
  constructor(place, title) {
    this.form = new SearchForm({ onSearch: (filters) => this.#search(filters) });
    this.savedPlace = el("div", {});
    this.list = el("section", { className: "found", "aria-labelledby": "found-title" });
    this.facetPlace = el("aside", { className: "facets", "aria-label": t("facets.label") });
    fill(
      place,
      el("div", { className: "title-row" }, title, this.savedPlace),
      this.form.element,
      el("div", { className: "search-columns" }, this.list, this.facetPlace),
    );
  }

  #search(filters) {
    go("search", queryOf(filters));
  }

  show(query) {
    const filters = filtersOf(query);
    this.form.set(filters);
    fill(this.savedPlace, savedQueries(filters));
    fill(this.facetPlace);
    fillFrom(
      this.list,
      (signal) => ask(documentsAddress(filters, SIZE), { signal }),
      (found) => this.#found(found, filters),
      {
        said: t("search.working"),
        explain: (error) => this.#suggestions(error, filters),
      },
    );
  }

  // The address may name a concept in words: the server says which ones may be meant.
  #suggestions(error, filters) {
    const { suggestions } = error.extra ?? {};
    const wrong = [...filters.mentions, ...filters.without].find((name) =>
      error.detail?.includes(name),
    );
    if (!suggestions?.length || !wrong) return null;
    const swap = (names, concept) => names.map((name) => (name === wrong ? concept : name));
    const item = ({ concept, label }) => {
      const query = queryOf({
        ...filters,
        mentions: swap(filters.mentions, concept),
        without: swap(filters.without, concept),
      });
      return el("li", { dir: "auto" }, el("a", { href: `#/search?${query}` }, label || concept));
    };
    return [el("p", {}, t("search.suggested")), el("ul", {}, suggestions.map(item))];
  }

  #found({ documents, total }, filters) {
    announce(t("search.total", { count: total }));
    facets(this.facetPlace, { filters, total }, (changed) => this.#search(changed));
    const heading = el(
      "h2",
      { id: "found-title", tabIndex: -1 },
      t("search.total", { count: total }),
    );
    if (!total) return [heading, empty(t("search.nothing"), t("search.nothing-lead"))];
    const from = queryOf(filters).toString();
    return [
      el("div", { className: "title-row" }, heading, downloads(filters)),
      documents.length ? null : el("p", { className: "quiet" }, t("search.beyond")),
      el(
        "ol",
        { className: "results panel", start: String((filters.page - 1) * SIZE + 1) },
        documents.map((document) => documentItem(document, from)),
      ),
      this.#pages(filters, total),
    ];
  }

  #pages(filters, total) {
    const last = Math.ceil(total / SIZE);
    if (last < 2) return null;
    const link = (page, key) => {
      const query = queryOf({ ...filters, page });
      return page < 1 || page > last
        ? el(
            "span",
            { className: "quiet-button off", "aria-disabled": "true", role: "link" },
            t(key),
          )
        : el("a", { className: "quiet-button", href: `#/search?${query}` }, t(key));
    };
    return el(
      "nav",
      { className: "pages", "aria-label": t("search.pages") },
      link(filters.page - 1, "search.previous"),
      el("span", {}, t("search.page", { page: number(filters.page), last: number(last) })),
      link(filters.page + 1, "search.next"),
    );
  }
}
