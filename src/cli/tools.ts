import type { Config } from "../config/config.ts";
import type { Planner } from "../engine/engine.ts";
import type { Tool } from "../tools/define.ts";

/** The tools that the settings leave: those of the toolsets and of `all`, without writes where read-only is set. */
export function enabledTools(
  catalog: readonly Tool[],
  config: Pick<Config, "toolsets" | "readOnly" | "enterpriseId">,
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
      // The arguments were parsed by the tool's schema when they came in; a stored plan keeps them so.
      plan: (args, context) => tool.plan(args as Record<string, unknown>, context),
    });
  }
  return (name) => planners.get(name);
}
