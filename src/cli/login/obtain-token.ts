import { AppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { OAuthFlow, TokenPair, TokenRequest } from "../../gateway/trello/login.ts";
import { type Callback, listenForBrowser } from "./callback.ts";

const PATIENCE_MS = 10 * 60_000;
const AGAIN = "Run the `login` command again";

export interface LoginDeps {
  readonly flow: Pick<OAuthFlow, "requestToken" | "authorizeUrl" | "accessToken">;
  /** The port on this machine at which the browser's answer is received; 0 means any free port. */
  readonly port: number;
  /** A random text, new for each login, which the answer must contain. */
  readonly state: string;
  readonly clock: Pick<Clock, "sleep">;
  /** Aborted if the user stops the login. */
  readonly stop: AbortSignal;
  /** Shows the user two URLs: the one to open, and the one to which the browser comes back. */
  readonly show: (authorizeUrl: URL, callbackUrl: string) => void;
}

/**
 * Lets the user allow the access at Trello, and fetches the token.
 * - CONFIRMATION_DECLINED: the user refused the access, or stopped the login.
 * - CONFIRMATION_EXPIRED: there was no decision within ten minutes.
 * - UNAUTHENTICATED: Trello does not accept the answer that the browser brought back.
 */
export async function obtainToken(deps: LoginDeps, wanted: TokenRequest): Promise<TokenPair> {
  const { flow, port, state, show } = deps;
  const callback = await openCallback(port, state);
  try {
    const request = await flow.requestToken(callback.url);
    show(flow.authorizeUrl(request, wanted), callback.url);
    const { token, verifier } = await inTime(
      callback.answer,
      deps,
      `${AGAIN}. If Trello said "Invalid return_url", first allow the origin of the callback.`,
    );
    // The answer came to this login's own callback URL, so it belongs to this login. If it contains no verifier (the
    // code that proves the permission), the user refused the access.
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

/**
 * Waits at most ten minutes for the answer. Throws CONFIRMATION_EXPIRED if no answer came; `next` is the error's text
 * about the next step. Throws CONFIRMATION_DECLINED if the user stops the login.
 */
export async function inTime<Answer>(
  answer: Promise<Answer>,
  { clock, stop }: Pick<LoginDeps, "clock" | "stop">,
  next: string,
): Promise<Answer> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, stop]);
  const late = clock.sleep(PATIENCE_MS, signal).then(
    () =>
      new AppError("CONFIRMATION_EXPIRED", "There was no decision at Trello within ten minutes.", { next }),
    () => new AppError("CONFIRMATION_DECLINED", "The login was stopped.", { next: `${AGAIN}.` }),
  );
  try {
    return await Promise.race([answer, late.then((error) => Promise.reject(error))]);
  } finally {
    done.abort();
  }
}

/** The values that the browser brought back in the callback URL. A missing value is null. */
export interface CallbackAnswer {
  readonly token: string | null;
  readonly verifier: string | null;
}

/**
 * Waits until the browser comes back. `state` is random and part of the path, so only the browser that Trello sends
 * back can answer.
 */
export function openCallback(port: number, state: string): Promise<Callback<CallbackAnswer>> {
  return listenForBrowser({ host: "127.0.0.1", port, path: `/callback/${state}` }, ({ searchParams }) => ({
    token: searchParams.get("oauth_token"),
    verifier: searchParams.get("oauth_verifier"),
  }));
}
