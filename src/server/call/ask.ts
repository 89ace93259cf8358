import { createHash, randomBytes } from "node:crypto";
import {
  createRequestStateCodec,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { canonicalJson, type Json } from "../../domain/json.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Log } from "../../domain/runtime.ts";
import { question } from "../answers/question.ts";

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

// Longer than a plan lives: a late answer meets the plan's own expiry and its clear error.
const TTL_SECONDS = 3600;

const sealed = z.object({ planId: z.string(), tool: z.string(), args: z.string() });

/** What a question leaves with the client until the answer comes back: signed, and good for one call only. */
export type QuestionState = z.infer<typeof sealed>;

/** The signer of question states; its key is made anew with every process, so that none outlives it. */
export function createQuestionStates(): RequestStateCodec<QuestionState> {
  return createRequestStateCodec<QuestionState>({
    key: randomBytes(32),
    ttlSeconds: TTL_SECONDS,
    bind: (ctx) => `${ctx.mcpReq.method}\0${ctx.http?.authInfo?.clientId ?? ""}`,
  });
}

function questionState(plan: Plan, tool: string, args: Json): QuestionState {
  return { planId: plan.id, tool, args: hash(args) };
}

/** The verified state that came with a call, if it belongs to the same tool and arguments; else null. */
function stateOf(ctx: ServerContext, tool: string, args: Json): QuestionState | null {
  const state = sealed.safeParse(ctx.mcpReq.requestState());
  return state.success && state.data.tool === tool && state.data.args === hash(args) ? state.data : null;
}

function hash(args: Json): string {
  return createHash("sha256").update(canonicalJson(args)).digest("hex");
}
