/** A sign-in by OAuth 2.0 at the sandbox, and gateways that share it through a store. */
import { createHash, randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import type { Grants } from "../../src/domain/grant.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { SEED, type Sandbox } from "../../src/sandbox/index.ts";
import { gatewayTo, hastyClock, type LogLine } from "../gateway/harness.ts";

export const CLIENT = SEED.oauth2.confidential;
export const STORE_KEY = "a-key-of-this-test-with-more-than-32-characters";

export const ALL_SCOPES = [
  "read:member",
  "read:organization",
  "read:board",
  "read:enterprise",
  "write:member",
  "write:organization:membership",
  "write:board",
  "write:board:membership",
  "write:enterprise",
].map((scope) => `${scope}:trello`);

/** A clock that runs as usual, and can be moved forward for everything that reads it. */
export function createMovingClock() {
  let ahead = 0;
  return {
    ...hastyClock,
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    advance(ms: number) {
      ahead += ms;
    },
  };
}

export type MovingClock = ReturnType<typeof createMovingClock>;

/** Plays the person and the exchange, and stores the sign-in. Answers the grant of the sandbox. */
export async function signInTo(
  sandbox: Sandbox,
  grants: Grants,
  clock: Pick<MovingClock, "now">,
  options: {
    readonly scopes?: readonly string[];
    readonly idMember?: string;
    readonly workspaces?: string;
  } = {},
) {
  const { scopes = ALL_SCOPES, idMember = SEED.admin.id, workspaces } = options;
  const client = workspaces === undefined ? CLIENT : SEED.oauth2.powerUp;
  const verifier = randomBytes(48).toString("base64url");
  const redirectUrl = "http://127.0.0.1:8724/callback";
  const address = new URL(`${sandbox.atlassianUrl}/authorize`);
  address.search = new URLSearchParams({
    client_id: client.id,
    redirect_uri: redirectUrl,
    response_type: "code",
    scope: [...scopes, "offline_access"].join(" "),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  const body = new URLSearchParams({ decision: "allow", member: idMember, workspaces: workspaces ?? "" });
  const { headers } = await fetch(address, { method: "POST", body, redirect: "manual" });
  const code = new URL(headers.get("location") ?? "").searchParams.get("code");
  const response = await fetch(`${sandbox.atlassianUrl}/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "authorization_code",
      client_id: client.id,
      client_secret: client.secret,
      code,
      redirect_uri: redirectUrl,
      code_verifier: verifier,
    }),
  });
  const answer = (await response.json()) as Record<"access_token" | "refresh_token" | "scope", string> & {
    readonly expires_in: number;
  };
  const id = randomBytes(6).toString("hex");
  await grants.signIn(
    { id, idMember, by: "ada" },
    {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      expiresInMs: answer.expires_in * 1000,
      scopes: answer.scope.split(" "),
    },
    new Date(clock.now()).toISOString(),
  );
  const idGrant = sandbox.world.trello.oauth2.accessTokens.get(answer.access_token)?.idGrant ?? "";
  const grant = sandbox.world.trello.oauth2.grants.get(idGrant);
  if (!grant) throw new Error("the sandbox has no such grant");
  return grant;
}

/** A gateway that uses the sign-in in the store. */
export async function signedInGateway(
  sandbox: Sandbox,
  grants: Grants,
  clock: MovingClock,
  client: { readonly id: string; readonly secret: string } = CLIENT,
): Promise<{ readonly gateway: Gateway; readonly log: LogLine[] }> {
  const made = await gatewayTo(sandbox.env, {
    trello: {
      baseUrl: sandbox.trelloUrl,
      oauth2: {
        clientId: client.id,
        clientSecret: client.secret,
        authUrl: sandbox.atlassianUrl,
        grants,
        holder: randomBytes(6).toString("hex"),
      },
    },
    clock,
  });
  onTestFinished(() => made.gateway.close());
  return made;
}

/** How often each refresh token reached the sandbox, the most first. */
export function usesOfRefreshTokens({ world }: Sandbox): readonly number[] {
  return [...world.trello.oauth2.refreshTokens.values()].map(({ uses }) => uses.length).sort((a, b) => b - a);
}
