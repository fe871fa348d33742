// The subgraph that carried the decision: drawn, and as a list of the same nodes.

import { el, icon } from "./dom.js";
import { elements, extent, style } from "./drawing.js";
import { number, t, term } from "./i18n.js";

const [LOWEST, HIGHEST] = [220, 520]; // px
const ROLES = ["mentioned", "retrieved", "ancestor", "neighbour"];

/**
 * The drawing and the list of a subgraph. `onPick(concept)` is called with a concept that is
 * pointed at, and with null after it.
 */
export class Subgraph {
  constructor(subgraph, { onPick }) {
    this.subgraph = subgraph;
    this.onPick = onPick;
    this.cy = null;
    this.drawing = el("div", { className: "drawing", "aria-hidden": "true" });
    this.element = el(
      "section",
      { className: "panel subgraph", "aria-labelledby": "subgraph-title" },
      el("h2", { id: "subgraph-title" }, t("graph.title")),
      el("p", { className: "quiet" }, subgraph.nodes.length ? t("graph.lead") : t("graph.empty")),
      subgraph.nodes.length
        ? [
            el("div", { className: "drawing-frame" }, this.drawing, this.#controls()),
            legend(subgraph.nodes),
          ]
        : null,
      subgraph.left_out
        ? el("p", { className: "quiet" }, t("graph.left-out", { count: subgraph.left_out }))
        : null,
      subgraph.nodes.length ? this.#list() : null,
    );
    this.onTheme = () => this.cy?.style(style());
    addEventListener("ontograft-theme", this.onTheme);
  }

  /** Draw; the element must be in the page, for the drawing takes its size from there. */
  async draw() {
    if (!this.subgraph.nodes.length || this.cy) return;
    const drawn = elements(this.subgraph);
    this.drawing.style.height = `${Math.max(LOWEST, Math.min(HIGHEST, extent(drawn) + 72))}px`;
    const { default: cytoscape } = await import("./cytoscape.esm.min.js");
    if (!this.drawing.isConnected) return;
    this.cy = cytoscape({
      container: this.drawing,
      elements: drawn,
      style: style(),
      layout: { name: "preset", fit: true, padding: 16 },
      minZoom: 0.1,
      maxZoom: 2.5,
      userZoomingEnabled: false, // the wheel scrolls the page; with Ctrl it zooms, see below
      boxSelectionEnabled: false,
      autoungrabify: true,
    });
    this.#start();
    this.cy.on("mouseover tap", "node", (event) => this.#point(event.target.id()));
    this.cy.on("mouseout", "node", () => this.#point(null));
    this.drawing.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.watch = new ResizeObserver(() => this.cy.resize());
    this.watch.observe(this.drawing);
  }

  // A large subgraph fitted whole would be too small to read: it starts at the mentioned concepts
  // then.
  #start() {
    this.cy.fit(undefined, 16);
    if (this.cy.zoom() > 1) this.cy.zoom(1);
    else if (this.cy.zoom() < 0.45) {
      this.cy.zoom(0.75);
      this.cy.center(this.cy.nodes("[role = 'mentioned']"));
      return;
    }
    this.cy.center();
  }

  /** Light the nodes of some concepts, and no others. */
  light(concepts) {
    if (!this.cy) return;
    this.cy.batch(() => {
      this.cy.elements().removeClass("lit dim named");
      if (!concepts.length) return;
      const chosen = this.cy.nodes().filter((node) => concepts.includes(node.id()));
      if (!chosen.length) return;
      const joined = chosen.connectedEdges();
      const carried = upwards(chosen).union(joined).union(joined.connectedNodes());
      joined.addClass("named");
      this.cy.elements().not(carried).addClass("dim");
      chosen.addClass("lit");
    });
  }

  /** Stop drawing and free what it holds. */
  remove() {
    removeEventListener("ontograft-theme", this.onTheme);
    this.watch?.disconnect();
    this.cy?.destroy();
  }

  #point(concept) {
    this.light(concept === null ? [] : [concept]);
    this.onPick(concept);
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }

  #zoom(factor) {
    this.cy?.zoom({
      level: this.cy.zoom() * factor,
      renderedPosition: { x: this.drawing.clientWidth / 2, y: this.drawing.clientHeight / 2 },
    });
  }

  #controls() {
    const control = (name, label, run) =>
      el(
        "button",
        {
          type: "button",
          className: "icon-button",
          "aria-label": t(label),
          title: t(label),
          on: { click: run },
        },
        icon(name),
      );
    return el(
      "div",
      { className: "drawing-controls" },
      control("plus", "graph.in", () => this.#zoom(1.3)),
      control("minus", "graph.out", () => this.#zoom(1 / 1.3)),
      control("fit", "graph.fit", () => this.cy?.fit(undefined, 16)),
    );
  }

  #list() {
    const names = new Map(
      this.subgraph.nodes.map((node) => [node.concept, node.label || node.concept]),
    );
    const joins = new Map();
    for (const { source, target, relation } of this.subgraph.edges) {
      if (!joins.has(source)) joins.set(source, []);
      joins.get(source).push(
        t("graph.edge", {
          relation: term("relation", relation),
          target: names.get(target) ?? target,
        }),
      );
    }
    const items = this.subgraph.nodes.map((node) =>
      el(
        "li",
        { dir: "auto" },
        el(
          "a",
          { href: `#/browse?concept=${encodeURIComponent(node.concept)}`, dir: "auto" },
          node.label || node.concept,
        ),
        el(
          "span",
          { className: "quiet" },
          ` ${t("graph.node", { role: term("role", node.role), weight: number(node.weight, 3) })}`,
        ),
        joins.has(node.concept)
          ? el("span", { className: "quiet" }, `; ${joins.get(node.concept).join(", ")}`)
          : null,
      ),
    );
    return el(
      "details",
      { className: "as-list" },
      el("summary", {}, t("graph.as-list", { count: items.length })),
      el("ul", {}, items),
    );
  }
}

// The nodes, all that is broader, and the edges that lead there.
function upwards(nodes) {
  const edges = nodes.outgoers("edge.broader");
  const above = edges.targets().difference(nodes);
  return above.length ? nodes.union(edges).union(upwards(above)) : nodes.union(edges);
}

function legend(nodes) {
  const there = ROLES.filter((role) => nodes.some((node) => node.role === role));
  return el(
    "ul",
    { className: "legend" },
    there.map((role) =>
      el(
        "li",
        {},
        el("span", { className: `swatch role-${role}`, "aria-hidden": "true" }),
        term("role", role),
      ),
    ),
  );
}
