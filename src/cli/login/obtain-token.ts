import { AppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { OAuthFlow, TokenPair, Wish } from "../../gateway/trello/login.ts";
import { type CallbackAnswer, openCallback } from "./callback.ts";

const PATIENCE_MS = 10 * 60_000;
const AGAIN = "Run `trello-identity-mcp login` again";

export interface LoginDeps {
  readonly flow: Pick<OAuthFlow, "requestToken" | "authorizeUrl" | "accessToken">;
  /** Of the loopback address; 0: any free one. */
  readonly port: number;
  /** Unguessable, new for each login. */
  readonly state: string;
  readonly clock: Pick<Clock, "sleep">;
  /** The person breaks off. */
  readonly stop: AbortSignal;
  /** Shows the person where to decide, and where the browser comes back to. */
  readonly show: (authorizeUrl: URL, callbackUrl: string) => void;
}

/**
 * Lets a person decide at Trello and fetches the token. CONFIRMATION_DECLINED where they refused or broke off,
 * CONFIRMATION_EXPIRED after ten minutes, UNAUTHENTICATED where Trello does not accept what came back.
 */
export async function obtainToken(deps: LoginDeps, wish: Wish): Promise<TokenPair> {
  const { flow, port, state, show } = deps;
  const callback = await openCallback(port, state);
  try {
    const request = await flow.requestToken(callback.url);
    show(flow.authorizeUrl(request, wish), callback.url);
    const { token, verifier } = await inTime(callback.answer, deps);
    // The address of the callback proves that the answer belongs to this login; a refusal brings no verifier.
    if (verifier === null) {
      throw new AppError("CONFIRMATION_DECLINED", "Access was denied at Trello, so there is no token.", {
        next: `${AGAIN} and press Allow, or ask for fewer scopes.`,
      });
    }
    if (token !== request.token) {
      throw new AppError("UNAUTHENTICATED", "The browser came back with another login's answer.", {
        next: `${AGAIN} and open the address that it prints, no older one.`,
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
      throw new AppError("CONFIRMATION_EXPIRED", "Nobody decided at Trello within ten minutes.", {
        next: `${AGAIN}. Where Trello said "Invalid return_url", allow the callback's origin first.`,
      });
    }
    if (first === "stopped") {
      throw new AppError("CONFIRMATION_DECLINED", "The login was broken off.", { next: `${AGAIN}.` });
    }
    return first;
  } finally {
    done.abort();
  }
}
