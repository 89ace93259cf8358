import type { Readable } from "node:stream";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { ClientOptions, Endpoint, Question, TestClient } from "./client.ts";
import { toolReply } from "./client.ts";
import { HTTP_TOKEN } from "./http-process.ts";
import { collect, spawnParameters } from "./spawned.ts";

/** A client of the current SDK, pinned to one protocol era. */
export async function connectV2(
  era: "modern" | "legacy",
  endpoint: Endpoint,
  options: ClientOptions,
): Promise<TestClient> {
  const { elicit } = options;
  const client = new Client(
    { name: options.name ?? `test-v2-${era}`, version: "1.0.0" },
    {
      capabilities: elicit ? { elicitation: { form: {} } } : {},
      versionNegotiation: { mode: era === "modern" ? { pin: "2026-07-28" } : "legacy" },
    },
  );
  if (elicit) {
    client.setRequestHandler("elicitation/create", async (request) => {
      const reply = await elicit(request.params as Question);
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
      const result = await client.callTool(
        { name, arguments: args },
        { ...(onProgress && { onprogress: onProgress }), ...(signal && { signal }) },
      );
      return toolReply(result);
    },
    get pid() {
      return pid();
    },
    stderr,
    close: () => client.close(),
  };
}

function transportTo(endpoint: Endpoint) {
  if (endpoint.kind === "url") {
    const transport = new StreamableHTTPClientTransport(new URL(endpoint.url), {
      requestInit: { headers: { authorization: `Bearer ${endpoint.token ?? HTTP_TOKEN}` } },
    });
    return { transport, stderr: () => "", pid: () => null };
  }
  if (endpoint.kind === "memory") {
    const [transport, other] = InMemoryTransport.createLinkedPair();
    serveStdio(endpoint.factory, { transport: other });
    return { transport, stderr: () => "", pid: () => null };
  }
  const transport = new StdioClientTransport(spawnParameters(endpoint));
  return { transport, stderr: collect(transport.stderr as Readable | null), pid: () => transport.pid };
}
