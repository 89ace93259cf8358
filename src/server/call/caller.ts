import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  SdkError,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Caller } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import type { Era } from "./ask.ts";
import { signedInBy } from "./identity.ts";

/** Who sends a call, how to stop it, and where its progress goes. */
export function callerOf(server: Server, era: Era, ctx: ServerContext): Caller {
  const info = clientInfo(server, era, ctx);
  const { _meta: meta } = ctx.mcpReq;
  const progressToken = meta?.progressToken;
  const wished = cancellation(era, ctx);
  return {
    client: info === undefined ? "unknown" : `${clean(info.name, 60)}/${clean(info.version, 20)}`,
    subject: signedInBy(ctx.http?.authInfo),
    signal: ctx.mcpReq.signal,
    cancelled: wished,
    ...(progressToken === undefined
      ? {}
      : {
          onProgress: ({ done, total, message }) => {
            const params = { progressToken, progress: done, total, message: clean(message, 200) };
            // If the client is gone, no one reads the progress, and the run continues.
            ctx.mcpReq.notify({ method: "notifications/progress", params }).catch(() => undefined);
          },
        }),
  };
}

/**
 * Whether the client wanted the abort:
 * - A connection that ends aborts with an error of the SDK.
 * - A client that cancels aborts with its own reason, or with none.
 * - Over Streamable HTTP, a client of the 2026 era cancels by closing the stream of the response (MCP 2026-07-28,
 *   cancellation). This is read at the moment of the abort, because a server that stops closes streams too.
 */
function cancellation(era: Era, ctx: ServerContext): () => boolean {
  const { signal } = ctx.mcpReq;
  let wished = false;
  const readReason = () => {
    wished =
      !(signal.reason instanceof SdkError) || (era === "modern" && ctx.http?.req?.signal.aborted === true);
  };
  if (signal.aborted) readReason();
  else signal.addEventListener("abort", readReason, { once: true });
  return () => wished;
}

/**
 * Whether the client says that it can show a form. The capability without a mode means forms (MCP 2025-11-25, elicitation
 * capabilities). This is read first, because a question to a client that cannot ask is a protocol error.
 */
export function canAsk(server: Server, era: Era, ctx: ServerContext): boolean {
  const elicitation = capabilities(server, era, ctx)?.elicitation;
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}

// Since 2026-07-28 each request names its client; before that, the handshake does.
function clientInfo(server: Server, era: Era, ctx: ServerContext): Implementation | undefined {
  return era === "modern" ? envelope(ctx)[CLIENT_INFO_META_KEY] : server.getClientVersion();
}

function capabilities(server: Server, era: Era, ctx: ServerContext): ClientCapabilities | undefined {
  return era === "modern" ? envelope(ctx)[CLIENT_CAPABILITIES_META_KEY] : server.getClientCapabilities();
}

// The SDK has checked the shape of the envelope; its type does not name the keys.
function envelope(ctx: ServerContext): Envelope {
  return ctx.mcpReq.envelope ?? {};
}

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}
