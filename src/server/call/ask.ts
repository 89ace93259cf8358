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
import { joined } from "./signals.ts";
import { questionState, type QuestionState } from "./question-states.ts";

/**
 * The result of asking the user. `replied`: the client's reply. `carried`: a tool result with the question, which the
 * client answers in a second call. `unanswered`: there is no answer.
 */
export type Asked =
  | { readonly kind: "replied"; readonly reply: unknown }
  | { readonly kind: "carried"; readonly result: InputRequiredResult }
  | { readonly kind: "unanswered" };

/** Asks the user through the client whether to apply a plan. */
export type Ask = (plan: Plan) => Promise<Asked>;

/**
 * A question that was asked in an earlier call and that this call continues. `reply` is undefined if this call brings
 * no answer.
 */
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
  /** This signal is aborted when the server stops, because no answer can arrive after that. */
  readonly stopping?: AbortSignal | undefined;
}

const KEY = "confirm";

/**
 * Makes the function that asks the user. How it asks depends on the protocol version. Before 2026-07-28, the server
 * sends a request and gets the answer during the call. In newer versions, the server returns a result with the
 * question, and the client answers with a second call.
 */
export function createAsk(context: AskContext): Ask {
  return context.era === "modern"
    ? (plan) => carryQuestion(context, plan)
    : (plan) => requestAnswer(context, plan);
}

/**
 * The earlier question that this call answers; null if there is none. The signature of the question is checked, so a
 * client cannot invent a question.
 */
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

async function requestAnswer({ ctx, log, now, tool, stopping }: AskContext, plan: Plan): Promise<Asked> {
  // The user may think until the plan expires. Without this timeout, the SDK would wait only one minute.
  const timeout = Math.max(1000, Date.parse(plan.expiresAt) - now());
  const { signal, release } = joined(ctx.mcpReq.signal, stopping);
  try {
    // The SDK's `elicitInput` is not used, because over HTTP its request would not be sent on the stream of this call.
    const reply = await ctx.mcpReq.send(
      { method: "elicitation/create", params: { ...question(plan) } },
      { timeout, signal },
    );
    return { kind: "replied", reply };
  } catch (error) {
    if (ctx.mcpReq.signal.aborted) throw error;
    log("warn", { tool, planId: plan.id, err: error }, "the client did not answer a question");
    return { kind: "unanswered" };
  } finally {
    release();
  }
}

function stateFor(plan: Plan, tool: string, args: Json): QuestionState {
  return { planId: plan.id, tool, args: hash(args) };
}

/**
 * The data of the signed question that a call brings back, if the question was asked for the same tool and arguments;
 * otherwise null.
 */
function stateOf(ctx: ServerContext, tool: string, args: Json): QuestionState | null {
  const state = questionState.safeParse(ctx.mcpReq.requestState());
  return state.success && state.data.tool === tool && state.data.args === hash(args) ? state.data : null;
}

function hash(args: Json): string {
  return createHash("sha256").update(canonicalJson(args)).digest("hex");
}
