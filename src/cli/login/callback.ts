import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../../domain/error.ts";

export interface Callback<Answer> {
  /** The callback URL: the browser comes back to it after the decision at Trello. */
  readonly url: string;
  /** Resolves with the first answer of the browser. Later answers are refused. */
  readonly answer: Promise<Answer>;
  close(): Promise<void>;
}

export interface CallbackPlace {
  /** The host name or address of this machine that the browser uses. */
  readonly host: string;
  /** The port at which this machine listens; 0 means any free port. */
  readonly port: number;
  readonly path: string;
}

/**
 * Waits on this machine for the browser, which brings the answer to the login (RFC 8252 section 7.3). `read` returns
 * the answer that a URL contains, or null if the URL belongs to another login. Only the first answer counts.
 */
export async function listenForBrowser<Answer>(
  { host, port, path }: CallbackPlace,
  read: (url: URL) => Answer | null,
): Promise<Callback<Answer>> {
  let settle: ((answer: Answer) => void) | null = null;
  const answer = new Promise<Answer>((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${host}`);
    // A malicious web page can use another host name that points to this machine. Such requests are refused.
    if (request.headers.host !== authority())
      return say(
        response,
        403,
        `This page was opened under another host name. Open it at http://${authority()}.`,
      );
    if (request.method !== "GET" || url.pathname !== path)
      return say(response, 404, "There is no page at this address.");
    if (!settle) return say(response, 410, "This login was answered already.");
    const found = read(url);
    if (found === null)
      return say(
        response,
        400,
        "This page belongs to another login. Go back to the terminal, and open the address that the newest login shows.",
      );
    settle(found);
    settle = null;
    say(response, 200, "Trello has answered. Close this page and go back to the terminal.");
  });
  const authority = () => `${host}:${(server.address() as AddressInfo | null)?.port ?? 0}`;
  await listen(server, host, port);
  return {
    url: `http://${authority()}${path}`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // The answer page was sent, but the browser keeps its connections open. They are closed here, because this
        // command could not end otherwise.
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 200).unref();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new AppError(
          "CONFIG_INVALID",
          `Cannot listen on port ${port} of ${host} (${cause.code ?? "error"}).`,
          {
            next: "Choose another port with --port, and add the new address at Trello: to the allowed origins of the API key, or to the callback addresses of the OAuth 2.0 app. For a sign-in by OAuth 2.0 you can use --paste instead, and paste the address that the browser shows.",
            cause,
          },
        ),
      ),
    );
    server.listen(port, host, resolve);
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
