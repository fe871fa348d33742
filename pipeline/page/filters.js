// What is searched for: as it stands in the address, and as the server wants it.

const LIST_KEYS = ["label", "mentions", "without", "where"];

/** Return the filters in the query of an address. */
export function filtersOf(query) {
  const lists = Object.fromEntries(
    LIST_KEYS.map((key) => [key, query.getAll(key).filter(Boolean)]),
  );
  const score = Number(query.get("min_score"));
  return {
    ...lists,
    words: query.get("words") ?? "",
    narrower: query.get("narrower") !== "0",
    affirmed: query.get("affirmed") === "1",
    minScore: score > 0 && score <= 1 ? score : null,
    page: Math.max(1, Math.trunc(Number(query.get("page"))) || 1),
  };
}

/** Return the query of an address; what is left at its default is left out. */
export function queryOf(filters) {
  const query = new URLSearchParams();
  for (const key of LIST_KEYS) for (const value of filters[key]) query.append(key, value);
  if (filters.words.trim()) query.set("words", filters.words.trim());
  if (!filters.narrower) query.set("narrower", "0");
  if (filters.affirmed) query.set("affirmed", "1");
  if (filters.minScore !== null) query.set("min_score", String(filters.minScore));
  if (filters.page > 1) query.set("page", String(filters.page));
  return query;
}

/** Return the words and "phrases in quotes" of a field. */
export function phrases(words) {
  return Array.from(words.matchAll(/"([^"]+)"|(\S+)/g), ([, phrase, word]) =>
    (phrase ?? word).replaceAll('"', "").trim(),
  ).filter(Boolean);
}

/** Return the body of `POST /query`. */
export function bodyOf(filters) {
  return {
    labels: filters.label,
    mentions: filters.mentions,
    without: filters.without,
    include_narrower: filters.narrower,
    words: phrases(filters.words),
    where: filters.where.map((pair) => [
      pair.slice(0, pair.indexOf("=")),
      pair.slice(pair.indexOf("=") + 1),
    ]),
    ...(filters.affirmed ? { polarity: "affirmed" } : {}),
    ...(filters.minScore === null ? {} : { min_score: filters.minScore }),
  };
}

/** Return the address of `GET /documents`. */
export function documentsAddress(filters, size) {
  const query = new URLSearchParams();
  for (const key of LIST_KEYS) for (const value of filters[key]) query.append(key, value);
  for (const phrase of phrases(filters.words)) query.append("words", phrase);
  query.set("include_narrower", String(filters.narrower));
  if (filters.affirmed) query.set("polarity", "affirmed");
  if (filters.minScore !== null) query.set("min_score", String(filters.minScore));
  query.set("limit", String(size));
  query.set("offset", String((filters.page - 1) * size));
  return `/documents?${query}`;
}

/** Whether anything is asked for at all. */
export function isEmpty(filters) {
  return (
    !LIST_KEYS.some((key) => filters[key].length) &&
    !filters.words.trim() &&
    !filters.affirmed &&
    filters.minScore === null
  );
}
