import { AppError } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { ApplyTool, WriteTool } from "../tools/define.ts";
import { already, planned } from "./outcome.ts";
import {
  apply,
  belongsTo,
  type ChangeCall,
  resume,
  type SettleDeps,
  settle,
  type ToolAnswer,
} from "./settle.ts";

type Args = Readonly<Record<string, Json>>;

/** A write tool: plans, and goes on as far as the plan's confirmation allows. A dry run stores nothing. */
export async function callWrite(
  tool: WriteTool,
  args: Args,
  call: ChangeCall,
  deps: SettleDeps,
): Promise<ToolAnswer> {
  const resumed = await resume(call, deps);
  if (resumed !== null) return resumed;
  const plan = await deps.engine.propose(tool.name, args, call.caller);
  if (args["dryRun"] === true) return planned(plan);
  if (plan.effects.length === 0) return already(plan);
  return settle(await deps.engine.hold(plan), call, deps);
}

/** `apply_plan`: a stored plan of the same principal; for a `two_step` plan this call is the decision. */
export async function callApply(
  tool: ApplyTool,
  args: Args,
  call: ChangeCall,
  deps: SettleDeps,
): Promise<ToolAnswer> {
  const planId = tool.planId(args);
  const stored = await deps.engine.plan(planId);
  // Somebody else's plan looks like none at all.
  if (stored === null || !(await belongsTo(stored.plan, call.caller, deps))) throw unknownPlan();
  if (call.resumed?.state.planId === planId) {
    const resumed = await resume(call, deps);
    if (resumed !== null) return resumed;
  }
  if (stored.state === "waiting" && stored.plan.requires === "two_step") {
    const by = call.caller.subject ?? call.caller.client;
    await deps.engine.decide(planId, { accepted: true, level: "two_step", by });
    return apply(stored.plan, call, deps);
  }
  return settle(stored, call, deps);
}

function unknownPlan(): AppError {
  return new AppError("NOT_FOUND", "There is no plan with that id.", {
    next: "Use the planId of a result with status awaiting_confirmation, or call the tool again for a new plan.",
  });
}
