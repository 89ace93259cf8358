import { createHash, randomBytes } from "node:crypto";
import { AppError } from "../../domain/error.ts";
import type { GrantTokens } from "../../domain/grant.ts";
import { createHttp } from "../http/client.ts";
import { createRedact } from "../http/redact.ts";
import { addressOf } from "../http/request.ts";
import { TOKEN_TIMEOUT_MS } from "./access-tokens.ts";
import { askForTokens, type OAuth2Client } from "./oauth2.ts";

/** The tokens of a new sign-in. */
export type SignInTokens = GrantTokens & { readonly refreshToken: string };

/** One sign-in by the authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636). */
export interface SignInFlow {
  /** A random text that Trello sends back with the answer. So an answer to another sign-in is not accepted. */
  readonly state: string;
  /** The URL at which the person allows the access. `redirectUrl` must be exactly as it is registered at Trello. */
  authorizeUrl(redirectUrl: string, scopes: readonly string[]): URL;
  /**
   * Exchanges the code for tokens. A code can be used only once. Throws UNAUTHENTICATED if Atlassian does not accept
   * the code.
   */
  exchange(code: string, redirectUrl: string): Promise<SignInTokens>;
  /**
   * Asks Atlassian to revoke a refresh token (RFC 7009). Returns true if the answer was not an error. Even then the
   * token may still work, because Atlassian does not document revoking for Trello.
   */
  revoke(refreshToken: string): Promise<boolean>;
  close(): Promise<void>;
}

export function createSignInFlow(client: OAuth2Client): SignInFlow {
  const { clientId, clientSecret, authUrl } = client;
  const http = createHttp(createRedact([clientSecret]), { timeoutMs: TOKEN_TIMEOUT_MS });
  const verifier = randomBytes(48).toString("base64url");
  const state = randomBytes(24).toString("base64url");
  return {
    state,
    authorizeUrl: (redirectUrl, scopes) =>
      addressOf(authUrl, "/authorize", {
        client_id: clientId,
        redirect_uri: redirectUrl,
        response_type: "code",
        scope: scopes.join(" "),
        state,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        prompt: "consent",
      }),
    async exchange(code, redirectUrl) {
      const answer = await askForTokens(http, client, {
        grant_type: "authorization_code",
        code,
        redirect_uri: redirectUrl,
        code_verifier: verifier,
      });
      if (answer.kind === "unused") throw answer.error;
      if (answer.kind !== "tokens") throw answer.kind === "refused" ? codeRefused() : answerLost();
      const { refreshToken } = answer.tokens;
      if (refreshToken === null) throw noRefreshToken();
      return { ...answer.tokens, refreshToken };
    },
    async revoke(refreshToken) {
      const url = new URL(`${authUrl}/oauth/revoke`);
      const body = new URLSearchParams({
        token: refreshToken,
        token_type_hint: "refresh_token",
        client_id: clientId,
        ...(clientSecret && { client_secret: clientSecret }),
      });
      const outcome = await http.exchange({
        origin: url.origin,
        path: url.pathname,
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "user-agent": "trello-identity-mcp",
        },
        body: body.toString(),
      });
      return outcome.kind === "reply" && outcome.status < 300;
    },
    close: () => http.close(),
  };
}

const AGAIN = "Run the `login` command again";

function codeRefused(): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    "Atlassian did not accept the code that came back with the browser.",
    {
      next: `${AGAIN} and decide within a few minutes. If it fails again, compare the callback address with the app's OAuth 2.0 page, character by character.`,
    },
  );
}

function answerLost(): AppError {
  return new AppError(
    "UPSTREAM_UNAVAILABLE",
    "Atlassian's last answer did not arrive, so no one is signed in.",
    {
      next: `${AGAIN}.`,
      applied: "unknown",
      retry: "later",
    },
  );
}

function noRefreshToken(): AppError {
  return new AppError(
    "UPSTREAM_CONTRACT",
    "Atlassian gave no refresh token, so the sign-in would end in an hour.",
    {
      next: `Allow offline access for the app at https://trello.com/apps/admin. ${AGAIN}.`,
    },
  );
}
