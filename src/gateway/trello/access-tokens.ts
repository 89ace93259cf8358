import { AppError } from "../../domain/error.ts";
import type { Grant, Grants, GrantTokens, Renewal } from "../../domain/grant.ts";
import type { Clock, Log } from "../../domain/runtime.ts";
import type { Http } from "../http/client.ts";
import { askForTokens, type OAuth2Client } from "./oauth2.ts";

/** The access tokens of a sign-in by OAuth 2.0, shared by all processes with the same store. */
export interface AccessTokens {
  /** The sign-in with a valid access token. UNAUTHENTICATED if a person must sign in again. */
  current(): Promise<Grant>;
  /**
   * Called after Trello refused an access token with 401. Returns true if there is another access token, so that the
   * request can be sent once more. `isPermission`: whether the refusal sounds like a missing right.
   */
  isReplaced(accessToken: string, isPermission: boolean): Promise<boolean>;
  /** Called when Trello accepted a token. */
  accepted(accessToken: string): void;
}

export interface AccessTokenDeps {
  readonly client: OAuth2Client;
  readonly grants: Grants;
  /** Names this process in renewals. */
  readonly holder: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/**
 * How long (ms) an access token from the store is used before the store is read again. The store is read again because
 * another process may have signed out.
 */
const TRUSTED_MS = 10_000;
/**
 * A token is renewed when less than this time (ms) is left. If it lives for less than four minutes, it is renewed in
 * the last quarter of its life.
 */
const MARGIN_MS = 60_000;
/** While another process renews the token, the old token is used only if it is valid for at least this time (ms). */
const LEAST_LEFT_MS = 5_000;
/**
 * If a token was renewed less than this time (ms) ago, it is not renewed again after a refusal, because the renewal did
 * not help.
 */
const TOO_NEW_MS = 30_000;
/**
 * Before a refresh token is sent, the store records that it will be sent. It may be sent only within this time (ms)
 * after the record.
 */
const LEAVE_MS = 9_000;
/**
 * How long (ms) other processes wait while one process renews the token. After that, they may send the refresh token
 * themselves. This is longer than `LEAVE_MS` (the time limit for sending) and the timeouts for the reply's headers and
 * body together, so the first process has ended its try by then.
 */
const RENEWAL_LEASE_MS = 27_000;
/**
 * The timeout (ms) of each step of a request for tokens: connecting to the authorization server, the headers of its
 * reply, and the body of its reply.
 */
export const TOKEN_TIMEOUT_MS = 8_000;

interface Known {
  readonly grant: Grant;
  /** Monotonic milliseconds. */
  readonly at: number;
}

interface Unstored {
  readonly renewal: Renewal;
  readonly tokens: GrantTokens;
}

export function createAccessTokens(deps: AccessTokenDeps): AccessTokens {
  const { client, grants, holder, http, clock, random, log } = deps;
  let known: Known | null = null;
  let member: string | null = null;
  let unstored: Unstored | null = null;
  let renewing: Promise<Grant> | null = null;
  let proven: { readonly token: string; readonly at: number } | null = null;

  const nowIso = () => new Date(clock.now()).toISOString();

  async function read(): Promise<Grant> {
    const at = clock.monotonic();
    const grant = await grants.get(nowIso());
    if (!grant)
      throw signInNeeded(
        "No one is signed in to Trello by OAuth 2.0: this server's store has no sign-in.",
        "sign_in_needed",
      );
    member ??= grant.idMember;
    // A process works for one account. If another account signs in, this process must not continue with that account.
    if (grant.idMember !== member) throw otherAccount();
    known = { grant, at };
    return grant;
  }

  /** Whether a sign-in that was read from the store at time `at` can still be used without renewing it. */
  function isFresh({ grant, at }: Known): boolean {
    const passed = clock.monotonic() - at;
    const life = grant.accessLeftMs + grant.accessAgeMs;
    return grant.accessLeftMs - passed > Math.min(MARGIN_MS, life / 4);
  }

  async function renewOnce(grant: Grant, mustChange: boolean): Promise<Grant> {
    renewing ??= renew(grant, mustChange).finally(() => (renewing = null));
    return await renewing;
  }

  async function renew(old: Grant, mustChange: boolean): Promise<Grant> {
    const renewal: Renewal = { id: old.id, generation: old.generation, holder };
    for (;;) {
      if (unstored) await storeTokens(unstored);
      const start = await grants.startRenewal(renewal, RENEWAL_LEASE_MS, nowIso());
      if (start.kind === "send") await send(renewal, start.refreshToken);
      const grant = await read();
      if (grant.id !== old.id || grant.generation !== old.generation) return grant;
      // If another process renews the token, or a person must sign in again, a request uses the present access token as
      // long as it is valid. So the request does not have to wait.
      if (!mustChange && grant.accessLeftMs > LEAST_LEFT_MS && (grant.ended || start.kind === "wait"))
        return grant;
      if (grant.ended) throw endedError(grant.ended);
      if (start.kind === "wait") await clock.sleep(40 + Math.floor(random() * 80));
    }
  }

  /** Sends the refresh token once. The new tokens are stored before they are used, so that they cannot get lost. */
  async function send(renewal: Renewal, refreshToken: string): Promise<void> {
    // The time limit for sending the request is measured with the monotonic clock and with the system clock. The
    // monotonic clock may stop while the machine sleeps, and the system clock may be changed.
    const until = { monotonic: clock.monotonic() + LEAVE_MS, now: clock.now() + LEAVE_MS };
    const mayLeave = () => clock.monotonic() < until.monotonic && clock.now() < until.now;
    const body = { grant_type: "refresh_token", refresh_token: refreshToken };
    const answer = await askForTokens(http, client, body, mayLeave);
    log("info", { answer: answer.kind, generation: renewal.generation }, "renewal of the Trello sign-in");
    if (answer.kind === "tokens") await storeTokens({ renewal, tokens: answer.tokens });
    if (answer.kind === "refused") await grants.abandonRenewal(renewal, "refused");
    if (answer.kind !== "unused") return;
    await grants.abandonRenewal(renewal, "unused");
    throw answer.error;
  }

  /** If the store fails now, memory has the only copy of the new tokens. They are kept there until storing succeeds. */
  async function storeTokens(made: Unstored): Promise<void> {
    unstored = made;
    await grants.finishRenewal(made.renewal, made.tokens, nowIso());
    unstored = null;
  }

  return {
    async current() {
      const fresh = known && clock.monotonic() - known.at < TRUSTED_MS && isFresh(known) ? known.grant : null;
      if (fresh) return fresh;
      const grant = await read();
      return known && isFresh(known) ? grant : await renewOnce(grant, false);
    },
    async isReplaced(accessToken, isPermission) {
      const isProven = proven?.token === accessToken && clock.monotonic() - proven.at < MARGIN_MS;
      if (isPermission && isProven) return false;
      const grant = await read();
      if (grant.accessToken !== accessToken) return true;
      if (grant.ended !== null) throw endedError(grant.ended);
      if (grant.accessAgeMs < TOO_NEW_MS) return false;
      return (await renewOnce(grant, true)).accessToken !== accessToken;
    },
    accepted(accessToken) {
      proven = { token: accessToken, at: clock.monotonic() };
    },
  };
}

/** What a person must do after every failure that ends the sign-in. */
export const SIGN_IN_NEXT =
  "Ask the administrator to run the `login` command with this server's settings. The server needs no restart, and waiting runs continue by themselves.";

function signInNeeded(message: string, reason: string): AppError {
  return new AppError("UNAUTHENTICATED", message, {
    next: SIGN_IN_NEXT,
    details: { upstream: "trello", reason },
  });
}

function endedError(why: NonNullable<Grant["ended"]>): AppError {
  return signInNeeded(
    why === "lost"
      ? "The sign-in to Trello cannot be renewed: two answers of Atlassian were lost, and it is not safe to send the refresh token a third time."
      : "The sign-in to Trello has ended: Atlassian no longer accepts it. It was revoked, the password of the account was changed, or the sign-in was not used for 90 days.",
    "sign_in_ended",
  );
}

function otherAccount(): AppError {
  return new AppError("UNAUTHENTICATED", "Another Trello account has signed in since this server started.", {
    next: "Ask the administrator to restart the server, so that its audit log names that account. Or sign in with the first account again.",
    details: { upstream: "trello", reason: "other_account" },
  });
}
