/** The data of the emulated authorization server of Trello's OAuth 2.0. */
export interface OAuth2World {
  readonly clients: Map<string, OAuth2Client>;
  readonly codes: Map<string, AuthorizationCode>;
  /** The sign-ins by id. A sign-in exists longer than its tokens. */
  readonly grants: Map<string, OAuth2Grant>;
  readonly accessTokens: Map<string, { readonly idGrant: string; readonly expiresAt: number }>;
  readonly refreshTokens: Map<string, RefreshToken>;
  /**
   * How the server behaves where the real server's behaviour is unknown. A test can change this while the sandbox runs.
   */
  readonly behaviour: OAuth2Behaviour;
}

export interface OAuth2Behaviour {
  /** How long an access token is valid, in milliseconds. Clients of the real server saw about an hour. */
  accessMs: number;
  /**
   * How long (ms) after its first use a refresh token can be used a second time, in case the answer to the first use
   * was lost. Atlassian says ten minutes for Jira and Confluence. 0: a second use ends the sign-in.
   */
  leewayMs: number;
  /** Whether the old access token becomes invalid at a refresh. */
  oldAccessEnds: boolean;
  /** True if the answer to a refresh contains no new refresh token. The old refresh token then stays valid. */
  keepsRefreshToken: boolean;
  /**
   * Whether the server answers requests that are not in Trello's published table of scopes. If false, it refuses them.
   */
  answersUnlisted: boolean;
  /** The answer to an expired or unknown access token. Trello does not publish the body. */
  refusal: { readonly status: number; readonly text: string };
  /** The answer if the access token lacks the scope that the request needs. Trello does not publish the body. */
  lacksScope: { readonly status: number; readonly text: string };
}

export interface OAuth2Client {
  readonly id: string;
  /** The secret; null for an app without one, which only PKCE protects. */
  readonly secret: string | null;
  readonly name: string;
  /** The URL in a request must be exactly one of these URLs. */
  readonly redirectUrls: readonly string[];
  /** The scopes that are enabled for the app. */
  readonly scopes: readonly string[];
  /**
   * Whether the user chooses workspaces at the sign-in, as for a Power-Up. Other workspaces are then refused with 403.
   */
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
  /** When the sign-in was last used: when the user allowed the access, or when a refresh token was last used. */
  usedAt: number;
  /**
   * True if the user revoked the sign-in, or if a refresh token was used again when that was no longer allowed (see
   * `leewayMs`).
   */
  revoked: boolean;
}

export interface RefreshToken {
  readonly token: string;
  readonly idGrant: string;
  /** The times at which the token was used (milliseconds since 1970), one for each request. */
  readonly uses: number[];
  /** The newer refresh token that replaced this refresh token; null while this refresh token is unused. */
  next: string | null;
}
