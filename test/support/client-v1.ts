import type { Readable } from "node:stream";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Transport as ServerTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { ClientOptions, Endpoint, Question, RawResult, TestClient } from "./client.ts";
import { toolReply } from "./client.ts";
import { HTTP_TOKEN } from "./http-process.ts";
import { collect, spawnParameters } from "./spawned.ts";

/** A client of the 1.x SDK, which most deployed hosts speak; it declares elicitation without a mode, as they do. */
export async function connectV1(endpoint: Endpoint, options: ClientOptions): Promise<TestClient> {
  const { elicit } = options;
  const client = new Client(
    { name: options.name ?? "test-v1", version: "1.0.0" },
    { capabilities: elicit ? { elicitation: {} } : {} },
  );
  if (elicit) {
    client.setRequestHandler(ElicitRequestSchema, async (request) => {
      const reply = await elicit(request.params as unknown as Question);
      return { ...reply };
    });
  }
  const { transport, stderr, pid } = transportTo(endpoint);
  await client.connect(transport);
  return {
    instructions: client.getInstructions(),
    async listTools() {
      return (await client.listTools()).tools;
    },
    async call(name, args = {}, { onProgress, signal } = {}) {
      const result = await client.callTool({ name, arguments: args }, undefined, {
        ...(onProgress && { onprogress: onProgress }),
        ...(signal && { signal }),
      });
      return toolReply(result as RawResult);
    },
    get pid() {
      return pid();
    },
    stderr,
    close: () => client.close(),
  };
}

function transportTo(endpoint: Endpoint): {
  readonly transport: Transport;
  readonly stderr: () => string;
  readonly pid: () => number | null;
} {
  if (endpoint.kind === "url") {
    // The SDK's own class does not fit its own interface under exactOptionalPropertyTypes.
    const transport = new StreamableHTTPClientTransport(new URL(endpoint.url), {
      requestInit: { headers: { authorization: `Bearer ${endpoint.token ?? HTTP_TOKEN}` } },
    }) as unknown as Transport;
    return { transport, stderr: () => "", pid: () => null };
  }
  if (endpoint.kind === "memory") {
    const [transport, other] = InMemoryTransport.createLinkedPair();
    serveStdio(endpoint.factory, { transport: other as unknown as ServerTransport });
    return { transport, stderr: () => "", pid: () => null };
  }
  const transport = new StdioClientTransport(spawnParameters(endpoint));
  return { transport, stderr: collect(transport.stderr as Readable | null), pid: () => transport.pid };
}
