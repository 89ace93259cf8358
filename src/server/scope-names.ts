import type { Tool } from "../tools/define.ts";

/** What an access token can allow. `approve` is for deciding about plans on their page. */
export type Scope = "identity:read" | "identity:write" | "identity:destructive" | "identity:approve";

/** The scope that a tool's call needs. For `apply_plan` this is the least: the plan decides. */
export function scopeOf({ effect }: Pick<Tool, "effect">): Scope {
  if (effect === "read") return "identity:read";
  return effect === "delete" ? "identity:destructive" : "identity:write";
}
