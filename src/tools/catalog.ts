import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Planner } from "../domain/planning.ts";
import { grantsAdmin, takesAway } from "../effects/kinds.ts";
import type { Makes, Tool, WriteTool } from "./define.ts";

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
    if (!("makes" in tool)) continue;
    planners.set(tool.name, {
      tool: tool.name,
      confirmation: tool.confirmation,
      // Parsed again, because a stored plan may be of a version whose tool took other arguments.
      plan: async (args, context) => {
        const parsed = tool.input.safeParse(args);
        if (parsed.success) {
          const draft = await tool.plan(parsed.data, context);
          assertDeclared(tool, draft.effects ?? []);
          return draft;
        }
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

/** The names of the tools whose `makes` has an effect: the policy's rules for each of them hold for it. */
export function toolsMaking(tools: readonly Tool[]): (effect: Effect) => readonly string[] {
  const writing = tools.filter((tool) => "makes" in tool);
  return (effect) =>
    writing.filter(({ makes }) => makes !== "inverses" && isAmong(makes, effect)).map(({ name }) => name);
}

/** Names of the tools that a policy file can set a confirmation for: those that plan something. */
export function plannedTools(tools: readonly Tool[]): readonly string[] {
  return tools.filter((tool) => "makes" in tool).map(({ name }) => name);
}

/** The tools of each toolset, those that only read apart from those that change something; all in alphabetical order. */
export function toolsByToolset(tools: readonly Tool[]): readonly {
  readonly toolset: string;
  readonly reads: readonly string[];
  readonly changes: readonly string[];
}[] {
  const toolsets = [...new Set(tools.map(({ toolset }) => toolset))].sort();
  const names = (toolset: string, reads: boolean) =>
    tools
      .filter((tool) => tool.toolset === toolset && (tool.effect === "read") === reads)
      .map(({ name }) => name)
      .sort();
  return toolsets.map((toolset) => ({
    toolset,
    reads: names(toolset, true),
    changes: names(toolset, false),
  }));
}

function isAmong(makes: readonly Makes[], effect: Effect): boolean {
  const direction = takesAway(effect) ? "takes" : "gives";
  return makes.some(
    (made) =>
      made.op === effect.op &&
      made.direction === direction &&
      (made.grantsAdmin ?? false) === grantsAdmin(effect),
  );
}

/** What a tool does not declare the policy could not name: INTERNAL, because only a mistake in the tool comes to it. */
function assertDeclared({ name, makes }: WriteTool, effects: readonly Effect[]): void {
  if (makes === "inverses") return;
  const foreign = effects.find((effect) => !isAmong(makes, effect));
  if (!foreign) return;
  throw new AppError(
    "INTERNAL",
    `The tool ${name} planned an effect that it does not declare: ${foreign.op}.`,
    {
      next: "Report this; nothing was done.",
    },
  );
}
