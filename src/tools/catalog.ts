import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Planner } from "../domain/planning.ts";
import { grantsAdmin, kindOf, takesAway } from "../effects/kinds.ts";
import type { Makes, Tool, WriteTool } from "./define.ts";

/** The list of all tools, generated from the files in the folders beside this file. */
export { catalog } from "./catalog.gen.ts";
export { enabledTools } from "./define.ts";

/** The function with which the engine finds the planner of a write tool by the tool's name. */
export function plannerOf(tools: readonly Tool[]): (name: string) => Planner | undefined {
  const planners = new Map<string, Planner>();
  for (const tool of tools) {
    if (!("makes" in tool)) continue;
    planners.set(tool.name, {
      tool: tool.name,
      confirmation: tool.confirmation,
      // An earlier version of this program may have made the stored plan, and may have accepted other arguments. So the
      // arguments are checked again.
      plan: async (args, context) => {
        const parsed = tool.input.safeParse(args);
        if (parsed.success) {
          const draft = await tool.plan(parsed.data, context);
          assertDeclared(tool, draft.effects ?? []);
          return draft;
        }
        throw new AppError(
          "PLAN_STALE",
          "The plan was made by an earlier version of the tool, and this version does not accept its arguments.",
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

/**
 * Makes the function that names the tools whose rules in the policy file apply to an effect. A tool is named in two
 * cases: if the effect is in its list `makes` as its main work (without `along`), or if the kind of the effect names
 * the tool in `ruledBy`.
 */
export function toolsMaking(tools: readonly Tool[]): (effect: Effect) => readonly string[] {
  const writing = tools.filter((tool) => "makes" in tool);
  return (effect) => [
    ...writing
      .filter(
        ({ makes }) =>
          makes !== "inverses" &&
          isAmong(
            makes.filter(({ along }) => !along),
            effect,
          ),
      )
      .map(({ name }) => name),
    ...(kindOf(effect).ruledBy?.(effect) ?? []),
  ];
}

/** All write tools. The policy file can set the confirmation level of each. */
export function plannedTools(tools: readonly Tool[]): readonly string[] {
  return tools.filter((tool) => "makes" in tool).map(({ name }) => name);
}

/** The tools of each toolset in alphabetical order. Read tools and write tools are in separate lists. */
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

/**
 * Throws INTERNAL if a tool plans an effect without declaring it, because the policy's rules for the tool
 * would not apply to that effect. Only a defect in the tool can cause this.
 */
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
