import { createHash } from "node:crypto";
import {
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { canonicalJson, type Json } from "../../domain/json.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Log } from "../../domain/runtime.ts";
import { question } from "../answers/question.ts";
import type { Era } from "../peer.ts";
import { questionState, type QuestionState } from "./question-states.ts";

/** The result of a question: the client's raw reply, a result that carries the question to the client, or no answer. */
export type Asked =
  | { readonly kind: "replied"; readonly reply: unknown }
  | { readonly kind: "carried"; readonly result: InputRequiredResult }
  | { readonly kind: "unanswered" };

/** Asks the person at the client to decide on a plan. */
export type Ask = (plan: Plan) => Promise<Asked>;

/** A question from an earlier call that this call answers. `reply` is undefined if the answer is missing. */
export interface Resumed {
  readonly state: QuestionState;
  readonly reply: unknown;
}

export interface AskContext {
  readonly era: Era;
  readonly ctx: ServerContext;
  readonly states: RequestStateCodec<QuestionState>;
  readonly tool: string;
  readonly args: Json;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const KEY = "confirm";

/**
 * How to ask the person, by era. In the handshake era the server sends a request, and the answer comes within the call.
 * Since 2026-07-28 the server sends a result, and the client answers in a second call.
 */
export function createAsk(context: AskContext): Ask {
  return context.era === "modern"
    ? (plan) => carryQuestion(context, plan)
    : (plan) => requestAnswer(context, plan);
}

/** The question that this call answers, or null. The state counts only if the server verified its signature. */
export function resumedBy({
  era,
  ctx,
  tool,
  args,
}: Pick<AskContext, "era" | "ctx" | "tool" | "args">): Resumed | null {
  if (era !== "modern") return null;
  const state = stateOf(ctx, tool, args);
  if (state === null) return null;
  const view = inputResponse(ctx.mcpReq.inputResponses, KEY);
  return { state, reply: view.kind === "elicit" ? view : undefined };
}

async function carryQuestion({ ctx, states, tool, args }: AskContext, plan: Plan): Promise<Asked> {
  const result = inputRequired({
    inputRequests: { [KEY]: inputRequired.elicit(question(plan)) },
    requestState: await states.mint(stateFor(plan, tool, args), ctx),
  });
  return { kind: "carried", result };
}

async function requestAnswer({ ctx, log, now, tool }: AskContext, plan: Plan): Promise<Asked> {
  // A person may think until the plan expires; the default of the protocol is one minute.
  const timeout = Math.max(1000, Date.parse(plan.expiresAt) - now());
  try {
    // Not `elicitInput`: its request does not belong to this call, so over HTTP it would not reach the client's stream.
    const reply = await ctx.mcpReq.send(
      { method: "elicitation/create", params: { ...question(plan) } },
      { timeout, signal: ctx.mcpReq.signal },
    );
    return { kind: "replied", reply };
  } catch (error) {
    if (ctx.mcpReq.signal.aborted) throw error;
    log("warn", { tool, planId: plan.id, err: error }, "the client did not answer a question");
    return { kind: "unanswered" };
  }
}

function stateFor(plan: Plan, tool: string, args: Json): QuestionState {
  return { planId: plan.id, tool, args: hash(args) };
}

/** The verified state that came with a call if it belongs to the same tool and arguments, else null. */
function stateOf(ctx: ServerContext, tool: string, args: Json): QuestionState | null {
  const state = questionState.safeParse(ctx.mcpReq.requestState());
  return state.success && state.data.tool === tool && state.data.args === hash(args) ? state.data : null;
}

function hash(args: Json): string {
  return createHash("sha256").update(canonicalJson(args)).digest("hex");
}
