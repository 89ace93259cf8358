import type { SignedIn } from "./planning.ts";

/** How a service with several tenants finds the tenant of a person. */
export interface Tenancy {
  /** The name of a claim in the issuer's tokens. The value of this claim shows the tenant. */
  readonly claim: string;
  /** The name of the tenant for each value of the claim. */
  readonly names: Readonly<Record<string, string>>;
}

/** The error for a signed-in person without a tenant. It does not reveal which tenants exist. */
export const NO_TENANT_TEXT =
  "This sign-in belongs to no tenant of this service. Nothing was done. Next: sign in with another account, or ask the administrator to check the tenant of your account.";

/** What a person has proven by signing in on the approval pages. */
export interface ProvenPerson {
  readonly person: SignedIn;
  /** Whether the issuer gave the person the scope to approve. */
  readonly mayApprove: boolean;
}

/**
 * The values of a sign-in that has started. The person's browser keeps them in a cookie until the issuer sends the
 * person back.
 */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  /** The secret of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Signs a person in at the issuer, by authorization code with PKCE, state and nonce. */
export interface SignIn {
  /**
   * Starts a sign-in. Returns the URL at the issuer that the browser must open. `again`: whether the issuer must ask
   * the person to choose an account.
   */
  begin(how: { readonly again: boolean }): Promise<{
    readonly address: string;
    readonly pending: PendingSignIn;
  }>;
  /** Reads the issuer's answer and returns the person. UNAUTHENTICATED if any part of the answer is wrong. */
  finish(answer: Readonly<Record<string, unknown>>, pending: PendingSignIn): Promise<ProvenPerson>;
}

/**
 * The session of a person on the approval pages. The browser has the secret of the session; the store has only its
 * hash.
 */
export interface PageSession extends ProvenPerson {
  /** The key that signs the forms of this session: 32 bytes in base64url. */
  readonly formKey: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/**
 * The stored sessions of the approval pages, by the hash of their secret. All processes with the same store have the
 * same sessions.
 */
export interface PageSessions {
  /** Stores a session, and deletes the sessions that have expired at `now` (ISO 8601). */
  put(id: string, session: PageSession, now: string): Promise<void>;
  /** The session; null if there is no such session, or if it has expired at `now`. */
  get(id: string, now: string): Promise<PageSession | null>;
  remove(id: string): Promise<void>;
}
