import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { OAuthFlow, TokenPair, TokenRequest } from "../../gateway/trello/login.ts";

const PATIENCE_MS = 10 * 60_000;
const AGAIN = "Run the `login` command again";

export interface LoginDeps {
  readonly flow: Pick<OAuthFlow, "requestToken" | "authorizeUrl" | "accessToken">;
  /** The port on the loopback address; 0: any free port. */
  readonly port: number;
  /** Cannot be guessed, and is new for each login. */
  readonly state: string;
  readonly clock: Pick<Clock, "sleep">;
  /** Aborted if the person stops the login. */
  readonly stop: AbortSignal;
  /** Shows the person the address to decide at, and the address that the browser comes back to. */
  readonly show: (authorizeUrl: URL, callbackUrl: string) => void;
}

/**
 * Lets a person decide at Trello and fetches the token.
 * - CONFIRMATION_DECLINED: the person refused, or stopped the login.
 * - CONFIRMATION_EXPIRED: there was no decision within ten minutes.
 * - UNAUTHENTICATED: Trello does not accept what the browser brought back.
 */
export async function obtainToken(deps: LoginDeps, wanted: TokenRequest): Promise<TokenPair> {
  const { flow, port, state, show } = deps;
  const callback = await openCallback(port, state);
  try {
    const request = await flow.requestToken(callback.url);
    show(flow.authorizeUrl(request, wanted), callback.url);
    const { token, verifier } = await inTime(callback.answer, deps);
    // The address of the callback proves that the answer belongs to this login. A refusal has no verifier.
    if (verifier === null) {
      throw new AppError("CONFIRMATION_DECLINED", "Access was denied at Trello, so there is no token.", {
        next: `${AGAIN} and press Allow, or ask for fewer scopes.`,
      });
    }
    if (token !== request.token) {
      throw new AppError("UNAUTHENTICATED", "The browser came back with the answer to another login.", {
        next: `${AGAIN} and open the address that it prints, not an older one.`,
      });
    }
    return await flow.accessToken(request, verifier);
  } finally {
    await callback.close();
  }
}

async function inTime(
  answer: Promise<CallbackAnswer>,
  { clock, stop }: Pick<LoginDeps, "clock" | "stop">,
): Promise<CallbackAnswer> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, stop]);
  const late = clock.sleep(PATIENCE_MS, signal).then(
    () => "late" as const,
    () => "stopped" as const,
  );
  try {
    const first = await Promise.race([answer, late]);
    if (first === "late") {
      throw new AppError("CONFIRMATION_EXPIRED", "There was no decision at Trello within ten minutes.", {
        next: `${AGAIN}. If Trello said "Invalid return_url", first allow the origin of the callback.`,
      });
    }
    if (first === "stopped") {
      throw new AppError("CONFIRMATION_DECLINED", "The login was stopped.", { next: `${AGAIN}.` });
    }
    return first;
  } finally {
    done.abort();
  }
}

/** What the browser brought back; null for a value that is missing. */
export interface CallbackAnswer {
  readonly token: string | null;
  readonly verifier: string | null;
}

export interface Callback {
  /** The address that the browser must come back to. It is secret. */
  readonly url: string;
  /** The only answer. */
  readonly answer: Promise<CallbackAnswer>;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/**
 * Listens on the loopback address for the browser (RFC 8252 section 7.3); `port` 0 is any free port. `state` cannot be guessed
 * and is part of the path, so only the browser that comes from Trello can answer, and only once.
 */
export async function openCallback(port: number, state: string): Promise<Callback> {
  const path = `/callback/${state}`;
  let settle: ((answer: CallbackAnswer) => void) | null = null;
  const answer = new Promise<CallbackAnswer>((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${HOST}`);
    // A hostile web page can use another host name that resolves to this machine.
    if (request.headers.host !== authority())
      return say(
        response,
        403,
        `This page was opened under another host name. Open it at http://${authority()}.`,
      );
    if (request.method !== "GET" || url.pathname !== path)
      return say(response, 404, "There is no page at this address.");
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
        // The page is answered. Connections that a browser keeps open must not keep the command alive.
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
          `Cannot listen on port ${port} of ${HOST} (${cause.code ?? "error"}).`,
          {
            next: "Give another port with --port, and allow it at Trello.",
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
