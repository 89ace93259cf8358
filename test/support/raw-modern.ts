import { InMemoryTransport, type JSONRPCMessage, type McpServerFactory } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

/** A 2026-era peer without an SDK: it can send what no honest client would. */
export interface RawPeer {
  /** Sends `tools/call` and resolves with the whole JSON-RPC answer. */
  callTool(params: Readonly<Record<string, unknown>>): Promise<RawAnswer>;
  close(): Promise<void>;
}

export interface RawAnswer {
  readonly error?: { readonly code: number; readonly message: string };
  readonly result?: RawToolResult;
}

export interface RawToolResult {
  readonly resultType?: string;
  readonly isError?: boolean;
  readonly requestState?: string;
  readonly inputRequests?: Readonly<Record<string, unknown>>;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

/** Connects a raw peer that declares the given capabilities with every request. */
export async function connectRaw(
  factory: McpServerFactory,
  capabilities: Readonly<Record<string, unknown>>,
  name = "raw",
): Promise<RawPeer> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(factory, { transport: far });
  const waiting = new Map<number, (answer: RawAnswer) => void>();
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- not an event target: the SDK has one listener a property
  near.onmessage = (message) => {
    if ("id" in message && typeof message.id === "number") waiting.get(message.id)?.(message as RawAnswer);
  };
  await near.start();
  let id = 0;
  return {
    callTool(params) {
      id += 1;
      const request = {
        jsonrpc: "2.0",
        id,
        method: "tools/call",
        params: {
          ...params,
          _meta: {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { name, version: "0" },
            "io.modelcontextprotocol/clientCapabilities": capabilities,
          },
        },
      };
      return new Promise((resolve, reject) => {
        waiting.set(id, resolve);
        near.send(request as JSONRPCMessage).catch(reject);
      });
    },
    close: () => handle.close(),
  };
}
