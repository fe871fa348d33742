// Talks to the server. Each refusal becomes a Problem, with the server's own words on what to do.

import { currentLanguage, t } from "./i18n.js";

const RETURN_TO = "ontograft.return";

/**
 * What went wrong: the status (0: no answer at all), what the server said, and what else it sent.
 */
export class Problem extends Error {
  constructor(status, detail, extra = {}) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.extra = extra;
  }

  /** A plain sentence on what happened, in the reader's language. */
  get title() {
    const known = [0, 400, 404, 408, 413, 422, 429, 503];
    if (known.includes(this.status)) return t(`problem.${this.status}`);
    return t("problem.other", { status: String(this.status) });
  }
}

/**
 * Ask the server and return its JSON. With `keepalive` the request is sent even if the page closes
 * meanwhile; its body may then hold 64 KiB at most.
 */
export async function ask(path, { body, signal, keepalive = false } = {}) {
  const answer = await send(path, { body, signal, keepalive });
  try {
    return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, t("problem.cut"));
  }
}

/** Ask the server for a file; returns a Blob. */
export async function askFile(path, body) {
  return (await send(path, { body })).blob();
}

async function send(path, { body, signal, keepalive = false }) {
  const options = {
    signal,
    keepalive,
    credentials: "same-origin",
    headers: { "Accept-Language": currentLanguage() },
  };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, t("problem.lost"));
  }
  if (answer.ok) return answer;
  if (answer.status === 401) askForToken();
  throw await problemOf(answer);
}

async function problemOf(answer) {
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // A proxy between may answer in HTML: the status alone must do.
  }
  let detail = typeof said.detail === "string" ? said.detail : (said.title ?? "");
  const wait = answer.headers.get("Retry-After");
  if (wait && /^\d+$/.test(wait))
    detail = `${detail} ${t("problem.wait", { count: Number(wait) })}`.trim();
  return new Problem(answer.status, detail, said);
}

// The token is no longer good (the server was started again): its page asks for the new one.
function askForToken() {
  try {
    sessionStorage.setItem(RETURN_TO, location.hash);
  } catch {
    // Then the reader starts at the first view again.
  }
  dispatchEvent(new Event("ontograft-leaving"));
  location.replace("/");
}

/** Go back to where the token was asked for. */
export function returnFromToken() {
  try {
    const hash = sessionStorage.getItem(RETURN_TO);
    sessionStorage.removeItem(RETURN_TO);
    if (hash && !location.hash) history.replaceState(null, "", hash);
  } catch {
    // Nothing was kept.
  }
}

const concepts = new Map();

/** Return what is known of a concept; each is asked for once, the last 500 are kept. */
export function conceptOf(iri) {
  if (!concepts.has(iri)) {
    if (concepts.size >= 500) concepts.delete(concepts.keys().next().value);
    const asked = ask(`/concepts/${encodeURIComponent(iri)}`);
    asked.catch(() => concepts.delete(iri));
    concepts.set(iri, asked);
  }
  return concepts.get(iri);
}
