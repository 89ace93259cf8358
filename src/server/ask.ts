import {
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import type { Log } from "../domain/runtime.ts";
import { question } from "./question.ts";
import { type QuestionState, questionState, stateOf } from "./state.ts";

export type Era = "legacy" | "modern";

/** What became of a question: the client's raw reply, the result that carries the question out, or nothing. */
export type Asked =
  | { readonly kind: "replied"; readonly reply: unknown }
  | { readonly kind: "carried"; readonly result: InputRequiredResult }
  | { readonly kind: "unanswered" };

/** Puts a plan to the person at the client. */
export type Ask = (plan: Plan) => Promise<Asked>;

/** A question that an earlier call put and that this call answers; `reply` is undefined where the answer is missing. */
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
 * How to ask in the era of a call: in the handshake era by a request to the client, answered within the call; since
 * 2026-07-28 by a result that the client answers in a second call.
 */
export function createAsk(context: AskContext): Ask {
  return context.era === "modern" ? (plan) => carry(context, plan) : (plan) => request(context, plan);
}

/** The question that this call answers. State is read only where the server verified its signature. */
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

async function carry({ ctx, states, tool, args }: AskContext, plan: Plan): Promise<Asked> {
  const result = inputRequired({
    inputRequests: { [KEY]: inputRequired.elicit(question(plan)) },
    requestState: await states.mint(questionState(plan, tool, args), ctx),
  });
  return { kind: "carried", result };
}

async function request({ ctx, log, now, tool }: AskContext, plan: Plan): Promise<Asked> {
  // A person may think for as long as the plan lives; the protocol's default would give up after a minute.
  const timeout = Math.max(1000, Date.parse(plan.expiresAt) - now());
  try {
    // Not `elicitInput`: its request is not tied to this call, and over HTTP it would miss the client's stream.
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
