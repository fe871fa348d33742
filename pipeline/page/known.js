// What is known of one text, and what its reader corrected.

/**
 * Return what is known at first. `id` is the document's, or null; with `explain` it is explained at
 * once, without only when that is asked for.
 */
export function knownOf({ text, id, prediction, explain }) {
  return {
    text,
    id,
    prediction,
    wanted: explain,
    asking: false,
    explanation: null,
    problem: null,
    correctedLabel: null,
    replaced: new Map(), // by the number of the mention in the prediction
    added: [],
  };
}

/**
 * Return the mentions with the reader's corrections. Those of the prediction keep their numbers,
 * which the explanation uses.
 */
export function mentionsNow({ prediction, replaced, added }) {
  return [
    ...prediction.mentions.map((mention, number) => replaced.get(number) ?? mention),
    ...added,
  ];
}

/** Put a mention in the place of another, or at the end; returns what puts things back. */
export function replaceMention({ prediction, replaced, added }, number, mention) {
  const own = number - prediction.mentions.length;
  if (own >= 0) {
    const before = added[own];
    added[own] = mention;
    return () => {
      const at = added.indexOf(mention);
      if (before === undefined) added.splice(at, 1);
      else added[at] = before;
    };
  }
  const before = replaced.get(number);
  replaced.set(number, mention);
  return () => {
    if (before === undefined) replaced.delete(number);
    else replaced.set(number, before);
  };
}
