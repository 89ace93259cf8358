import { SdkError, type Server, type ServerContext } from "@modelcontextprotocol/server";
import type { Caller } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import { capabilities, clientInfo, type Era } from "../peer.ts";
import { signedInBy } from "./identity.ts";

/** Who sends a call, how to stop it, and where its progress goes. */
export function callerOf(server: Server, era: Era, ctx: ServerContext): Caller {
  const info = clientInfo(server, era, ctx);
  const { _meta: meta } = ctx.mcpReq;
  const progressToken = meta?.progressToken;
  const ending = endingOf(era, ctx);
  return {
    client: info === undefined ? "unknown" : `${clean(info.name, 60)}/${clean(info.version, 20)}`,
    subject: signedInBy(ctx.http?.authInfo),
    signal: ctx.mcpReq.signal,
    cancelled: () => ending.cause() === "wish",
    stopsRun: ending.stopsRun,
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

type Cause = "wish" | "impatience" | "end";

/** How a call ended before its answer, and the signal for the run that it started. */
interface Ending {
  /** null while the call has not been aborted. */
  cause(): Cause | null;
  /** Aborts, unless the client only stopped waiting. */
  readonly stopsRun: AbortSignal;
}

/** The reasons that clients give if their own time limit is over. In these cases no person wanted to cancel. */
const TIMED_OUT = /time[sd]?[ -]?out|deadline|-32001/i;

/**
 * Why a call was aborted:
 * - A client that cancels aborts with its own reason, or with none: a person wanted it. If the reason is a time limit,
 *   the client only stopped waiting.
 * - Over Streamable HTTP, a stream that the client closes only shows that the client stopped waiting.
 * - A connection that ends, or a server that stops, aborts with an error of the SDK.
 */
function endingOf(era: Era, ctx: ServerContext): Ending {
  const { signal } = ctx.mcpReq;
  const stop = new AbortController();
  let cause: Cause | null = null;
  const read = () => {
    if (era === "modern" && ctx.http?.req?.signal.aborted === true) cause = "impatience";
    else if (signal.reason instanceof SdkError) cause = "end";
    else cause = TIMED_OUT.test(String(signal.reason)) ? "impatience" : "wish";
    if (cause !== "impatience") stop.abort(signal.reason);
  };
  if (signal.aborted) read();
  else signal.addEventListener("abort", read, { once: true });
  return { cause: () => cause, stopsRun: stop.signal };
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
