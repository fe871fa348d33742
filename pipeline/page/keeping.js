// Keeps what a reader corrects. It is sent a few seconds later, so that it can still be taken back.

import { ask } from "./api.js";
import { t } from "./i18n.js";
import { toast } from "./toast.js";

// In bytes. What is sent while a page closes may hold 64 KiB, all requests together: a longer
// correction is sent at once and cannot be taken back.
const MOST_LAST = 60_000;
const waiting = new Map(); // a correction: {size, end}

/**
 * Keep a correction. `onUndo()` is called when it is taken back, or refused by the server.
 */
export function keep(correction, { said, onUndo }) {
  const size = new TextEncoder().encode(JSON.stringify(correction)).length;
  if (size > MOST_LAST) {
    send(correction, onUndo, { keepalive: false });
    return;
  }
  const taken = [...waiting.values()].reduce((sum, each) => sum + each.size, 0);
  if (taken + size > MOST_LAST) flush();
  const end = toast(said, {
    onUndo: () => {
      waiting.delete(correction);
      onUndo();
      toast(t("keep.undone"));
    },
    onDone: () => {
      if (waiting.delete(correction)) send(correction, onUndo, { keepalive: true });
    },
  });
  waiting.set(correction, { size, end });
}

/** Send at once what still waits: its counts shall be seen, or the page closes. */
export function flush() {
  for (const { end } of [...waiting.values()]) end();
}

async function send(correction, onUndo, { keepalive }) {
  try {
    const { number } = await ask("/corrections", { body: correction, keepalive });
    toast(t("keep.kept", { number: String(number) }));
    dispatchEvent(new Event("ontograft-kept"));
  } catch (error) {
    onUndo();
    toast(`${t("keep.failed")} ${error.title ?? ""} ${error.detail ?? ""}`.trim());
  }
}

addEventListener("pagehide", flush);
