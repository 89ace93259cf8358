import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CONFIRMATION_LEVELS } from "../../src/domain/confirmation.ts";
import { unknownRun } from "../../src/domain/run.ts";
import {
  applyRefusal,
  decideRefusal,
  type PlanState,
  type StoredPlan,
  unknownPlan,
} from "../../src/domain/decision-rules.ts";
import { aDecision, aPlan, at } from "../store/fixtures.ts";

const plan = aPlan({ requires: "approval" });
const yes = aDecision(plan, { level: "approval" });
const mine = { principalId: plan.principal.id, at: at(120) };
const late = at(900);

function stored(state: PlanState, over: Partial<StoredPlan> = {}): StoredPlan {
  const decision = state === "waiting" || state === "void" ? null : yes;
  return { plan, state, decision, runId: null, ...over };
}

/** What the rule says of each state, asked at the right time and after the plan has expired. */
const STATES: readonly (readonly [PlanState, string | null, string | null, string | null, string | null])[] =
  [
    // state, apply, apply late, decide, decide late
    ["waiting", "CONFIRMATION_PENDING", "CONFIRMATION_EXPIRED", null, "CONFIRMATION_EXPIRED"],
    ["accepted", null, "CONFIRMATION_EXPIRED", "CONFLICT", "CONFLICT"],
    ["declined", ...Array<string>(4).fill("CONFIRMATION_DECLINED")] as never,
    ["used", ...Array<string>(4).fill("CONFLICT")] as never,
    ["void", ...Array<string>(4).fill("PLAN_STALE")] as never,
  ];

describe.each(STATES)("a plan that is %s", (state, apply, applyLate, decide, decideLate) => {
  test("is applied or not, by state and time", () => {
    expect(applyRefusal(stored(state), mine)?.code ?? null).toBe(apply);
    expect(applyRefusal(stored(state), { ...mine, at: late })?.code ?? null).toBe(applyLate);
    expect(applyRefusal(stored(state), { ...mine, at: "soon" })?.code ?? null).toBe(applyLate);
  });

  test("takes a yes and a no or not, by state and time", () => {
    for (const accepted of [true, false]) {
      const withdrawn = state === "accepted" && !accepted;
      expect(decideRefusal(stored(state), { ...yes, accepted })?.code ?? null).toBe(
        withdrawn ? null : decide,
      );
      expect(decideRefusal(stored(state), { ...yes, accepted, at: late })?.code ?? null).toBe(
        withdrawn ? "CONFIRMATION_EXPIRED" : decideLate,
      );
    }
  });

  test("has expired if the clock was set back to before it was made, and not if two clocks differ", () => {
    const before = (ms: number) => new Date(Date.parse(plan.createdAt) - ms).toISOString();
    for (const ms of [86_400_000, 3_600_000, 301_000]) {
      expect(applyRefusal(stored(state), { ...mine, at: before(ms) })?.code ?? null).toBe(applyLate);
      expect(decideRefusal(stored(state), { ...yes, at: before(ms) })?.code ?? null).toBe(decideLate);
    }
    expect(applyRefusal(stored(state), { ...mine, at: before(60_000) })?.code ?? null).toBe(apply);
  });

  test("is unknown to another principal", () => {
    expect(applyRefusal(stored(state), { ...mine, principalId: "m1" })).toEqual(unknownPlan());
  });
});

test("a plan that needs no decision is applied without one, and not after a no", () => {
  const free = { ...plan, requires: "none" as const };
  expect(applyRefusal(stored("waiting", { plan: free }), mine)).toBeNull();
  expect(applyRefusal(stored("declined", { plan: free }), mine)?.code).toBe("CONFIRMATION_DECLINED");
});

test("a yes counts from the level that the plan requires on, at the decision and at the run", () => {
  // A second person is known by the sign-in: see approvers.test.ts.
  const signedIn = { email: "eva@example.com", subject: "https://id.example#eva" };
  for (const requires of CONFIRMATION_LEVELS) {
    for (const level of CONFIRMATION_LEVELS) {
      const principal = { ...plan.principal, account: "m0" };
      const needy = { ...plan, requires, principal, approvers: [signedIn.email] };
      const enough = CONFIRMATION_LEVELS.indexOf(level) >= CONFIRMATION_LEVELS.indexOf(requires);
      const code = enough ? null : "CONFIRMATION_PENDING";
      const decision = { ...yes, level, ...signedIn };
      expect(decideRefusal(stored("waiting", { plan: needy }), decision)?.code ?? null).toBe(code);
      expect(applyRefusal(stored("accepted", { plan: needy, decision }), mine)?.code ?? null).toBe(code);
    }
  }
});

test.each([undefined, "", "jane doe", "Jane", "Jane Doe!"])("the name is not typed by %j", (typed) => {
  const named = { ...plan, typedName: "Jane Doe" };
  const decision = { ...yes, ...(typed !== undefined && { typed }) };
  expect(decideRefusal(stored("waiting", { plan: named }), decision)?.code).toBe("INPUT_INVALID");
  expect(decideRefusal(stored("waiting", { plan: named }), { ...decision, accepted: false })).toBeNull();
});

test("each refusal says what to do next", () => {
  for (const [state] of STATES) {
    for (const error of [applyRefusal(stored(state), { ...mine, at: late }), decideRefusal(null, yes)]) {
      expect(error?.next).toMatch(/^[A-Z].*[.]$/);
    }
  }
});

test("src says in one place each that there is no such plan, and no such run", () => {
  const src = fileURLToPath(new URL("../../src", import.meta.url));
  const sources = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path, text: readFileSync(join(src, path), "utf8") }));
  for (const [what, thrown] of [
    ["plan", unknownPlan()],
    ["run", unknownRun()],
  ] as const) {
    const said = sources.flatMap(({ path, text }) =>
      [
        ...text.matchAll(new RegExp(`"[^"\n]*\\bno (such ${what}|${what} (with|of|by))\\b[^"\n]*"`, "gi")),
      ].map(([words]) => ({
        path: path.replaceAll("\\", "/"),
        words,
      })),
    );
    expect(said).toEqual([
      {
        path: what === "plan" ? "domain/decision-rules.ts" : "domain/run.ts",
        words: JSON.stringify(thrown.message),
      },
    ]);
  }
});

test("no message shows a backslash before a command in backticks", () => {
  const src = fileURLToPath(new URL("../../src", import.meta.url));
  const shown = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => /"[^"\n]*\\`[^"\n]*"/.test(readFileSync(join(src, path), "utf8")));
  expect(shown).toEqual([]);
  expect(unknownPlan().next).toContain(" `approvals list` ");
});
