// A text with its mentions marked: overlapping, nested and discontinuous ones too.

import { el } from "./dom.js";
import { t, term } from "./i18n.js";
import { Offsets } from "./offsets.js";

/** What the server calls a mention without a concept. */
export const NIL = "NIL";

/**
 * Cut a text where mentions begin and end.
 *
 * Returns a list of {from, to, covering}: `from` and `to` in UTF-16 units, `covering` the numbers
 * of the mentions there, the shortest first. The pieces of a discontinuous mention are covered, the
 * words between are not.
 */
export function cut(text, mentions) {
  const offsets = new Offsets(text);
  const events = [];
  mentions.forEach((mention, number) => {
    const pieces = mention.fragments?.length ? mention.fragments : [[mention.start, mention.end]];
    for (const [start, end] of pieces) {
      if (end <= start) continue;
      events.push(
        { at: offsets.toUnits(start), number, opens: true },
        { at: offsets.toUnits(end), number, opens: false },
      );
    }
  });
  events.sort((a, b) => a.at - b.at);
  const segments = [];
  const active = new Set();
  let from = 0;
  const close = (to) => {
    if (to <= from) return;
    const covering = [...active].sort((a, b) => span(mentions[a]) - span(mentions[b]) || a - b);
    segments.push({ from, to, covering });
    from = to;
  };
  for (const { at, number, opens } of events) {
    close(Math.min(at, text.length));
    if (opens) active.add(number);
    else active.delete(number);
  }
  close(text.length);
  return segments;
}

function span(mention) {
  return mention.end - mention.start;
}

/** The words of a mention; those of an interrupted one with "…" between its pieces. */
export function wordsOf(mention) {
  const points = [...mention.text];
  const pieces = (mention.fragments ?? []).map(([start, end]) =>
    points.slice(start - mention.start, end - mention.start).join(""),
  );
  return pieces.join(" … ") || mention.text;
}

/** The words that tell how a mention is meant, where it is not simply affirmed: "not", "family". */
export function signs(mention) {
  const negated = mention.polarity === "negated" ? [t("sign.negated")] : [];
  return [...negated, ...(mention.senses ?? []).map((sense) => term("sign", sense))];
}

/**
 * The text of a document with its mentions.
 *
 * One tab stop for the whole text; arrow keys go from mention to mention. Calls `onShow(numbers,
 * mark, how)` when marks are pointed at or focused, `onLeave()` when no longer, `onEnter()` when
 * Enter is pressed on one.
 */
export class MarkedText {
  constructor(text, mentions, { onShow, onLeave, onEnter }) {
    this.text = text;
    this.mentions = mentions;
    this.calls = { onShow, onLeave, onEnter };
    this.marksOf = mentions.map(() => []);
    this.stops = [];
    this.element = el("div", {
      className: "marked",
      role: "group",
      "aria-label": t("text.label", { count: mentions.length }),
      dir: "auto",
    });
    this.element.append(...this.#build());
    if (this.stops.length) this.stops[0].tabIndex = 0;
    this.#listen();
  }

  #build() {
    const begun = new Set();
    return cut(this.text, this.mentions).map(({ from, to, covering }) => {
      const words = this.text.slice(from, to);
      if (!covering.length) return document.createTextNode(words);
      const starting = covering.filter((number) => !begun.has(number));
      starting.forEach((number) => begun.add(number));
      const mark = el(
        "mark",
        { className: this.#classes(covering, starting), data: { numbers: covering.join(" ") } },
        words,
      );
      covering.forEach((number) => this.marksOf[number].push(mark));
      if (starting.length) this.#makeStop(mark, starting, covering);
      return mark;
    });
  }

  #classes(covering, starting) {
    const shown = this.mentions[covering[0]];
    const all = covering.map((number) => this.mentions[number]);
    const classes = ["mention", `depth-${Math.min(3, covering.length)}`];
    if (starting.length) classes.push("begins");
    if (all.every((mention) => mention.concept === NIL)) classes.push("nil");
    if (shown.polarity === "negated") classes.push("negated");
    if (shown.fragments?.length) classes.push("in-pieces");
    if (all.some((mention) => mention.corrected)) classes.push("corrected");
    return classes.join(" ");
  }

  #makeStop(mark, starting, covering) {
    // What a mention around says already is not said again.
    const around = covering
      .filter((number) => !starting.includes(number))
      .flatMap((number) => signs(this.mentions[number]));
    const own = starting.flatMap((number) => signs(this.mentions[number]));
    const said = [...new Set(own.filter((sign) => !around.includes(sign)))];
    if (said.length) mark.dataset.sign = said.join(", ");
    mark.setAttribute("role", "button");
    mark.tabIndex = -1;
    const names = starting.map((number) => {
      const mention = this.mentions[number];
      const concept = mention.concept === NIL ? t("mention.nil") : mention.label;
      return [mention.text, ...signs(mention), concept].join(", ");
    });
    mark.setAttribute("aria-label", names.join("; "));
    this.stops.push(mark);
  }

  #listen() {
    const numbers = (mark) => mark.dataset.numbers.split(" ").map(Number);
    const markAt = (event) => event.target.closest?.(".mention");
    const show = (event, how) => {
      const mark = markAt(event);
      if (mark) this.calls.onShow(numbers(mark), mark, how);
    };
    this.element.addEventListener(
      "pointerover",
      (event) => event.pointerType !== "touch" && show(event, "pointer"),
    );
    this.element.addEventListener("pointerout", (event) => markAt(event) && this.calls.onLeave());
    this.element.addEventListener("focusin", (event) => show(event, "focus"));
    this.element.addEventListener("focusout", () => this.calls.onLeave());
    this.element.addEventListener("click", (event) => show(event, "click"));
    this.element.addEventListener("keydown", (event) => this.#move(event));
  }

  #move(event) {
    const at = this.stops.indexOf(document.activeElement);
    if (at < 0) return;
    const steps = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: this.stops.length - 1,
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.calls.onEnter();
    } else if (event.key in steps) {
      event.preventDefault();
      const next = this.stops[Math.max(0, Math.min(this.stops.length - 1, steps[event.key]))];
      this.stops[at].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }

  /** Light the marks of some mentions, and no others. */
  light(numbers) {
    for (const mark of this.element.querySelectorAll(".lit")) mark.classList.remove("lit");
    for (const number of numbers)
      for (const mark of this.marksOf[number] ?? []) mark.classList.add("lit");
  }

  /**
   * Return what is selected in the text as {start, end, text}, offsets in code points; null if
   * nothing is.
   */
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!this.element.contains(range.commonAncestorContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(this.element);
    before.setEnd(range.startContainer, range.startOffset);
    return trimmed(this.text, before.toString().length, range.toString().length);
  }
}

/**
 * Return a stretch of a text without the white space at its ends, in code points; null if nothing
 * is left.
 */
export function trimmed(text, from, length) {
  const words = text.slice(from, from + length);
  const start = from + words.length - words.trimStart().length;
  const kept = words.trim();
  if (!kept) return null;
  const offsets = new Offsets(text);
  return {
    start: offsets.toCodePoints(start),
    end: offsets.toCodePoints(start + kept.length),
    text: kept,
  };
}
