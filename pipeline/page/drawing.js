// What cytoscape.js draws of a subgraph: its elements with their places, and their looks.

import { el } from "./dom.js";
import { term } from "./i18n.js";
import { layered } from "./layout.js";

const FONT = "13px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const LONGEST = 34; // letters of a label

/** Return the nodes and edges of a subgraph as cytoscape.js wants them. */
export function elements({ nodes, edges }) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = FONT;
  const boxes = nodes.map((node) => {
    const label = shortened(node.label || node.concept);
    return {
      id: node.concept,
      label,
      role: node.role,
      width: Math.ceil(pen.measureText(label).width) + 22,
      height: 30,
    };
  });
  const known = new Set(boxes.map((box) => box.id));
  const joins = edges
    .filter((edge) => known.has(edge.source) && known.has(edge.target))
    .map((edge) => ({ ...edge, broader: edge.relation === "broader" }));
  const places = layered(boxes, joins);
  return [
    ...boxes.map((box) => ({ group: "nodes", data: box, position: places.get(box.id) })),
    ...joins.map(({ source, target, relation, broader }) => ({
      group: "edges",
      data: { source, target, label: broader ? "" : term("relation", relation) },
      classes: broader ? "broader" : "other",
    })),
  ];
}

/** Return how high a drawing is, in pixels. */
export function extent(drawn) {
  const heights = drawn.flatMap(({ position }) => (position ? [position.y] : []));
  return Math.max(...heights) - Math.min(...heights);
}

function shortened(label) {
  const letters = Array.from(label);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : label;
}

// The page's colours, as the browser resolves them for light or dark.
function colour(name) {
  const probe = el("span", { hidden: true });
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** Return the looks of nodes and edges, in the colours of the moment. */
export function style() {
  const [ink, quiet, line, surface, soft, accent, onAccent] = [
    "ink",
    "quiet",
    "line-strong",
    "surface",
    "accent-soft",
    "accent",
    "on-accent",
  ].map(colour);
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle",
        width: "data(width)",
        height: "data(height)",
        label: "data(label)",
        "text-valign": "center",
        "text-halign": "center",
        "font-family": "system-ui, -apple-system, Segoe UI, Roboto, sans-serif",
        "font-size": 13,
        color: ink,
        "background-color": surface,
        "border-width": 1,
        "border-color": line,
      },
    },
    {
      selector: "node[role = 'mentioned']",
      style: { "background-color": accent, "border-color": accent, color: onAccent },
    },
    {
      selector: "node[role = 'retrieved']",
      style: {
        "background-color": soft,
        "border-color": accent,
        "border-width": 1.5,
        "border-style": "dashed",
      },
    },
    { selector: "node[role = 'neighbour']", style: { "border-style": "dotted", color: quiet } },
    {
      selector: "node.lit",
      style: { "border-color": accent, "border-width": 3, "border-style": "solid" },
    },
    {
      selector: "edge",
      style: {
        width: 1.2,
        "line-color": line,
        "target-arrow-color": line,
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.8,
        "curve-style": "bezier",
        "font-size": 11,
        color: quiet,
        "text-background-color": surface,
        "text-background-opacity": 1,
        "text-background-padding": 2,
      },
    },
    { selector: "edge.other", style: { "line-style": "dashed" } },
    // The names of relations would cover each other: they show for the concept that is pointed at,
    // and stand in the list.
    { selector: "edge.named", style: { label: "data(label)", opacity: 1 } },
    { selector: ".dim", style: { opacity: 0.25 } },
  ];
}
