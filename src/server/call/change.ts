import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import type { Json } from "../../domain/json.ts";
import type { Plan } from "../../domain/plan.ts";
import { type Caller, shownName } from "../../domain/planning.ts";
import { applyRefusal, type StoredPlan, unknownPlan } from "../../domain/decision-rules.ts";
import type { ApplyTool, WriteTool } from "../../tools/define.ts";
import { awaiting, declined, nothingToDo, planned } from "../answers/outcome.ts";
import { type Answer, readAnswer } from "../answers/question.ts";
import type { ServerDeps } from "../deps.ts";
import type { Ask, Resumed } from "./ask.ts";
import { applyAndAnswer, followRun, isApproved, waitForDecision } from "./follow.ts";

type Args = Readonly<Record<string, Json>>;

/**
 * Calls a write tool: makes a plan, gets the confirmation that the plan needs, and applies the plan. A dry run stores
 * nothing.
 */
export async function callWrite(
  tool: WriteTool,
  args: Args,
  call: ChangeCall,
  deps: ChangeDeps,
): Promise<ToolAnswer> {
  const resumed = await resume(call, deps);
  if (resumed !== null) return resumed;
  const plan = await deps.engine.propose(tool.name, args, call.caller);
  if (args["dryRun"] === true) return planned(plan);
  if (plan.effects.length === 0) return nothingToDo(plan);
  return continuePlan(await deps.engine.storePlan(plan), call, deps);
}

/**
 * Calls `apply_plan` for a stored plan of the same principal. If the plan needs only `two_step`, this call is the
 * approval.
 */
export async function callApply(
  tool: ApplyTool,
  args: Args,
  call: ChangeCall,
  deps: ChangeDeps,
): Promise<ToolAnswer> {
  const planId = tool.planId(args);
  const stored = await deps.engine.plan(planId, call.caller);
  if (stored === null) throw unknownPlan();
  // If a stopped run left changes undone, an earlier call may have made a new plan for them and asked the user about
  // it. This call may bring the answer, so the answer is handled first.
  const resumed = await resume(call, deps);
  if (resumed !== null) return resumed;
  const rest = await deps.engine.planRest(stored, call.caller);
  if (rest !== null) {
    return rest.effects.length === 0
      ? nothingToDo(rest)
      : continuePlan(await deps.engine.storePlan(rest), call, deps);
  }
  if (stored.state === "waiting" && stored.plan.requires === "two_step") {
    const { subject, client } = call.caller;
    const by = subject ? shownName(subject) : client;
    await deps.engine.decide(planId, { accepted: true, level: "two_step", by });
    return applyAndAnswer(stored.plan, call.caller, deps);
  }
  return (await outcomeOfApproved(stored, call, deps)) ?? continuePlan(stored, call, deps);
}

/**
 * The answer if a person decides about the plan outside the client, or if the plan's run continues by itself. null if
 * this call has to apply the plan, or to ask about it.
 */
async function outcomeOfApproved(
  stored: StoredPlan,
  call: ChangeCall,
  deps: ChangeDeps,
): Promise<CallToolResult | null> {
  const { plan } = stored;
  let now = stored;
  const isAsked = plan.requires === "client" && call.ask !== null;
  if (now.state === "waiting" && plan.requires !== "none" && !isAsked && !isExpired(plan, call, deps)) {
    const page = await deps.approvals.present(plan);
    if (page.opened || page.signIn) now = await waitForDecision(stored, call.caller, deps);
    if (now.state === "waiting") return awaiting(plan, page, deps.approvals.command(plan));
  }
  // A run that takes longer than its call continues by itself, at every confirmation level. So this call waits for the
  // result of such a run, whoever approved it.
  return isApproved(now) || now.state === "used" ? await followRun(now, call.caller, deps) : null;
}

function isExpired(plan: Plan, { caller }: ChangeCall, { engine }: ChangeDeps): boolean {
  return Date.parse(engine.context(caller).now) >= Date.parse(plan.expiresAt);
}

export type ToolAnswer = CallToolResult | InputRequiredResult;

/** One call of a tool that changes something. */
export interface ChangeCall {
  readonly caller: Caller;
  /** Asks the user through the client; null if the client cannot ask. */
  readonly ask: Ask | null;
  /** Set if this call brings the user's answer to a question of an earlier call. */
  readonly resumed: Resumed | null;
}

export type ChangeDeps = Pick<ServerDeps, "engine" | "approvals" | "patience" | "stopping" | "log">;

/** Continues a stored plan: applies it, asks the user, or says where a person must decide. */
async function continuePlan(stored: StoredPlan, call: ChangeCall, deps: ChangeDeps): Promise<ToolAnswer> {
  const { plan } = stored;
  const at = deps.engine.context(call.caller).now;
  // The engine applies the plan, or throws an error that says why the plan may not be applied.
  if (applyRefusal(stored, { principalId: plan.principal.id, at })?.code !== "CONFIRMATION_PENDING")
    return applyAndAnswer(plan, call.caller, deps);
  if (plan.requires !== "client" || call.ask === null) return waits(plan, deps);
  const asked = await call.ask(plan);
  if (asked.kind === "carried") return asked.result;
  if (asked.kind === "unanswered") return waits(plan, deps);
  return recordAnswer(stored, readAnswer(plan, asked.reply), call, deps);
}

/** Opens the page of a plan that waits for a person. Returns the answer that says where the person decides. */
async function waits(plan: Plan, { approvals }: ChangeDeps): Promise<CallToolResult> {
  return awaiting(plan, await approvals.present(plan), approvals.command(plan));
}

/**
 * Answers a call that brings the user's reply to an earlier question. null if the call brings no such reply, or the
 * question is about no plan of this caller. The call is then handled as a first call, so the user is asked.
 */
async function resume(call: ChangeCall, deps: ChangeDeps): Promise<ToolAnswer | null> {
  const { ask, caller, resumed } = call;
  if (ask === null || resumed === null) return null;
  const stored = await deps.engine.plan(resumed.state.planId, caller);
  if (stored === null) return null;
  if (resumed.reply === undefined || stored.plan.requires !== "client")
    return continuePlan(stored, call, deps);
  return recordAnswer(stored, readAnswer(stored.plan, resumed.reply), call, deps);
}

async function recordAnswer(
  { plan, state }: StoredPlan,
  answer: Answer,
  call: ChangeCall,
  deps: ChangeDeps,
): Promise<CallToolResult> {
  const { subject, client } = call.caller;
  const by = subject ? shownName(subject) : `the person at ${client}`;
  if (!answer.accepted) {
    await deps.engine.decide(plan.id, { accepted: false, level: "client", by });
    return declined(plan, answer.why);
  }
  const typed = answer.typed === null ? {} : { typed: answer.typed };
  // If another person has already decided about the plan, that decision is valid and this reply is not stored.
  if (state === "waiting")
    await deps.engine.decide(plan.id, { accepted: true, level: "client", by, ...typed });
  return applyAndAnswer(plan, call.caller, deps);
}
