import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../../domain/error.ts";

/** What the browser brought back; null for what it did not. */
export interface CallbackAnswer {
  readonly token: string | null;
  readonly verifier: string | null;
}

export interface Callback {
  /** Where the browser has to be sent back to; nobody else knows it. */
  readonly url: string;
  /** The one answer. */
  readonly answer: Promise<CallbackAnswer>;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/**
 * Listens on the loopback address for the browser's return (RFC 8252 section 7.3); `port` 0 is any free one. `state` is
 * unguessable and part of the path, so that only the browser that Trello sent back can answer, and only once.
 */
export async function openCallback(port: number, state: string): Promise<Callback> {
  const path = `/callback/${state}`;
  let settle: ((answer: CallbackAnswer) => void) | null = null;
  const answer = new Promise<CallbackAnswer>((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${HOST}`);
    // A name that resolves to this machine is somebody's attempt to come in by a web page.
    if (request.headers.host !== authority()) return say(response, 403, "That is not this server's address.");
    if (request.method !== "GET" || url.pathname !== path)
      return say(response, 404, "There is nothing here.");
    if (!settle) return say(response, 410, "This login was answered already.");
    settle({
      token: url.searchParams.get("oauth_token"),
      verifier: url.searchParams.get("oauth_verifier"),
    });
    settle = null;
    say(response, 200, "Trello has answered. Close this page and go back to the terminal.");
  });
  const authority = () => `${HOST}:${(server.address() as AddressInfo | null)?.port ?? 0}`;
  await listen(server, port);
  return {
    url: `http://${authority()}${path}`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // The page has been answered; what a browser keeps open would keep the command from ending.
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 200).unref();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new AppError(
          "CONFIG_INVALID",
          `Port ${port} of ${HOST} cannot be listened on (${cause.code ?? "error"}).`,
          {
            next: "Give another one by --port, and allow it at Trello.",
            cause,
          },
        ),
      ),
    );
    server.listen(port, HOST, resolve);
  });
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    connection: "close",
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>trello-identity-mcp</title><p>${text}</p>\n`);
}
