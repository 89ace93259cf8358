import { onTestFinished } from "vitest";
import type { RawToolResult } from "../support/raw-modern.ts";
import { spawnStdio } from "../support/raw-stdio.ts";
import { MAIN } from "../support/product.ts";
import { HTTP_TOKEN, startHttpProcess } from "../support/http-process.ts";

const VERSION = "2026-07-28";

export interface RawReply {
  readonly error?: { readonly code: number; readonly message: string };
  readonly result?: RawToolResult & { readonly content?: readonly { readonly text?: string }[] };
}

/** Sends `tools/call` of the 2026 era as no honest client would; resolves with the whole JSON-RPC answer. */
export type RawCall = (
  params: Readonly<Record<string, unknown>> & { readonly name: string },
  capabilities?: Readonly<Record<string, unknown>>,
) => Promise<RawReply>;

const ELICITS = { elicitation: { form: {} } };

function requestOf(id: number, params: Readonly<Record<string, unknown>>, capabilities: object) {
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": { name: "raw", version: "0" },
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
  return { jsonrpc: "2.0", id, method: "tools/call", params: { ...params, _meta } };
}

/** The real program over bare stdio; it ends with the test. */
export function rawStdio(env: Readonly<Record<string, string>>): RawCall {
  const program = spawnStdio([MAIN, "stdio"], env);
  onTestFinished(async () => void (await program.end()));
  let id = 0;
  return async (params, capabilities = ELICITS) => {
    id += 1;
    const mine = id;
    program.send(requestOf(mine, params, capabilities));
    return await program.next((message) => message["id"] === mine);
  };
}

/** The real program over bare HTTP; it ends with the test. */
export async function rawHttp(env: Readonly<Record<string, string>>): Promise<RawCall> {
  const server = await startHttpProcess([MAIN, "http"], env);
  onTestFinished(async () => void (await server.stop()));
  let id = 0;
  return async (params, capabilities = ELICITS) => {
    id += 1;
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${HTTP_TOKEN}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": VERSION,
        "mcp-method": "tools/call",
        "mcp-name": params.name,
      },
      body: JSON.stringify(requestOf(id, params, capabilities)),
    });
    return answerIn(await response.text());
  };
}

/** The last message of a JSON body or of a stream of events. */
function answerIn(body: string): RawReply {
  const events = body.split("\n").filter((line) => line.startsWith("data: "));
  return JSON.parse(events.at(-1)?.slice("data: ".length) ?? body) as RawReply;
}
