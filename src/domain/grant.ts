/** Why a sign-in can no longer be renewed. `refused`: Atlassian did not accept it. `lost`: two answers did not arrive. */
export type GrantEnd = "refused" | "lost";

/** What a person allowed at a sign-in by OAuth 2.0, with the current tokens. The tokens are secrets. */
export interface Grant {
  /** The id of the sign-in. Each sign-in has a new id, which is no secret. */
  readonly id: string;
  readonly idMember: string;
  /** The scopes that were granted, as Trello spells them. */
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly signedInAt: string;
  /** How often the tokens were renewed. */
  readonly generation: number;
  readonly accessToken: string;
  /** Milliseconds since the access token was obtained, and until it ends, by the store's clock. */
  readonly accessAgeMs: number;
  readonly accessLeftMs: number;
  /** null: it can be renewed. */
  readonly ended: GrantEnd | null;
}

/** The tokens of one answer of the authorization server. */
export interface GrantTokens {
  readonly accessToken: string;
  /** null: the answer had none, so the one before stays in use. */
  readonly refreshToken: string | null;
  readonly expiresInMs: number;
  /** null: the answer does not name them, so they are as they were. */
  readonly scopes: readonly string[] | null;
}

/** One renewal: the tokens that it replaces, and the process that renews them. */
export interface Renewal {
  readonly id: string;
  readonly generation: number;
  readonly holder: string;
}

export type RenewalStart =
  /** The intent is stored. The caller sends the refresh token now. */
  | { readonly kind: "send"; readonly refreshToken: string }
  /** Another process is sending it. */
  | { readonly kind: "wait" }
  /** Renewed, ended or replaced meanwhile: read the grant again. */
  | { readonly kind: "changed" };

/**
 * The sign-in of one client of OAuth 2.0, shared by all processes on the store. A refresh token works once, so a renewal
 * belongs to one process at a time, and its intent is stored before the token is sent. `now` is the caller's time, ISO 8601.
 */
export interface Grants {
  /** null if nobody is signed in. */
  get(now: string): Promise<Grant | null>;
  /** Stores a sign-in. Returns the member whose sign-in it replaces, or null. */
  signIn(
    grant: Pick<Grant, "id" | "idMember">,
    tokens: GrantTokens & { readonly refreshToken: string; readonly scopes: readonly string[] },
    now: string,
  ): Promise<string | null>;
  /**
   * Stores the intent to renew. The same refresh token is given out twice at most: again to the same process at once, or to
   * another one after `leaseMs` without an answer. After that, the grant has ended as `lost`.
   */
  startRenewal(renewal: Renewal, leaseMs: number, now: string): Promise<RenewalStart>;
  /** Stores the answer. Nothing changes if the grant was renewed or replaced meanwhile. */
  finishRenewal(renewal: Renewal, tokens: GrantTokens, now: string): Promise<void>;
  /** Ends a renewal without new tokens. `unused`: the refresh token was certainly not used, so it does not count. */
  abandonRenewal(renewal: Renewal, why: "unused" | "refused"): Promise<void>;
  /** Removes the sign-in; returns its refresh token, or null if there was none. */
  forget(): Promise<string | null>;
}
