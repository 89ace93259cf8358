import type { ServerResponse } from "node:http";

/**
 * Streams that clients opened with GET. This server sends only comments on them, which keep the connection open. Every
 * question is sent on the stream of its call instead.
 */
export interface Streams {
  /**
   * Opens the stream of a session. It replaces the session's earlier stream, because that stream may be broken without
   * this server knowing it.
   */
  open(session: string, sessionId: string, response: ServerResponse): Promise<void>;
  /** Ends the stream of a session, if this process has one. */
  end(session: string): void;
  close(): void;
}

/** How often (ms) a comment is sent on an open stream. Proxies close a stream without data after a minute or two. */
const COMMENT_MS = 15_000;

export interface StreamsOptions {
  /** How often (ms) `hold` is called while streams are open, so that their sessions do not expire. */
  readonly holdEveryMs: number;
  /** Tells the store that the given sessions are in use. Returns the sessions that still exist. */
  hold(sessions: readonly string[]): Promise<ReadonlySet<string>>;
  /** Called when the stream of a session has ended, for any reason. */
  ended(session: string): void;
  /** Runs work in the background. An error is logged. */
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
      beginStream(response, sessionId);
    },
    end,
    close() {
      for (const response of open.values()) response.end();
    },
  };
}

/** Starts a stream with a comment and repeats the comment regularly, so that proxies keep the stream open. */
export function beginStream(response: ServerResponse, sessionId: string): void {
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, no-transform",
    "Mcp-Session-Id": sessionId,
  });
  // Proxies pass on the headers only when the first bytes of the body arrive.
  response.write(": open\n\n");
  const comments = setInterval(() => response.write(": keepalive\n\n"), COMMENT_MS);
  comments.unref();
  response.once("close", () => clearInterval(comments));
}
