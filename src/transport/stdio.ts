import type { McpServerFactory } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Log } from "../domain/runtime.ts";

/**
 * Serves MCP over the process's standard input and output, in whichever era the client opens. Resolves when the input ends;
 * calls that are still under way are aborted by then.
 */
export function runStdio(factory: McpServerFactory, deps: { readonly log: Log }): Promise<void> {
  return new Promise((resolve) => {
    const transport = new StdioServerTransport();
    serveStdio(factory, {
      transport,
      onerror: (error) => deps.log("warn", { err: error }, "MCP message refused"),
    });
    // serveStdio has set its own listener by now; it stays in front.
    const { onclose } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- not an event target: the SDK has one listener a property
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
  });
}
