import { AsyncLocalStorage } from "node:async_hooks";
import type { AuthInfo, McpServerFactory, ServerEventBus } from "@modelcontextprotocol/server";
import type { FrontFactory } from "../server/front.ts";

/**
 * Makes MCP servers. `follow` reports which resources change. Only the factory of the real program has `follow`; a test
 * may use a factory without it.
 */
export type FollowableFactory = McpServerFactory & Partial<Pick<FrontFactory, "follow">>;

/** Tells the SDK which resources have changed, for streams that clients open over HTTP with `subscriptions/listen`. */
export interface Subscriptions {
  readonly bus: ServerEventBus;
  /** Runs the work of one request. Streams that the request opens get only the changes that its caller may see. */
  run<T>(auth: AuthInfo | undefined, work: () => T): T;
}

/**
 * The SDK has one source of changes for all its streams, and does not say for whom a stream was opened. So this program
 * remembers the caller while it works on the request. After the caller's access token has expired, the caller gets no
 * more changes.
 */
export function createSubscriptions({ follow }: FollowableFactory, now: () => number): Subscriptions {
  const callers = new AsyncLocalStorage<{ readonly auth: AuthInfo | undefined }>();
  return {
    bus: {
      publish() {},
      subscribe(listener) {
        const { auth } = callers.getStore() ?? {};
        const { expiresAt = 0 } = auth ?? {};
        const isOver = () => expiresAt > 0 && expiresAt * 1_000 <= now();
        return (
          follow?.(auth, (change) => {
            if (!isOver()) listener(change);
          }) ?? (() => {})
        );
      },
    },
    run: (auth, work) => callers.run({ auth }, work),
  };
}
