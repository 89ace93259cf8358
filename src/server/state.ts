import { createHash, randomBytes } from "node:crypto";
import {
  createRequestStateCodec,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";

// Longer than a plan lives: a late answer meets the plan's own expiry and its clear error.
const TTL_SECONDS = 3600;

const sealed = z.object({ planId: z.string(), tool: z.string(), args: z.string(), principal: z.string() });

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

export function questionState(plan: Plan, tool: string, args: Json): QuestionState {
  return { planId: plan.id, tool, args: hash(args), principal: plan.principal.id };
}

/** The verified state that came with a call, if it belongs to the same tool and arguments; else null. */
export function stateOf(ctx: ServerContext, tool: string, args: Json): QuestionState | null {
  const state = sealed.safeParse(ctx.mcpReq.requestState());
  return state.success && state.data.tool === tool && state.data.args === hash(args) ? state.data : null;
}

function hash(args: Json): string {
  return createHash("sha256").update(canonicalJson(args)).digest("hex");
}
