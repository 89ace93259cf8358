// What the client says about itself. This file loads no other part of the program, because `tools/list` needs it at
// once.
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";

/** The protocol before 2026-07-28, or since. */
export type Era = "legacy" | "modern";

// The client's name. Since version 2026-07-28 of MCP, each request contains it. In older versions of MCP, only the
// handshake contains it.
export function clientInfo(server: Server, era: Era, ctx: ServerContext): Implementation | undefined {
  return era === "modern" ? envelope(ctx)[CLIENT_INFO_META_KEY] : server.getClientVersion();
}

export function capabilities(server: Server, era: Era, ctx: ServerContext): ClientCapabilities | undefined {
  return era === "modern" ? envelope(ctx)[CLIENT_CAPABILITIES_META_KEY] : server.getClientCapabilities();
}

// The SDK has already checked what the client says about itself, but the SDK's type does not contain it.
function envelope(ctx: ServerContext): Envelope {
  return ctx.mcpReq.envelope ?? {};
}

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}
