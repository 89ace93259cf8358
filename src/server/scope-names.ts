import type { Tool } from "../tools/define.ts";

/**
 * The rights that an access token can have. `identity:approve`: the user may decide about plans on the approval pages.
 */
export type Scope = "identity:read" | "identity:write" | "identity:destructive" | "identity:approve";

/** The scope that a call of this tool needs. `apply_plan` may need another scope, which depends on the plan. */
export function scopeOf({ effect }: Pick<Tool, "effect">): Scope {
  if (effect === "read") return "identity:read";
  return effect === "delete" ? "identity:destructive" : "identity:write";
}
