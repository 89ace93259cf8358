import type { ServerResponse } from "node:http";

/** Streams that clients opened by GET. This server sends only signs of life on them: every question belongs to a call. */
export interface Streams {
  /** Opens the stream of a session. It replaces an earlier one, whose end the server may not have seen. */
  open(session: string, sessionId: string, response: ServerResponse): Promise<void>;
  /** Ends the stream of a session, if it has one here. */
  end(session: string): void;
  close(): void;
}

/** Proxies end silent streams after a minute or two. */
const COMMENT_MS = 15_000;

export interface StreamsOptions {
  /** How often (ms) `hold` is called while streams are open. */
  readonly holdEveryMs: number;
  /** Keeps the sessions of open streams. Returns those that are still there. */
  hold(sessions: readonly string[]): Promise<ReadonlySet<string>>;
  /** Called when the stream of a session has ended. */
  ended(session: string): void;
  /** Runs work in the background. A failure is logged. */
  background(work: () => Promise<void>): void;
}

export function createStreams({ holdEveryMs, hold, ended, background }: StreamsOptions): Streams {
  const open = new Map<string, ServerResponse>();
  let timer: NodeJS.Timeout | undefined;

  async function holdAll(): Promise<void> {
    const sessions = [...open.keys()];
    const there = await hold(sessions);
    for (const session of sessions) if (!there.has(session)) end(session);
  }

  function end(session: string): void {
    open.get(session)?.end();
  }

  return {
    async open(session, sessionId, response) {
      const before = open.get(session);
      open.set(session, response);
      before?.end();
      response.once("close", () => {
        if (open.get(session) !== response) return;
        open.delete(session);
        ended(session);
        if (open.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
      timer ??= setInterval(() => background(holdAll), holdEveryMs).unref();
      await hold([session]);
      response.writeHead(200, {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-cache, no-transform",
        "Mcp-Session-Id": sessionId,
      });
      // Proxies hold the head back until the first bytes of the body.
      response.write(": open\n\n");
      const comments = setInterval(() => response.write(": keepalive\n\n"), COMMENT_MS);
      comments.unref();
      response.once("close", () => clearInterval(comments));
    },
    end,
    close() {
      for (const response of open.values()) response.end();
    },
  };
}
