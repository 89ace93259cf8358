/**
 * Why a sign-in by OAuth 2.0 has ended. `refused`: Atlassian no longer accepts it. `lost`: two answers with new tokens
 * did not arrive.
 */
export type GrantEnd = "refused" | "lost";

/** A sign-in by OAuth 2.0, with its present tokens. The tokens are secrets. */
export interface Grant {
  /** The id of the sign-in, new for each sign-in. It is no secret. */
  readonly id: string;
  readonly idMember: string;
  /** The scopes that the person allowed, as Trello writes them. */
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly signedInAt: string;
  /** How often the tokens were renewed. */
  readonly generation: number;
  readonly accessToken: string;
  /** How many milliseconds ago the access token was received, and in how many it expires, by the store's clock. */
  readonly accessAgeMs: number;
  readonly accessLeftMs: number;
  /** null: it can be renewed. */
  readonly ended: GrantEnd | null;
}

/** The tokens in one answer of the authorization server. */
export interface GrantTokens {
  readonly accessToken: string;
  /** null if the answer has no refresh token: the earlier one stays in use. */
  readonly refreshToken: string | null;
  readonly expiresInMs: number;
  /** null if the answer names no scopes: they did not change. */
  readonly scopes: readonly string[] | null;
}

/** A sign-in that was deleted. */
export interface ForgottenGrant extends Pick<Grant, "id" | "idMember"> {
  /** null if the key of the stored sign-in is gone. */
  readonly refreshToken: string | null;
}

/** One renewal: the tokens that it replaces, and the process that does it. */
export interface Renewal {
  readonly id: string;
  readonly generation: number;
  readonly holder: string;
}

export type RenewalStart =
  /** The intent is stored, and the caller must send the refresh token now. */
  | { readonly kind: "send"; readonly refreshToken: string }
  /** Another process is sending it. */
  | { readonly kind: "wait" }
  /** The sign-in was renewed, ended or replaced by another process. It must be read again. */
  | { readonly kind: "changed" };

/**
 * The stored sign-in of one OAuth 2.0 client, shared by all processes with the same store. A refresh token works once.
 * So one process at a time renews it, and the intent is stored before the token is sent. `now`: the caller's time, ISO
 * 8601.
 */
export interface Grants {
  /** null if nobody is signed in. */
  get(now: string): Promise<Grant | null>;
  /**
   * Stores a sign-in, with a record in the audit log. `by`: the user who ran the command. Returns the member whose sign-in it
   * replaces; null if there was none.
   */
  signIn(
    grant: Pick<Grant, "id" | "idMember"> & { readonly by: string },
    tokens: GrantTokens & { readonly refreshToken: string; readonly scopes: readonly string[] },
    now: string,
  ): Promise<string | null>;
  /**
   * Stores the intent to renew. The same refresh token is given out at most twice: to the same process at once, or to
   * another one after `leaseMs` without an answer. After that, the sign-in ends as `lost`.
   */
  startRenewal(renewal: Renewal, leaseMs: number, now: string): Promise<RenewalStart>;
  /** Stores the new tokens. Nothing is stored if the sign-in was renewed or replaced meanwhile. */
  finishRenewal(renewal: Renewal, tokens: GrantTokens, now: string): Promise<void>;
  /**
   * Ends a renewal without new tokens. `unused`: the refresh token was certainly not used, so the attempt does not
   * count.
   */
  abandonRenewal(renewal: Renewal, why: "unused" | "refused"): Promise<void>;
  /** Deletes the sign-in and returns what is needed to revoke and record it; null if there was none. */
  forget(): Promise<ForgottenGrant | null>;
}
