import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  atLeast,
  CONFIRMATION_LEVELS,
  type ConfirmationLevel,
  raised,
  stronger,
} from "../../src/domain/confirmation.ts";
import { requiredConfirmation, type Rules } from "../../src/policy/rules.ts";
import { OPEN_RULES } from "../support/wiring.ts";

const level = fc.constantFrom(...CONFIRMATION_LEVELS);

const rulesOf = (
  weakest: ConfirmationLevel,
  byDefault: ConfirmationLevel | null,
  named: ConfirmationLevel | null,
): Rules => ({
  ...OPEN_RULES,
  weakest,
  confirmation: { default: byDefault, tools: new Map(named ? [["tool", named]] : []) },
});

describe("the confirmation that a plan needs", () => {
  const table: readonly (readonly [
    weakest: ConfirmationLevel,
    byDefault: ConfirmationLevel | null,
    named: ConfirmationLevel | null,
    tool: ConfirmationLevel | undefined,
    grave: boolean,
    unknown: boolean,
    needed: ConfirmationLevel | "none",
  ])[] = [
    // Nothing grave: nobody is asked, unless the policy names the tool.
    ["client", null, null, undefined, false, false, "none"],
    ["four_eyes", "approval", null, undefined, false, false, "none"],
    ["client", null, "approval", undefined, false, false, "approval"],
    // The setting is the floor.
    ["two_step", null, null, undefined, true, false, "two_step"],
    ["client", null, null, undefined, true, false, "client"],
    ["approval", null, null, undefined, true, false, "approval"],
    ["four_eyes", null, null, undefined, true, false, "four_eyes"],
    // The policy asks for more, and cannot ask for less.
    ["client", "approval", null, undefined, true, false, "approval"],
    ["client", "two_step", null, undefined, true, false, "client"],
    ["client", "two_step", "four_eyes", undefined, true, false, "four_eyes"],
    ["approval", null, "client", undefined, true, false, "approval"],
    ["client", "approval", "client", undefined, true, false, "approval"],
    // So does the tool itself.
    ["two_step", null, null, "approval", true, false, "approval"],
    ["four_eyes", null, null, "approval", true, false, "four_eyes"],
    ["client", null, null, "approval", false, false, "approval"],
    // What cannot be shown raises it by one, up to approval.
    ["two_step", null, null, undefined, true, true, "client"],
    ["client", null, null, undefined, true, true, "approval"],
    ["approval", null, null, undefined, true, true, "approval"],
    ["four_eyes", null, null, undefined, true, true, "four_eyes"],
    ["client", null, null, undefined, false, true, "none"],
  ];
  for (const [weakest, byDefault, named, tool, grave, unknown, needed] of table) {
    const name = `setting ${weakest}, default ${byDefault ?? "-"}, tool's ${named ?? "-"}, its own ${tool ?? "-"}`;
    test(`${name}${grave ? ", grave" : ""}${unknown ? ", impact unknown" : ""}: ${needed}`, () => {
      const given = { tools: ["tool"], grave, atLeast: tool ? [tool] : [], impactUnknown: unknown };
      expect(requiredConfirmation(rulesOf(weakest, byDefault, named), given)).toBe(needed);
    });
  }

  test("of anything grave is never none and never weaker than any rule asks for", () => {
    fc.assert(
      fc.property(
        level,
        fc.option(level),
        fc.option(level),
        fc.option(level, { nil: undefined }),
        fc.boolean(),
        (weakest, byDefault, named, tool, impactUnknown) => {
          const given = { tools: ["tool"], grave: true, atLeast: tool ? [tool] : [], impactUnknown };
          const needed = requiredConfirmation(rulesOf(weakest, byDefault, named), given);
          if (needed === "none") throw new Error("nobody would be asked");
          const asked = [weakest, byDefault, named, tool].filter((each) => each != null);
          expect(asked.filter((each) => !atLeast(needed, each))).toEqual([]);
        },
      ),
    );
  });
});

describe("levels", () => {
  test("are ordered: two_step, client, approval, four_eyes", () => {
    expect(CONFIRMATION_LEVELS.map(raised)).toEqual(["client", "approval", "approval", "four_eyes"]);
    fc.assert(
      fc.property(level, level, (a, b) => {
        expect(atLeast(a, b) || atLeast(b, a)).toBe(true);
        expect(stronger(a, b)).toBe(stronger(b, a));
        expect(atLeast(stronger(a, b), a) && atLeast(stronger(a, b), b)).toBe(true);
        expect(atLeast(raised(a), a)).toBe(true);
      }),
    );
  });
});
