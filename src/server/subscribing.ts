import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import { clean } from "../domain/text.ts";
import type { ResourceChange } from "./changes.ts";

/** The most resources to which one connection can subscribe. */
const MOST = 1_000;

/**
 * Answers `resources/subscribe` and `resources/unsubscribe` of a client with a protocol version before 2026-07-28. It
 * is used only if one MCP server object answers all requests of the connection. The server looks for changes only while
 * the client is subscribed to a resource.
 */
export function answerSubscriptions(
  server: Server,
  follow: (tell: (change: ResourceChange) => void) => () => void,
): void {
  const wanted = new Set<string>();
  let stop: (() => void) | null = null;

  function end(): void {
    stop?.();
    stop = null;
  }

  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    if (!uri.startsWith("trello-identity://"))
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no resource ${clean(uri, 200)}.`);
    if (wanted.size >= MOST && !wanted.has(uri))
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `A connection can subscribe to ${MOST} resources. Unsubscribe from some first.`,
      );
    wanted.add(uri);
    stop ??= follow((change) => {
      if (change.kind === "resource_updated" && wanted.has(change.uri))
        server.sendResourceUpdated({ uri: change.uri }).catch(() => {});
    });
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    wanted.delete(uri);
    if (wanted.size === 0) end();
    return {};
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's property takes one listener
  server.onclose = end;
}
