/**
 * Why a sign-in by OAuth 2.0 has ended. `refused`: Atlassian no longer accepts its tokens. `lost`: new tokens were
 * requested twice, and both times no answer arrived.
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
  /** Why the sign-in has ended; null if it has not ended. */
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

/** One renewal of a sign-in: the tokens that are replaced, and the process that sends the refresh token. */
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
 * once. So only one process at a time renews the sign-in, and it stores the start of the renewal before it sends the
 * refresh token. `now`: the caller's time, ISO 8601.
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
   * Stores that a renewal starts, and returns the refresh token. The same refresh token is returned at most twice,
   * because the answer to the first request may be lost. If a third renewal starts with it, the sign-in ends as `lost`.
   * While another process renews the sign-in, the caller must wait, for at most `leaseMs`.
   */
  startRenewal(renewal: Renewal, leaseMs: number, now: string): Promise<RenewalStart>;
  /** Stores the new tokens. If the sign-in was renewed or replaced meanwhile, nothing is stored. */
  finishRenewal(renewal: Renewal, tokens: GrantTokens, now: string): Promise<void>;
  /**
   * Ends a renewal that got no new tokens. `unused`: the refresh token was certainly not used, so this attempt is not
   * counted. `refused`: Atlassian refused the refresh token, so the sign-in ends.
   */
  abandonRenewal(renewal: Renewal, why: "unused" | "refused"): Promise<void>;
  /**
   * Deletes the sign-in. Returns the facts with which the caller revokes the refresh token and records the deletion;
   * null if there was no sign-in.
   */
  forget(): Promise<ForgottenGrant | null>;
}
