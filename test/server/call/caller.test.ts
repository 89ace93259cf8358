import { SdkError, SdkErrorCode, type Server, type ServerContext } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import type { Era } from "../../../src/server/peer.ts";
import { callerOf } from "../../../src/server/call/caller.ts";

/** The caller of a call that is aborted with a reason; over HTTP, `closed` if the client has closed the stream. */
function aborted(
  reason: unknown,
  { era = "legacy", closed = false, early = false }: { era?: Era; closed?: boolean; early?: boolean } = {},
) {
  const call = new AbortController();
  const stream = new AbortController();
  if (closed) stream.abort();
  const server = { getClientVersion: () => ({ name: "c", version: "1" }) } as unknown as Server;
  const ctx = {
    mcpReq: { signal: call.signal, notify: () => Promise.resolve() },
    ...(era === "modern" && { http: { req: { signal: stream.signal } } }),
  } as unknown as ServerContext;
  if (early) call.abort(reason);
  const caller = callerOf(server, era, ctx);
  if (!early) {
    expect([caller.cancelled?.(), caller.stopsRun?.aborted]).toEqual([false, false]);
    call.abort(reason);
  }
  return { wish: caller.cancelled?.(), stops: caller.stopsRun?.aborted, call: caller.signal?.aborted };
}

const SDK = new SdkError(SdkErrorCode.ConnectionClosed, "Connection closed");

describe("a call that is aborted", () => {
  it.each([
    "Request timed out",
    "McpError: MCP error -32001: Request timed out",
    "timeout",
    "Timeout of 60000 ms exceeded",
    "client time-out",
    "The operation timed out after 60s",
    "deadline exceeded",
    new Error("TimeoutError: The operation was aborted due to timeout"),
  ])("because the client waited no longer (%s) stops no run", (reason) => {
    for (const early of [true, false])
      expect(aborted(reason, { early })).toEqual({ wish: false, stops: false, call: true });
  });

  it.each([undefined, null, "", "User cancelled", "AbortError: This operation was aborted", "stop", 7, {}])(
    "by a client that cancels (%s) is a wish, and stops the run",
    (reason) => {
      for (const early of [true, false])
        expect(aborted(reason, { early })).toEqual({ wish: true, stops: true, call: true });
    },
  );

  it("because the connection ends or the server stops is no wish, and stops the run to be taken up", () => {
    expect(aborted(SDK)).toEqual({ wish: false, stops: true, call: true });
    expect(aborted(SDK, { era: "modern" })).toEqual({ wish: false, stops: true, call: true });
  });

  it.each([SDK, undefined, "closed"])(
    "because the stream of its response is closed (%s) stops no run",
    (reason) => {
      expect(aborted(reason, { era: "modern", closed: true })).toEqual({
        wish: false,
        stops: false,
        call: true,
      });
    },
  );
});
