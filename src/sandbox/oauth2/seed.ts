import { TRELLO_SCOPES } from "./scopes.ts";
import type { OAuth2Client, OAuth2World } from "./world.ts";

/**
 * The callback URLs of every app: the default of this program, a URL for a test, and a URL at which no program listens.
 */
const REDIRECT_URLS = [
  "http://127.0.0.1:8724/callback",
  "http://localhost:8724/callback",
  "https://localhost:7248/oauth/callback",
];

export const OAUTH2_SEED = {
  /** This app has a secret, and sees every workspace of the person. */
  confidential: { id: "sandboxclientconfidential0123456", secret: "ATOsandbox-confidential-secret" },
  /** PKCE alone. */
  public: { id: "sandboxclientpublic0123456789abc" },
  /** A Power-Up: people choose its workspaces. */
  powerUp: { id: "sandboxclientpowerup012345678abc", secret: "ATOsandbox-powerup-secret" },
} as const;

/**
 * Makes the sandbox's OAuth 2.0 apps. `behaviour`: how the authorization server acts, as Atlassian published it or as
 * clients have seen it.
 */
export function seedOAuth2(): OAuth2World {
  const client = (id: string, secret: string | null, isPowerUp: boolean): [string, OAuth2Client] => [
    id,
    { id, secret, name: "Identity sandbox", redirectUrls: REDIRECT_URLS, scopes: TRELLO_SCOPES, isPowerUp },
  ];
  return {
    clients: new Map([
      client(OAUTH2_SEED.confidential.id, OAUTH2_SEED.confidential.secret, false),
      client(OAUTH2_SEED.public.id, null, false),
      client(OAUTH2_SEED.powerUp.id, OAUTH2_SEED.powerUp.secret, true),
    ]),
    codes: new Map(),
    grants: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    behaviour: {
      accessMs: 3_600_000,
      leewayMs: 600_000,
      oldAccessEnds: false,
      keepsRefreshToken: false,
      answersUnlisted: true,
      refusal: { status: 401, text: "invalid token" },
      lacksScope: { status: 401, text: "unauthorized permission requested" },
    },
  };
}
