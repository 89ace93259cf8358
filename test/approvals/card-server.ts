import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createServerFactory } from "../../src/server/server.ts";
import { catalog } from "../../src/tools/catalog.ts";
import type { StackOptions } from "../support/stack.ts";
import { type DeskHarness, startDesk } from "./desk-harness.ts";

const APPS = {
  extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } },
};

/** The whole product behind a client that renders MCP Apps, with the page of one machine. */
export async function startCardServer(
  options: StackOptions = {},
): Promise<{ readonly desk: DeskHarness; readonly client: Client; close(): Promise<void> }> {
  const desk = await startDesk(options);
  const factory = createServerFactory({
    engine: desk.stack.engine,
    tools: catalog,
    weakest: "client",
    approvals: {
      present: desk.desk.present,
      start: desk.desk.start,
      command: ({ id }) => `trello-identity-mcp approvals approve ${id}`,
    },
    patience: { decisionMs: 200, runMs: 20_000 },
    budgets: async () => [],
    version: "0.0.0",
    log: () => {},
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  serveStdio(factory, { transport: far });
  const client = new Client({ name: "host", version: "1.0.0" }, { capabilities: APPS });
  await client.connect(near);
  return {
    desk,
    client,
    async close() {
      await client.close();
      await desk.close();
    },
  };
}
