import type { ServerResponse } from "node:http";

/** Requests that are being answered, so that a server that stops loses no answer. */
export interface Underway {
  /** Counts a request until its answer has ended. */
  add(response: ServerResponse): void;
  /** Resolves when nothing is under way, or after `ms`. */
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
