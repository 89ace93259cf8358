import { SdkError, type Server, type ServerContext } from "@modelcontextprotocol/server";
import type { Caller } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import { capabilities, clientInfo, type Era } from "../peer.ts";
import { signedInBy } from "./identity.ts";

/** The caller of a tool: who it is, the signal that aborts the call, and the function that reports progress. */
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
            // If the connection of the client is closed, its progress cannot be sent. The run continues.
            ctx.mcpReq.notify({ method: "notifications/progress", params }).catch(() => undefined);
          },
        }),
  };
}

type Cause = "wish" | "impatience" | "end";

/** How a call ended before its answer was sent, and the signal that stops the run of this call. */
interface Ending {
  /** Why the call was aborted; null if the call was not aborted. */
  cause(): Cause | null;
  /**
   * This signal stops the run of the call. It is aborted if the caller cancels, or if the connection or the server
   * ends. It is not aborted if the client only stops waiting.
   */
  readonly stopsRun: AbortSignal;
}

/**
 * Words in a client's reason that mean "time limit". They show that the client stopped waiting, not that the user
 * cancelled.
 */
const TIMED_OUT = /time[sd]?[ -]?out|deadline|-32001/i;

/**
 * Says why a call was aborted:
 * - The client cancelled and its reason was a time limit: the client only stopped waiting.
 * - The client cancelled with another reason or with none: the user wants to stop.
 * - The client closed its stream over Streamable HTTP: the client only stopped waiting.
 * - The SDK aborted with its own error: the connection or the server ended.
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
 * Whether the client says that it can show a form to the user. If its capability names no mode, it can show forms (MCP
 * 2025-11-25). The server must check this before it asks, because asking a client without forms is a protocol error.
 */
export function canAsk(server: Server, era: Era, ctx: ServerContext): boolean {
  const elicitation = capabilities(server, era, ctx)?.elicitation;
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}
