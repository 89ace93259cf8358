import { AppError } from "../domain/error.ts";
import type { Planner } from "../domain/planning.ts";
import type { Tool } from "./define.ts";

/** Every tool, found by its place in the folders beside this file. */
export { catalog } from "./catalog.gen.ts";

/** The tools that the settings leave: those of the toolsets and of `all`, without writes where read-only is set. */
export function enabledTools(
  catalog: readonly Tool[],
  config: {
    readonly toolsets: readonly string[];
    readonly readOnly: boolean;
    readonly enterpriseId: string | null;
  },
): readonly Tool[] {
  const toolsets = new Set<string>([...config.toolsets, "all"]);
  // Without its id no call of that toolset can succeed.
  if (config.enterpriseId === null) toolsets.delete("enterprise");
  return catalog.filter((tool) => toolsets.has(tool.toolset) && (tool.effect === "read" || !config.readOnly));
}

/** The planners of the tools that change something, for the engine. */
export function plannerOf(tools: readonly Tool[]): (name: string) => Planner | undefined {
  const planners = new Map<string, Planner>();
  for (const tool of tools) {
    if (tool.effect === "read" || tool.effect === "apply") continue;
    planners.set(tool.name, {
      tool: tool.name,
      confirmation: tool.confirmation,
      // Parsed again, because a stored plan may be of a version whose tool took other arguments.
      plan: async (args, context) => {
        const parsed = tool.input.safeParse(args);
        if (parsed.success) return tool.plan(parsed.data, context);
        throw new AppError(
          "PLAN_STALE",
          "This version of the tool takes other arguments than the plan has.",
          {
            next: "Call the tool again for a new plan.",
            retry: "replan",
          },
        );
      },
    });
  }
  return (name) => planners.get(name);
}
