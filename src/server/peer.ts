// What the program on the other side says about itself. Nothing here loads the product, because `tools/list` needs it.
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

// Since 2026-07-28 each request names its client; before that, the handshake does.
export function clientInfo(server: Server, era: Era, ctx: ServerContext): Implementation | undefined {
  return era === "modern" ? envelope(ctx)[CLIENT_INFO_META_KEY] : server.getClientVersion();
}

export function capabilities(server: Server, era: Era, ctx: ServerContext): ClientCapabilities | undefined {
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
