// Places for the nodes of a subgraph, broader concepts left of narrower ones.

const COLUMN_GAP = 56;
const ROW_GAP = 14;
const SWEEPS = 6;

/**
 * Place nodes in columns: a node stands one column right of its furthest broader node (longest
 * path), and within a column near the nodes it is joined to (the barycentre heuristic of Sugiyama,
 * Tagawa and Toda, 1981). A cycle is broken where it is met.
 *
 * `nodes` are {id, width, height}; `edges` are {source, target, broader}: `broader` edges point
 * from the narrower to the broader node and make the columns. Returns a Map from id to {x, y}, the
 * centre of the node.
 */
export function layered(nodes, edges) {
  const column = columns(
    nodes,
    edges.filter((edge) => edge.broader),
  );
  const layers = [];
  for (const node of nodes) (layers[column.get(node.id)] ??= []).push(node);
  order(layers, neighbours(nodes, edges));
  return positions(layers);
}

function columns(nodes, edges) {
  const broader = new Map(nodes.map((node) => [node.id, []]));
  for (const { source, target } of edges)
    if (broader.has(source) && broader.has(target)) broader.get(source).push(target);
  const depth = new Map();
  const open = new Set();
  const depthOf = (id) => {
    if (depth.has(id)) return depth.get(id);
    open.add(id);
    const above = broader
      .get(id)
      .filter((parent) => !open.has(parent))
      .map(depthOf);
    open.delete(id);
    depth.set(id, above.length ? 1 + Math.max(...above) : 0);
    return depth.get(id);
  };
  nodes.forEach((node) => depthOf(node.id));
  // Columns without a gap: what was skipped by a broken cycle closes up.
  const used = [...new Set(depth.values())].sort((a, b) => a - b);
  return new Map([...depth].map(([id, value]) => [id, used.indexOf(value)]));
}

function neighbours(nodes, edges) {
  const joined = new Map(nodes.map((node) => [node.id, []]));
  for (const { source, target } of edges) {
    joined.get(source)?.push(target);
    joined.get(target)?.push(source);
  }
  return joined;
}

function order(layers, joined) {
  const rank = new Map();
  const write = (layer) =>
    layer.forEach((node, at) => rank.set(node.id, (at + 0.5) / layer.length));
  layers.forEach(write);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      const wish = new Map(
        layer.map((node) => [
          node.id,
          mean(joined.get(node.id).map((id) => rank.get(id))) ?? rank.get(node.id),
        ]),
      );
      layer.sort((a, b) => wish.get(a.id) - wish.get(b.id));
      write(layer);
    }
  }
}

function mean(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

function positions(layers) {
  const places = new Map();
  let left = 0;
  for (const layer of layers) {
    const width = Math.max(...layer.map((node) => node.width));
    const height = layer.reduce((sum, node) => sum + node.height + ROW_GAP, -ROW_GAP);
    let top = -height / 2;
    for (const node of layer) {
      places.set(node.id, { x: left + node.width / 2, y: top + node.height / 2 });
      top += node.height + ROW_GAP;
    }
    left += width + COLUMN_GAP;
  }
  return places;
}
