// The page's own words, in the language that the reader chose. What the server sends stays as it
// is.

export const LANGUAGES = ["en", "de"];
const TURNING = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/;
const KEPT = "ontograft.language";
const words = {};
let language = "en";

/** Return the language in use. */
export function currentLanguage() {
  return language;
}

/** Choose the language that was chosen last, else the browser's, else English. */
export async function startLanguage() {
  const wanted = [
    recalled(KEPT),
    ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()),
  ];
  await setLanguage(wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en", { keep: false });
}

/** Use a language from now on. */
export async function setLanguage(wanted, { keep = true } = {}) {
  if (!words[wanted]) {
    const answer = await fetch(`/page/${wanted}.json`, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${wanted}.json: ${answer.status}`);
    words[wanted] = await answer.json();
  }
  language = wanted;
  document.documentElement.lang = wanted;
  if (keep) remember(KEPT, wanted);
  translateMarkup();
}

/**
 * Return the text of a key, with its {names} replaced by values. With a `count`, the form of that
 * number (key.one, key.other).
 */
export function t(key, values = {}) {
  const entry = pick(key, values);
  return entry.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

function pick(key, values) {
  const own = words[language];
  const counted =
    "count" in values
      ? own[`${key}.${new Intl.PluralRules(language).select(values.count)}`]
      : undefined;
  const entry = counted ?? own[key] ?? ("count" in values ? own[`${key}.other`] : undefined);
  if (entry === undefined) throw new Error(`no text for ${key} in ${language}`);
  return entry;
}

function shown(value) {
  if (typeof value === "number") return number(value);
  const text = String(value);
  // A name in Hebrew or Arabic, or one that turns the direction, shall not turn the words around.
  return TURNING.test(text) ? `\u2068${text}\u2069` : text;
}

/** Return a number as it is written in the language. */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** Return a share from 0 to 1 as a percentage with one decimal. */
export function percent(share) {
  return new Intl.NumberFormat(language, {
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(share);
}

/** Return a change of a share in percentage points, with its sign. */
export function points(change) {
  const format = new Intl.NumberFormat(language, {
    signDisplay: "exceptZero",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return format.format(change * 100).replace("-", "\u2212");
}

/**
 * Return a text from one of the page's closed sets (a polarity, a way of linking), or the server's
 * own word for an unknown one.
 */
export function term(set, value) {
  return words[language][`${set}.${value}`] ?? String(value);
}

function translateMarkup() {
  for (const element of document.querySelectorAll("[data-t]"))
    element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]"))
    element.setAttribute("aria-label", t(element.dataset.tLabel));
}

/** Keep a value in the browser; a browser that keeps nothing is no error. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; the choice then lasts until the page is closed.
  }
}

/** Return a kept value, or null. */
export function recalled(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Announce a text to screen readers. */
export function announce(text) {
  // Emptied first: the same text twice would not be read again.
  const status = document.getElementById("status");
  status.textContent = "";
  setTimeout(() => {
    status.textContent = text;
  }, 50);
}
