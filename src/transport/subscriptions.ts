import { AsyncLocalStorage } from "node:async_hooks";
import type { AuthInfo, McpServerFactory, ServerEventBus } from "@modelcontextprotocol/server";
import type { FrontFactory } from "../server/front.ts";

/** What answers messages. Only the real program can tell changes of resources. */
export type FollowableFactory = McpServerFactory & Partial<Pick<FrontFactory, "follow">>;

/** The source of changes for `subscriptions/listen` over HTTP. */
export interface Subscriptions {
  readonly bus: ServerEventBus;
  /** Runs the work of one request. Streams that it opens get the changes that its caller may see, and no others. */
  run<T>(auth: AuthInfo | undefined, work: () => T): T;
}

/**
 * The SDK has one source of changes for all its streams, and does not say whose stream asks. So the caller is kept
 * beside the request. After the caller's token has expired, nothing more is told.
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
