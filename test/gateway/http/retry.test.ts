import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Access, Outcome } from "../../../src/gateway/http/request.ts";
import { ATTEMPTS, nextAttempt, retryAfterMs } from "../../../src/gateway/http/retry.ts";

const NOW = Date.UTC(2026, 0, 1);
const reply = (status: number, text: string | null = "", headers: Record<string, string> = {}): Outcome => ({
  kind: "reply",
  status,
  headers,
  text,
});
const unsent: Outcome = { kind: "unsent", cause: null };
const lost: Outcome = { kind: "lost", cause: null };
const oversized = (status: number): Outcome => ({ kind: "oversized", status, limitBytes: 1 });

describe("what follows a first attempt", () => {
  it.each<[string, Outcome, string, string]>([
    ["200", reply(200), "done", "done"],
    ["204", reply(204), "done", "done"],
    ["200 with a cut body", reply(200, null), "retry", "done"],
    ["302", reply(302), "fail", "fail"],
    ["400", reply(400), "fail", "fail"],
    ["404 with a cut body", reply(404, null), "retry", "fail"],
    ["408", reply(408), "retry", "fail"],
    ["409", reply(409), "fail", "fail"],
    ["429", reply(429), "retry", "retry"],
    ["449", reply(449), "retry", "fail"],
    ["500", reply(500), "retry", "fail"],
    ["504", reply(504), "retry", "fail"],
    ["nothing sent", unsent, "retry", "retry"],
    ["no answer", lost, "retry", "fail"],
    ["a 200 too large", oversized(200), "fail", "done"],
    ["a 500 too large", oversized(500), "fail", "fail"],
  ])("%s", (_name, outcome, read, write) => {
    expect(nextAttempt(outcome, "read", 1, 0.5, NOW).kind).toBe(read);
    expect(nextAttempt(outcome, "write", 1, 0.5, NOW).kind).toBe(write);
  });
});

describe("the wait", () => {
  it("doubles its ceiling and is spread over all of it", () => {
    const waits = (random: number) =>
      [1, 2, 3, 4, 5].map((attempt) => {
        const decision = nextAttempt(reply(429), "read", attempt, random, NOW);
        return decision.kind === "retry" ? decision.afterMs : null;
      });
    expect(waits(0)).toEqual([0, 0, 0, 0, 0]);
    expect(waits(0.5)).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  it("is never less than Retry-After, in seconds or as a date", () => {
    const date = new Date(NOW + 9_000).toUTCString();
    expect(nextAttempt(reply(429, "", { "retry-after": "9" }), "write", 1, 0, NOW)).toEqual({
      kind: "retry",
      afterMs: 9_000,
      pauseMs: 9_000,
    });
    expect(nextAttempt(reply(503, "", { "retry-after": date }), "read", 1, 0, NOW)).toEqual({
      kind: "retry",
      afterMs: 9_000,
      pauseMs: 0,
    });
  });

  it("is handed to the caller above a minute, and the budget still rests", () => {
    expect(nextAttempt(reply(429, "", { "retry-after": "61" }), "read", 1, 0, NOW)).toEqual({
      kind: "fail",
      pauseMs: 61_000,
    });
  });

  it("is not read from a header that is neither", () => {
    expect(retryAfterMs("soon", NOW)).toBeNull();
    expect(retryAfterMs(null, NOW)).toBeNull();
    expect(retryAfterMs(new Date(NOW - 5_000).toUTCString(), NOW)).toBe(0);
  });
});

it("ends for any outcome, and never repeats a write that may have been applied", () => {
  const outcome = fc.oneof(
    fc
      .record({ status: fc.integer({ min: 200, max: 599 }), text: fc.option(fc.string()) })
      .map(({ status, text }) => reply(status, text)),
    fc.constantFrom(unsent, lost, oversized(200)),
  );
  fc.assert(
    fc.property(
      outcome,
      fc.constantFrom<Access>("read", "write"),
      fc.double({ min: 0, max: 0.999 }),
      (what, effect, random) => {
        const last = nextAttempt(what, effect, Math.max(ATTEMPTS.limited, ATTEMPTS.other), random, NOW);
        expect(last.kind).not.toBe("retry");
        const first = nextAttempt(what, effect, 1, random, NOW);
        const harmless = what.kind === "unsent" || (what.kind === "reply" && what.status === 429);
        expect(effect === "write" && first.kind === "retry" && !harmless).toBe(false);
      },
    ),
  );
});
