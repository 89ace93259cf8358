import type { Readable, Writable } from "node:stream";
import { INVALID_REQUEST, type McpServerFactory, Server } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Log } from "../domain/runtime.ts";
import { readFrame } from "./frames.ts";
import { messageLines } from "./lines.ts";
import type { FollowableFactory } from "./subscriptions.ts";

interface StdioDeps {
  readonly log: Log;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
}

/**
 * Serves MCP over standard input and output, in the protocol version of the client. When the input ends, this function
 * aborts the unfinished calls and resolves.
 */
export function runStdio(
  factory: FollowableFactory,
  { log, stdin = process.stdin, stdout = process.stdout }: StdioDeps,
): Promise<void> {
  return new Promise((resolve) => {
    const refuse = (id: string | number, message: string) => {
      const error = { code: INVALID_REQUEST, message };
      transport.send({ jsonrpc: "2.0", id, error }).catch(() => undefined);
    };
    const dropped = (why: string) => log("warn", {}, `MCP message refused: ${why}`);
    const input = stdin.pipe(messageLines(refuse, dropped));
    // `pipe` passes on the normal end of a stream. It does not pass on that a stream was destroyed, so this listener
    // does.
    stdin.once("close", () => input.end());
    const transport = new StdioServerTransport(input, stdout);
    let server: Server | null = null;
    let unfollow: (() => void) | null = null;
    // Every change of a resource is given to the SDK. The SDK sends the client only the changes that the client asked
    // for in `subscriptions/listen`.
    const follow = () =>
      factory.follow?.(undefined, (change) => {
        const sent =
          change.kind === "resource_updated"
            ? server?.sendResourceUpdated({ uri: change.uri })
            : server?.sendResourceListChanged();
        sent?.catch(() => {});
      }) ?? null;
    const remembering: McpServerFactory = async (context) => {
      const made = await factory(context);
      if (context.era === "modern" && made instanceof Server) server = made;
      return made;
    };
    serveStdio(remembering, {
      transport,
      onerror: (error) => log("warn", { err: error }, "MCP message refused"),
    });
    // serveStdio has already set listeners on the transport. The new listeners replace them, and call them too.
    const { onclose, onmessage } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- no event target: one listener a property
    transport.onmessage = (message) => {
      if ("method" in message && message.method === "subscriptions/listen") unfollow ??= follow();
      onmessage?.(readFrame(message) as typeof message);
    };
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- as above
    transport.onclose = () => {
      unfollow?.();
      onclose?.();
      stdin.unpipe(input);
      stdin.pause();
      resolve();
    };
  });
}
