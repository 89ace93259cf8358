import { type McpServerFactory, Server } from "@modelcontextprotocol/server";
import { callerOf } from "./caller.ts";
import { createCallTool } from "./call.ts";
import type { ServerDeps } from "./deps.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { toolListing } from "./listing.ts";
import { refusing } from "./refusing.ts";
import { createResources } from "./resources.ts";
import { createQuestionStates } from "./state.ts";

// What clients may keep: the list changes only when the server is restarted.
const CACHE = { ttlMs: 300_000, cacheScope: "public" } as const;

/**
 * Makes the MCP server of a connection or request, in either protocol era. What all of them share is computed here, once:
 * the tool list, and the key that signs questions.
 */
export function createServerFactory(deps: ServerDeps): McpServerFactory {
  const tools = toolListing(deps.tools, deps.weakest);
  const states = createQuestionStates();
  const callTool = createCallTool(deps, states);
  const resources = createResources(deps);
  return ({ era }) => {
    // The low-level server: McpServer would convert every schema again for each HTTP request.
    const server = new Server(
      { name: "trello-identity-mcp", title: "Trello Identity", version: deps.version },
      {
        capabilities: { tools: {}, resources: {} },
        instructions: INSTRUCTIONS,
        cacheHints: { "tools/list": CACHE, "resources/templates/list": CACHE, "server/discover": CACHE },
        requestState: { verify: (state, ctx) => states.verify(state, ctx) },
      },
    );
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- not an event target: the SDK has one listener a property
    server.onerror = (error) => deps.log("warn", { err: error }, "MCP message refused");
    server.setRequestHandler("tools/list", () => ({ tools }));
    server.setRequestHandler("tools/call", (request, ctx) => callTool({ server, era }, request.params, ctx));
    server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: resources.templates }));
    server.setRequestHandler("resources/list", ({ params }, ctx) =>
      refusing(deps.log, () => resources.list(callerOf(server, era, ctx), params?.cursor)),
    );
    server.setRequestHandler("resources/read", ({ params }, ctx) =>
      refusing(deps.log, () => resources.read(callerOf(server, era, ctx), params.uri)),
    );
    return server;
  };
}
