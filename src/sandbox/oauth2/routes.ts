import { createHash, timingSafeEqual } from "node:crypto";
import { askPage, page } from "../page.ts";
import { atlassianRoute, json, Refusal } from "../route.ts";
import type { Coverage, Reply, Route, RouteContext } from "../route.ts";
import { SEED } from "../seed.ts";
import { arg } from "../trello/access.ts";
import type { TrelloMember } from "../world.ts";
import type { OAuth2Client, OAuth2Grant, RefreshToken } from "./world.ts";

/**
 * An authorization code is valid for some minutes, as the authors of clients have reported. Atlassian does not publish
 * the exact time.
 */
const CODE_MS = 5 * 60_000;
/** A refresh token that was not used for 90 days is no longer valid (Atlassian: 3LO, refresh tokens). */
const IDLE_MS = 90 * 86_400_000;

/** The routes of Trello's OAuth 2.0, with the paths that clients use on auth.atlassian.com. */
export const oauth2Routes: readonly Route[] = [
  atlassianRoute("GET /authorize", askPerson),
  atlassianRoute("POST /authorize", decide),
  atlassianRoute("POST /oauth/token", token),
  atlassianRoute("POST /oauth/revoke", revoke),
];

/**
 * How completely the sandbox emulates OAuth 2.0. `partial` means: no person signs in, and errors before the redirect
 * are plain pages.
 */
export const oauth2Coverage: Readonly<Record<string, Coverage>> = {
  "GET /authorize": "partial",
  "POST /authorize": "partial",
  "POST /oauth/token": "supported",
  "POST /oauth/revoke": "partial",
};

/**
 * Checks a request for the authorization page. If its callback URL is wrong, the browser is not sent back (RFC 6749
 * section 4.1.2.1).
 */
function asked(context: RouteContext) {
  const client = context.world.trello.oauth2.clients.get(arg(context, "client_id") ?? "");
  const redirectUrl = arg(context, "redirect_uri") ?? "";
  if (!client?.redirectUrls.includes(redirectUrl)) {
    throw new Refusal({ ...page("Sandbox: unknown client or redirect_uri"), status: 400 });
  }
  const scopes = (arg(context, "scope") ?? "").split(" ").filter((scope) => scope !== "");
  const challenge = arg(context, "code_challenge") ?? "";
  const isRight =
    arg(context, "response_type") === "code" &&
    arg(context, "code_challenge_method") === "S256" &&
    /^[\w-]{43}$/.test(challenge);
  const error = !isRight
    ? "invalid_request"
    : scopes.every((scope) => scope === "offline_access" || client.scopes.includes(scope))
      ? null
      : "invalid_scope";
  return { client, redirectUrl, scopes, challenge, state: arg(context, "state") ?? "", error };
}

function askPerson(context: RouteContext): Reply {
  const { client, scopes, redirectUrl, state, error } = asked(context);
  if (error !== null) return back(redirectUrl, { error, state });
  const more = client.isPowerUp ? "For the workspaces that you choose." : "For every workspace of yours.";
  return askPage({ name: client.name, person: signedIn(context).fullName, scopes, more, fields: {} });
}

function decide(context: RouteContext): Reply {
  const { client, redirectUrl, scopes, challenge, state, error } = asked(context);
  if (error !== null) return back(redirectUrl, { error, state });
  if (arg(context, "decision") !== "allow") return back(redirectUrl, { error: "access_denied", state });
  const { world } = context;
  const refused = new Set((arg(context, "refuse") ?? "").split(" "));
  const code = made(context, "code");
  world.trello.oauth2.codes.set(code, {
    code,
    clientId: client.id,
    redirectUrl,
    challenge,
    scopes: scopes.filter((scope) => !refused.has(scope)),
    idMember: signedIn(context).id,
    workspaces: client.isPowerUp ? new Set((arg(context, "workspaces") ?? "").split(",")) : null,
    expiresAt: world.now() + CODE_MS,
  });
  return back(redirectUrl, { code, state });
}

function back(redirectUrl: string, answer: Readonly<Record<string, string>>): Reply {
  const location = new URL(redirectUrl);
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value);
  return { status: 302, headers: { location: location.href } };
}

/** The user who signs in: the owner of the sandbox's first token, unless the test names another. */
function signedIn(context: RouteContext): TrelloMember {
  const { members, tokens } = context.world.trello;
  const member = members.get(arg(context, "member") ?? tokens.get(SEED.tokens.full)?.idMember ?? "");
  if (!member) throw new Refusal({ ...page("Sandbox: no one is signed in"), status: 401 });
  return member;
}

function token(context: RouteContext): Reply {
  const client = application(context);
  const kind = arg(context, "grant_type");
  if (kind === "authorization_code") return exchange(context, client);
  if (kind === "refresh_token") return refresh(context, client);
  return failed(400, "unsupported_grant_type", "Unsupported grant type.");
}

/**
 * The app that sends the request. If its secret is wrong, the error is `access_denied`, as clients have seen. A user
 * who refuses the access causes the same error.
 */
