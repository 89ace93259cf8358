/**
 * Why a sign-in by OAuth 2.0 has ended. `refused`: Atlassian no longer accepts it. `lost`: two answers with new tokens
 * did not arrive.
 */
export type GrantEnd = "refused" | "lost";

/** A sign-in by OAuth 2.0, with its present tokens. The tokens are secrets. */
export interface Grant {
  /** The id of the sign-in. Each sign-in gets a new id. It is not a secret. */
  readonly id: string;
  readonly idMember: string;
  /** The scopes that the person allowed, as Trello writes them. */
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly signedInAt: string;
  /** How often the tokens were renewed. */
  readonly generation: number;
  readonly accessToken: string;
  /** How many milliseconds ago the access token was received, by the store's clock. */
  readonly accessAgeMs: number;
  /** In how many milliseconds the access token expires, by the store's clock. */
  readonly accessLeftMs: number;
  /** null: it can be renewed. */
  readonly ended: GrantEnd | null;
}

/** The tokens in one answer of the authorization server. */
export interface GrantTokens {
  readonly accessToken: string;
  /** The new refresh token; null if the answer contains none. Then the earlier refresh token stays in use. */
  readonly refreshToken: string | null;
  readonly expiresInMs: number;
  /** The scopes of the new tokens; null if the answer names none. Then the scopes have not changed. */
  readonly scopes: readonly string[] | null;
}

/** A sign-in that was deleted. */
export interface ForgottenGrant extends Pick<Grant, "id" | "idMember"> {
  /** The refresh token of the deleted sign-in; null if the key that encrypted the sign-in is missing. */
  readonly refreshToken: string | null;
}

/** One renewal of a sign-in: which tokens it replaces, and which process does it. */
export interface Renewal {
  readonly id: string;
  readonly generation: number;
  readonly holder: string;
}

export type RenewalStart =
  /** The store now knows that this process renews the sign-in. The caller must now send the refresh token. */
  | { readonly kind: "send"; readonly refreshToken: string }
  /** Another process is sending the refresh token. */
  | { readonly kind: "wait" }
  /** Another process has renewed, ended or replaced the sign-in meanwhile. The caller must read the sign-in again. */
  | { readonly kind: "changed" };

/**
 * The stored sign-in of one OAuth 2.0 client, shared by all processes with the same store. A refresh token works only
 * once. So only one process at a time renews the sign-in, and the renewal is stored before the refresh token is sent.
 * `now`: the caller's time, ISO 8601.
 */
export interface Grants {
  /** null if nobody is signed in. */
  get(now: string): Promise<Grant | null>;
  /**
   * Stores a sign-in, with a record in the audit log. `by`: the user who ran the command. Returns the member whose
   * sign-in was replaced; null if there was none.
   */
  signIn(
    grant: Pick<Grant, "id" | "idMember"> & { readonly by: string },
    tokens: GrantTokens & { readonly refreshToken: string; readonly scopes: readonly string[] },
    now: string,
  ): Promise<string | null>;
  /**
   * Stores that a renewal starts, and returns the refresh token. The same refresh token is returned at most twice: the
   * second time at once to the same process, or to another process after `leaseMs` without an answer. At the third
   * attempt, the sign-in ends as `lost`.
   */
  startRenewal(renewal: Renewal, leaseMs: number, now: string): Promise<RenewalStart>;
  /** Stores the new tokens. If the sign-in was renewed or replaced meanwhile, nothing is stored. */
  finishRenewal(renewal: Renewal, tokens: GrantTokens, now: string): Promise<void>;
  /**
   * Ends a renewal without new tokens. `unused`: the refresh token was certainly not used, so the attempt does not
   * count.
   */
  abandonRenewal(renewal: Renewal, why: "unused" | "refused"): Promise<void>;
  /** Deletes the sign-in. Returns what the caller needs to revoke and record it; null if there was no sign-in. */
  forget(): Promise<ForgottenGrant | null>;
}
