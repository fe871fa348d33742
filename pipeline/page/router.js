// Which view is shown, and its query, stand in the address after the #: it can be shared, and the
// back button works.

/** Return the view and query of the address: {view, rest, query}. */
export function here() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [view, ...rest] = path.split("/");
  return { view: view || "classify", rest, query: new URLSearchParams(search) };
}

/** Return the address of a view. */
export function addressOf(view, query = {}) {
  const search = new URLSearchParams(query).toString();
  return search ? `#/${view}?${search}` : `#/${view}`;
}

/** Go to a view. */
export function go(view, query = {}) {
  location.hash = addressOf(view, query);
}
