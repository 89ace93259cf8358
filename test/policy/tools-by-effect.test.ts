import { describe, expect, test } from "vitest";
import { TOOL_NAMES } from "../../src/config/tool-names.ts";
import { ops } from "../../src/effects/kinds.ts";
import { toolsFor } from "../../src/policy/tools-by-effect.ts";

describe("the tools behind an effect", () => {
  test.each(ops)("of %s are known", (op) => {
    const told = [...new Set([...toolsFor(op, true), ...toolsFor(op, false)])];
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((name) => !(TOOL_NAMES as readonly string[]).includes(name))).toEqual([]);
  });

  test("depend on the direction where one op gives and takes", () => {
    expect(toolsFor("set_scim_active", true)).toEqual(["scim_deactivate_user", "offboard_member"]);
    expect(toolsFor("set_scim_active", false)).toEqual(["scim_reactivate_user"]);
  });
});
