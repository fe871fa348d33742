// The server counts code points, JavaScript counts UTF-16 units: an emoji is one there and two
// here.

const PAIR = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/**
 * Translates offsets in one text.
 *
 * Keeps where the pairs of surrogates stand: none in most texts, and then both counts agree.
 */
export class Offsets {
  constructor(text) {
    this.pairs = Array.from(text.matchAll(PAIR), (match) => match.index);
    this.codePoints = text.length - this.pairs.length;
  }

  /** Return the UTF-16 offset of a code point offset. */
  toUnits(offset) {
    // The pair number n (from 0) stands at code point pairs[n] - n.
    return offset + count(this.pairs, (unit, n) => unit - n < offset);
  }

  /** Return the code point offset of a UTF-16 offset. */
  toCodePoints(unit) {
    return unit - count(this.pairs, (pair) => pair < unit);
  }
}

function count(sorted, isBefore) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle], middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
