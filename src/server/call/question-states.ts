import { randomBytes } from "node:crypto";
import {
  CLIENT_INFO_META_KEY,
  createRequestStateCodec,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { signedInBy } from "./identity.ts";

/** The keys that sign questions, the newest first. All processes with the same store have the same keys. */
export type QuestionKeys = () => Promise<readonly string[]>;

/**
 * What a client stores until the user answers. The server signs this text. Only the same client can use it, and only
 * for the same call.
 */
export const questionState = z.object({ planId: z.string(), tool: z.string(), args: z.string() });
export type QuestionState = z.infer<typeof questionState>;

// A signed question is valid for longer than its plan, so that a late answer gets the error "the plan has expired".
const TTL_SECONDS = 3600;

/**
 * Signs questions with the newest key and accepts signatures of older keys too. So an answer is valid after a restart,
 * and in every process with the same store. A decision is recorded only once, so an answer that is sent twice changes
 * nothing.
 */
export function createQuestionStates(keys: QuestionKeys): RequestStateCodec<QuestionState> {
  const codecs = new Map<string, RequestStateCodec<QuestionState>>();
  const codecOf = (key: string): RequestStateCodec<QuestionState> => {
    const codec =
      codecs.get(key) ?? createRequestStateCodec<QuestionState>({ key, ttlSeconds: TTL_SECONDS, bind });
    codecs.set(key, codec);
    return codec;
  };
  return {
    async mint(state, ctx) {
      const [newest = ""] = await keys();
      return codecOf(newest).mint(state, ctx);
    },
    async verify(state, ctx) {
      let failure: unknown;
      for (const key of await keys()) {
        try {
          return await codecOf(key).verify(state, ctx);
        } catch (thrown) {
          failure ??= thrown;
        }
      }
      throw failure;
    },
  };
}

/** Makes a key in memory, for a server without a shared store. The key is lost when the process ends. */
export function processKeys(): QuestionKeys {
  const key = randomBytes(32).toString("base64url");
  return () => Promise.resolve([key]);
}

/** What a signed question is bound to: the method, the signed-in user (if any), and the client's name and version. */
function bind(ctx: ServerContext): string {
  const envelope = (ctx.mcpReq.envelope ?? {}) as {
    readonly [CLIENT_INFO_META_KEY]?: { name: string; version: string };
  };
  const client = envelope[CLIENT_INFO_META_KEY];
  return JSON.stringify([
    ctx.mcpReq.method,
    signedInBy(ctx.http?.authInfo)?.id ?? "",
    client?.name ?? "",
    client?.version ?? "",
  ]);
}
