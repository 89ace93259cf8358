import type { Readable, Writable } from "node:stream";
import { INVALID_REQUEST, type McpServerFactory } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Log } from "../domain/runtime.ts";
import { withoutByteOrderMark } from "./bom.ts";
import { isTooDeep, readFrame } from "./frames.ts";

interface StdioDeps {
  readonly log: Log;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
}

/**
 * Serves MCP over standard input and output, in the protocol era that the client chooses. Resolves when the input ends;
 * calls under way are aborted before that.
 */
export function runStdio(
  factory: McpServerFactory,
  { log, stdin = process.stdin, stdout = process.stdout }: StdioDeps,
): Promise<void> {
  return new Promise((resolve) => {
    const input = stdin.pipe(withoutByteOrderMark());
    // A pipe passes on the end of a stream, but not that a stream was destroyed.
    stdin.once("close", () => input.end());
    const transport = new StdioServerTransport(input, stdout);
    serveStdio(factory, {
      transport,
      onerror: (error) => log("warn", { err: error }, "MCP message refused"),
    });
    // serveStdio has set its own listeners, which are called first.
    const { onclose, onmessage } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- not an event target: the SDK has one listener a property
    transport.onmessage = (message) => {
      if (!isTooDeep(message)) return onmessage?.(readFrame(message) as typeof message);
      log("warn", {}, "MCP message refused: it is nested too deeply");
      if (!("id" in message && "method" in message)) return;
      const error = { code: INVALID_REQUEST, message: "The message is nested too deeply." };
      transport.send({ jsonrpc: "2.0", id: message.id, error }).catch(() => undefined);
    };
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- as above
    transport.onclose = () => {
      onclose?.();
      stdin.unpipe(input);
      stdin.pause();
      resolve();
    };
  });
}
