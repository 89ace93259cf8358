import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  atLeast,
  CONFIRMATION_LEVELS,
  type ConfirmationLevel,
  raised,
  stronger,
} from "../../src/domain/confirmation.ts";
import { requiredConfirmation, type Rules, type Weighed } from "../../src/policy/rules.ts";
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

type Needed = ConfirmationLevel | "none";

describe("the confirmation that a plan needs", () => {
  const table: readonly (readonly [
    weakest: ConfirmationLevel,
    byDefault: ConfirmationLevel | null,
    named: ConfirmationLevel | null,
    own: ConfirmationLevel | undefined,
    gravity: Weighed["gravity"],
    unknown: boolean,
    needed: Needed,
  ])[] = [
    // Nothing grave: nobody is asked, unless the policy names the tool.
    ["client", null, null, undefined, "none", false, "none"],
    ["four_eyes", "approval", null, undefined, "none", false, "none"],
    ["client", null, "approval", undefined, "none", false, "approval"],
    // The setting is the floor.
    ["two_step", null, null, undefined, "client", false, "two_step"],
    ["client", null, null, undefined, "client", false, "client"],
    ["approval", null, null, undefined, "client", false, "approval"],
    ["four_eyes", null, null, undefined, "client", false, "four_eyes"],
    ["four_eyes", null, null, undefined, "approval", false, "four_eyes"],
    // Neither the setting nor the default takes approval off what is grave.
    ["two_step", null, null, undefined, "approval", false, "approval"],
    ["client", "client", null, undefined, "approval", false, "approval"],
    ["two_step", "two_step", null, undefined, "approval", false, "approval"],
    // The policy's entry for the tool does, and goes no lower than the setting.
    ["client", null, "client", undefined, "approval", false, "client"],
    ["two_step", null, "two_step", undefined, "approval", false, "two_step"],
    ["client", null, "two_step", undefined, "approval", false, "client"],
    ["approval", null, "client", undefined, "approval", false, "approval"],
    // The default is for tools that the policy does not name.
    ["client", "approval", null, undefined, "client", false, "approval"],
    ["client", "two_step", null, undefined, "client", false, "client"],
    ["client", "two_step", "four_eyes", undefined, "client", false, "four_eyes"],
    ["client", "approval", "client", undefined, "client", false, "client"],
    // So does the tool itself, and how people were identified.
    ["two_step", null, null, "approval", "client", false, "approval"],
    ["four_eyes", null, null, "approval", "client", false, "four_eyes"],
    ["client", null, null, "approval", "none", false, "approval"],
    // What cannot be shown raises it by one, up to approval.
    ["two_step", null, null, undefined, "client", true, "client"],
    ["client", null, null, undefined, "client", true, "approval"],
    ["approval", null, null, undefined, "client", true, "approval"],
    ["client", null, null, undefined, "approval", true, "approval"],
    ["four_eyes", null, null, undefined, "client", true, "four_eyes"],
    ["client", null, null, undefined, "none", true, "none"],
  ];
  for (const [weakest, byDefault, named, own, gravity, unknown, needed] of table) {
    const name = `setting ${weakest}, default ${byDefault ?? "-"}, tool's ${named ?? "-"}, its own ${own ?? "-"}`;
    test(`${name}, gravity ${gravity}${unknown ? ", impact unknown" : ""}: ${needed}`, () => {
      const given = {
        tool: "tool",
        effects: [{ tools: ["tool"], gravity }],
        atLeast: own ? [own] : [],
        impactUnknown: unknown,
      };
      expect(requiredConfirmation(rulesOf(weakest, byDefault, named), given)).toBe(needed);
    });
  }

  test("is the strongest over effects and over the tools that declare each, whichever tool plans it", () => {
    const entries: Readonly<Record<string, ConfirmationLevel>> = {
      a: "client",
      b: "approval",
      c: "four_eyes",
    };
    const rules: Rules = {
      ...OPEN_RULES,
      confirmation: { default: null, tools: new Map(Object.entries(entries)) },
    };
    // What "d" makes, the policy does not name.
    const tools = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"));
    const gravity = fc.constantFrom<Weighed["gravity"]>("none", "client", "approval");
    fc.assert(
      fc.property(
        fc.array(fc.record({ tools, gravity }), { maxLength: 4 }),
        fc.constantFrom("a", "b", "c", "d", "restore_member"),
        (effects, tool) => {
          const order: readonly Needed[] = ["none", ...CONFIRMATION_LEVELS];
          const asked = effects.flatMap((effect) =>
            (effect.tools.length === 0 ? [tool] : [...effect.tools, ...(entries[tool] ? [tool] : [])]).map(
              (each) => entries[each] ?? effect.gravity,
            ),
          );
          const needed = requiredConfirmation(rules, { tool, effects, atLeast: [], impactUnknown: false });
          expect(order.indexOf(needed)).toBe(Math.max(0, ...asked.map((each) => order.indexOf(each))));
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
