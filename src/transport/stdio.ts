import type { McpServerFactory } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Log } from "../domain/runtime.ts";

/**
 * Serves MCP over the standard input and output of the process, in the era that the client opens. Resolves when the input
 * ends; by then the calls that were under way are aborted.
 */
export function runStdio(factory: McpServerFactory, deps: { readonly log: Log }): Promise<void> {
  return new Promise((resolve) => {
    const transport = new StdioServerTransport();
    serveStdio(factory, {
      transport,
      onerror: (error) => deps.log("warn", { err: error }, "MCP message refused"),
    });
    // serveStdio has set its own listener, which is called first.
    const { onclose } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- not an event target: the SDK has one listener a property
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
  });
}
