import { header } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

/** How far this machine's clock is from an upstream's. */
export interface Skew {
  saw(outcome: Outcome): void;
  /** Milliseconds that ours is ahead, by the last reply with a date; null before any. */
  ms(): number | null;
}

/** Reads the Date header (RFC 9110 section 6.6.1), which has whole seconds; `now` in milliseconds since 1970. */
export function createSkew(now: () => number): Skew {
  let ahead: number | null = null;
  return {
    saw(outcome) {
      const at = Date.parse(header(outcome, "date") ?? "");
      // Half a second is what a time cut to whole seconds lacks on average.
      if (!Number.isNaN(at)) ahead = now() - at - 500;
    },
    ms: () => ahead,
  };
}
