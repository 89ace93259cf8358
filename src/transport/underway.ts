import type { ServerResponse } from "node:http";

/**
 * Counts the requests that have no complete answer yet. A server that stops waits for them, so that no answer is lost.
 */
export interface Underway {
  /** Counts a request until its answer has been sent. */
  add(response: ServerResponse): void;
  /** Resolves when all requests are answered, or after `ms`. */
  settled(ms: number): Promise<void>;
  /** Ends every answer. */
  end(): void;
}

export function createUnderway(): Underway {
  const open = new Set<ServerResponse>();
  let onEmpty: (() => void) | null = null;
  return {
    add(response) {
      open.add(response);
      response.once("close", () => {
        open.delete(response);
        if (open.size === 0) onEmpty?.();
      });
    },
    async settled(ms) {
      if (open.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        onEmpty = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
    },
    end() {
      for (const response of open) response.end();
    },
  };
}
