// The card of a concept: shown beside a mention that is pointed at or focused.

import { conceptOf } from "./api.js";
import { el, fill, freshId } from "./dom.js";
import { NIL, signs, wordsOf } from "./highlight.js";
import { number, t, term } from "./i18n.js";

const OPEN_MS = 130;
const CLOSE_MS = 220;

/**
 * The one card of a text.
 *
 * It stays while the pointer or the focus is on the mention or in the card. `onCorrect(number)`
 * corrects the link of a mention; null where corrections are not kept.
 */
export class Card {
  constructor({ mentions, onCorrect, onHide }) {
    this.mentions = mentions;
    this.onCorrect = onCorrect;
    this.onHide = onHide;
    this.mark = null;
    this.timer = 0;
    this.element = el("div", {
      className: "card",
      role: "dialog",
      "aria-label": t("card.label"),
      hidden: true,
    });
    this.element.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.element.addEventListener("pointerleave", () => this.leave());
    this.element.addEventListener("focusin", () => clearTimeout(this.timer));
    this.element.addEventListener("focusout", () => this.leave());
    this.onKey = (event) => {
      if (event.key === "Escape" && !this.element.hidden)
        this.hide({ refocus: this.element.contains(document.activeElement) });
    };
    document.addEventListener("keydown", this.onKey);
    this.onScroll = () => this.mark && this.#place();
    addEventListener("scroll", this.onScroll, { passive: true });
    addEventListener("resize", this.onScroll);
  }

  /** Show the mentions of a mark; a pointer must rest on it for a moment. */
  show(numbers, mark, how) {
    clearTimeout(this.timer);
    const open = () => {
      this.mark = mark;
      fill(
        this.element,
        numbers.map((each) => this.#entry(each)),
      );
      this.element.hidden = false;
      this.#place();
    };
    if (how === "pointer" && this.element.hidden) this.timer = setTimeout(open, OPEN_MS);
    else open();
  }

  /** Hide the card soon, unless the pointer or the focus comes into it. */
  leave() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const focused = document.activeElement;
      const held =
        this.element.matches(":hover") || this.element.contains(focused) || focused === this.mark;
      if (!held) this.hide({ refocus: false });
    }, CLOSE_MS);
  }

  /** Move the focus into the card. */
  enter() {
    this.element.querySelector("a, button")?.focus();
  }

  hide({ refocus }) {
    clearTimeout(this.timer);
    const mark = this.mark;
    this.element.hidden = true;
    this.mark = null;
    if (refocus) mark?.focus();
    if (refocus) {
      // Focusing the mark opens the card again; the reader just closed it.
      this.element.hidden = true;
    }
    this.onHide();
  }

  /** Take the card and its listeners away. */
  remove() {
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.onKey);
    removeEventListener("scroll", this.onScroll);
    removeEventListener("resize", this.onScroll);
    this.element.remove();
  }

  #place() {
    const box = this.mark.getClientRects()[0] ?? this.mark.getBoundingClientRect();
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.max(12, Math.min(box.left, innerWidth - width - 12));
    const below = box.bottom + 8;
    const top =
      below + height > innerHeight - 8 && box.top - height - 8 > 0 ? box.top - height - 8 : below;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${top}px`;
  }

  #entry(each) {
    const mention = this.mentions[each];
    const linked = mention.concept !== NIL;
    const title = linked ? mention.label || mention.concept : t("mention.nil");
    const heading = freshId("card");
    return el(
      "section",
      { className: "card-entry", "aria-labelledby": heading },
      el("h3", { id: heading, dir: "auto" }, title),
      el("p", { className: "card-words" }, t("card.words", { words: wordsOf(mention) })),
      tags(mention),
      linked ? this.#names(mention) : null,
      mention.definition
        ? el("p", { className: "definition", dir: "auto" }, mention.definition)
        : null,
      mention.corrected
        ? el("p", { className: "quiet" }, t("card.corrected"))
        : linked
          ? el(
              "p",
              { className: "quiet" },
              t("card.score", { score: number(mention.score, 2), way: term("way", mention.way) }),
            )
          : null,
      candidates(mention),
      el(
        "p",
        { className: "card-actions" },
        linked
          ? el(
              "a",
              { href: `#/browse?concept=${encodeURIComponent(mention.concept)}` },
              t("card.browse"),
            )
          : null,
        this.onCorrect
          ? el(
              "button",
              {
                type: "button",
                className: "link-button",
                on: { click: () => this.onCorrect(each) },
              },
              t("card.correct"),
            )
          : null,
      ),
    );
  }

  #names(mention) {
    const line = el("p", { className: "names", hidden: true, dir: "auto" });
    conceptOf(mention.concept)
      .then((concept) => {
        const others = concept.labels
          .filter((name) => name.toLowerCase() !== mention.label.toLowerCase())
          .slice(0, 6);
        if (!others.length) return;
        line.textContent = t("card.names", { names: others.join(" · ") });
        line.hidden = false;
        if (this.mark) this.#place();
      })
      // The card says enough without the other names, and the reader asked for nothing.
      .catch(() => {});
    return line;
  }
}

function tags(mention) {
  const said = [...signs(mention).map((sign) => el("span", { className: "tag strong" }, sign))];
  if (mention.section)
    said.push(el("span", { className: "tag" }, t("card.section", { section: mention.section })));
  if (mention.fragments?.length) said.push(el("span", { className: "tag" }, t("card.pieces")));
  return said.length ? el("p", { className: "tags" }, said) : null;
}

function candidates(mention) {
  const others = (mention.candidates ?? [])
    .filter((candidate) => candidate.concept !== mention.concept)
    .slice(0, 3);
  if (!others.length) return null;
  const items = others.map((candidate) =>
    el(
      "li",
      {},
      `${candidate.label} `,
      el("span", { className: "quiet" }, number(candidate.score, 2)),
    ),
  );
  return el(
    "div",
    { className: "card-candidates" },
    el("p", { className: "quiet" }, t("card.candidates")),
    el("ul", {}, items),
  );
}
