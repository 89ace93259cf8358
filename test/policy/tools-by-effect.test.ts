import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";
import { TOOL_NAMES } from "../../src/config/tool-names.ts";
import type { EffectOp } from "../../src/domain/effect.ts";
import { toolsFor } from "../../src/policy/tools-by-effect.ts";
import { catalog } from "../../src/tools/catalog.ts";

const src = fileURLToPath(new URL("../../src", import.meta.url));
/** Whatever is undone, these come to it. */
const GENERIC = new Set(["restore_member", "apply_plan"]);
/** What a tool's files lead to because it shares one of them, and the tool never plans. */
const SHARED_ONLY: Readonly<Record<string, readonly EffectOp[]>> = {
  add_to_boards: ["remove_workspace_member", "remove_workspace_member_everywhere"],
  remove_from_boards: ["remove_workspace_member", "remove_workspace_member_everywhere"],
  offboard_member: ["set_account_enabled", "set_directory_access"],
};

/** The files that a file takes values from, and by them all that it reaches, in the rooms of tools and effects. */
function reach(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  // Effects do not plan one another.
  if (path.includes("/effects/")) return seen;
  const { module } = parseSync(path, readFileSync(path, "utf8"));
  for (const { moduleRequest, entries } of module.staticImports) {
    if (!moduleRequest.value.startsWith(".")) continue;
    const next = join(dirname(path), moduleRequest.value);
    const typesOnly = entries.length > 0 && entries.every(({ isType }) => isType);
    if (!typesOnly && /\/src\/(tools|effects)\//.test(next) && !next.endsWith("/effects/kinds.ts"))
      reach(next, seen);
  }
  return seen;
}

/** Ops by the file of their kind. */
const ops = new Map(
  readdirSync(join(src, "effects")).flatMap((file) => {
    const path = join(src, "effects", file);
    const op = /^ {2}op: "(\w+)",$/m.exec(readFileSync(path, "utf8"))?.[1] as EffectOp | undefined;
    return op && file === `${op.replaceAll("_", "-")}.ts` ? [[path, op] as const] : [];
  }),
);

/** By op, the tools whose files lead to its kind. */
const planners = new Map<EffectOp, string[]>([...ops.values()].map((op) => [op, []]));
for (const { name, toolset, effect } of catalog) {
  if (effect === "read" || GENERIC.has(name)) continue;
  for (const path of reach(join(src, "tools", toolset, `${name.replaceAll("_", "-")}.ts`))) {
    const op = ops.get(path);
    if (op && !SHARED_ONLY[name]?.includes(op)) planners.get(op)?.push(name);
  }
}

describe("the tools behind an effect", () => {
  test("were read from the files", () => {
    expect(ops.size).toBeGreaterThan(25);
    expect(planners.get("delete_scim_user")).toEqual(["scim_delete_user"]);
    expect(planners.get("remove_board_member")).toContain("offboard_member");
  });

  test.each([...planners])("of %s are those that can plan it", (op, names) => {
    const told = [...new Set([...toolsFor(op, true), ...toolsFor(op, false)])];
    expect(told.filter((name) => !(TOOL_NAMES as readonly string[]).includes(name))).toEqual([]);
    // What only an undoing comes to is told by the tool that does the like.
    if (names.length === 0) expect(told.length).toBeGreaterThan(0);
    else expect(told.toSorted()).toEqual(names.toSorted());
  });

  test("depend on the direction where one op gives and takes", () => {
    expect(toolsFor("set_scim_active", true)).toEqual(["scim_deactivate_user", "offboard_member"]);
    expect(toolsFor("set_scim_active", false)).toEqual(["scim_reactivate_user"]);
  });
});