function application(context: RouteContext): OAuth2Client {
  const client = context.world.trello.oauth2.clients.get(arg(context, "client_id") ?? "");
  if (!client) throw new Refusal(failed(401, "invalid_client", "Unknown client."));
  const secret = arg(context, "client_secret") ?? "";
  if (client.secret !== null && !isEqual(client.secret, secret)) {
    throw new Refusal(failed(401, "access_denied", "Unauthorized"));
  }
  return client;
}

function exchange(context: RouteContext, client: OAuth2Client): Reply {
  const { world } = context;
  const { oauth2 } = world.trello;
  const found = oauth2.codes.get(arg(context, "code") ?? "");
  // An authorization code can be used only once, even if the rest of the request is wrong.
  if (found) oauth2.codes.delete(found.code);
  const challenge = createHash("sha256")
    .update(arg(context, "code_verifier") ?? "")
    .digest("base64url");
  const isRight =
    found !== undefined &&
    found.clientId === client.id &&
    found.expiresAt > world.now() &&
    found.redirectUrl === arg(context, "redirect_uri") &&
    isEqual(found.challenge, challenge);
  if (!isRight) return failed(400, "invalid_grant", "Invalid authorization code");
  const { clientId, idMember, scopes, workspaces } = found;
  const id = `grant-${made(context, "grant").slice(0, 16)}`;
  const usedAt = world.now();
  const grant: OAuth2Grant = { id, clientId, idMember, scopes, workspaces, usedAt, revoked: false };
  oauth2.grants.set(id, grant);
  const fresh = scopes.includes("offline_access") ? newRefreshToken(context, grant) : null;
  return answer(context, grant, fresh);
}

function refresh(context: RouteContext, client: OAuth2Client): Reply {
  const { world } = context;
  const { oauth2 } = world.trello;
  const found = oauth2.refreshTokens.get(arg(context, "refresh_token") ?? "");
  const grant = found && oauth2.grants.get(found.idGrant);
  const isLive = grant && !grant.revoked && grant.usedAt > world.now() - IDLE_MS;
  if (!found || !isLive || grant.clientId !== client.id) return unknownRefreshToken();
  const [first = world.now()] = found.uses;
  found.uses.push(world.now());
  const isUsed = found.next !== null;
  const following = found.next === null ? undefined : oauth2.refreshTokens.get(found.next);
  const isInLeeway = world.now() - first < oauth2.behaviour.leewayMs && following?.uses.length === 0;
  if (isUsed && !isInLeeway) {
    // A refresh token was used a second time: it may have been stolen, or its answer was lost. In both cases the
    // sign-in is revoked (RFC 9700 section 4.14.2).
    grant.revoked = true;
    return unknownRefreshToken();
  }
  grant.usedAt = world.now();
  if (oauth2.behaviour.oldAccessEnds) {
    for (const [access, { idGrant }] of oauth2.accessTokens) {
      if (idGrant === grant.id) oauth2.accessTokens.delete(access);
    }
  }
  if (oauth2.behaviour.keepsRefreshToken) return answer(context, grant, null);
  if (found.next !== null) oauth2.refreshTokens.delete(found.next);
  const fresh = newRefreshToken(context, grant);
  found.next = fresh.token;
  return answer(context, grant, fresh);
}

/**
 * Revokes a token. Trello does not document this route. The sandbox answers 200 to every token, as RFC 7009 section 2.2
 * says.
 */
function revoke(context: RouteContext): Reply {
  application(context);
  const { refreshTokens, grants } = context.world.trello.oauth2;
  const grant = grants.get(refreshTokens.get(arg(context, "token") ?? "")?.idGrant ?? "");
  if (grant) grant.revoked = true;
  return { status: 200 };
}

function answer(context: RouteContext, grant: OAuth2Grant, fresh: RefreshToken | null): Reply {
  const { world } = context;
  const { accessMs } = world.trello.oauth2.behaviour;
  const access = made(context, "access");
  world.trello.oauth2.accessTokens.set(access, { idGrant: grant.id, expiresAt: world.now() + accessMs });
  return json({
    access_token: access,
    expires_in: Math.floor(accessMs / 1_000),
    token_type: "Bearer",
    scope: grant.scopes.join(" "),
    ...(fresh && { refresh_token: fresh.token }),
  });
}

function newRefreshToken(context: RouteContext, grant: OAuth2Grant): RefreshToken {
  const fresh: RefreshToken = {
    token: made(context, "refresh"),
    idGrant: grant.id,
    uses: [],
    next: null,
  };
  context.world.trello.oauth2.refreshTokens.set(fresh.token, fresh);
  return fresh;
}

function unknownRefreshToken(): Reply {
  return failed(403, "invalid_grant", "Unknown or invalid refresh token.");
}

function failed(status: number, error: string, description: string): Reply {
  return json({ error, error_description: description }, status);
}

/**
 * Makes the part of a code, token or id that looks random. Each text is different, but every run of a test gets the
 * same texts in the same order.
 */
function made({ world }: RouteContext, what: string): string {
  world.trello.sequence += 1;
  return createHash("sha256").update(`oauth2 ${what} ${world.trello.sequence}`).digest("hex");
}

function isEqual(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
