/** What the authorization server of Trello's OAuth 2.0 knows: plain data, like the rest of the world. */
export interface OAuth2World {
  readonly clients: Map<string, OAuth2Client>;
  readonly codes: Map<string, AuthorizationCode>;
  /** What people allowed, by id. A grant outlives all its tokens. */
  readonly grants: Map<string, OAuth2Grant>;
  readonly accessTokens: Map<string, { readonly idGrant: string; readonly expiresAt: number }>;
  readonly refreshTokens: Map<string, RefreshToken>;
  /** What is not known of the real server, so that tests can switch it. Live. */
  readonly behaviour: OAuth2Behaviour;
}

export interface OAuth2Behaviour {
  /** The life of an access token in milliseconds. Clients saw about an hour. */
  accessMs: number;
  /**
   * How long (ms) the last refresh token may be used again, for an answer that was lost. Atlassian names ten minutes for Jira
   * and Confluence. 0: the second use ends the grant.
   */
  leewayMs: number;
  /** Whether a refresh ends the access token before it. */
  oldAccessEnds: boolean;
  /** Whether a refresh may answer without a new refresh token; the old one then stays in use. */
  keepsRefreshToken: boolean;
  /** Whether calls without an entry in the published table of scopes are answered. */
  answersUnlisted: boolean;
  /** What an expired or unknown access token is told. The body is not published. */
  refusal: { readonly status: number; readonly text: string };
  /** What a token without the scope is told. The body is not published. */
  lacksScope: { readonly status: number; readonly text: string };
}

export interface OAuth2Client {
  readonly id: string;
  /** null: a public client, protected by PKCE alone. */
  readonly secret: string | null;
  readonly name: string;
  /** Compared character by character. */
  readonly redirectUrls: readonly string[];
  /** The scopes that are enabled for the client. */
  readonly scopes: readonly string[];
  /** Whether people choose workspaces at sign-in, as for a Power-Up. Others are then refused with 403. */
  readonly isPowerUp: boolean;
}

export interface AuthorizationCode {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUrl: string;
  /** SHA-256 of the verifier, base64url (RFC 7636 section 4.2). */
  readonly challenge: string;
  readonly scopes: readonly string[];
  readonly idMember: string;
  readonly workspaces: ReadonlySet<string> | null;
  readonly expiresAt: number;
}

export interface OAuth2Grant {
  readonly id: string;
  readonly clientId: string;
  readonly idMember: string;
  readonly scopes: readonly string[];
  /** null: every workspace of the person. */
  readonly workspaces: ReadonlySet<string> | null;
  /** When it was allowed or refreshed last. */
  usedAt: number;
  /** Revoked by the person or after a reuse. */
  revoked: boolean;
}

export interface RefreshToken {
  readonly token: string;
  readonly idGrant: string;
  /** When it was used, in milliseconds since 1970; one entry for each request that reached the server. */
  readonly uses: number[];
  /** The token that came after it; null while it is unused. */
  next: string | null;
}
