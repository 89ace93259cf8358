import { createHash } from "node:crypto";
import { askPage, escape, page } from "../page.ts";
import { refuse, text, trelloRoute } from "../route.ts";
import type { Reply, Route, RouteContext } from "../route.ts";
import { SEED } from "../seed.ts";
import type { RequestToken, TrelloMember } from "../world.ts";
import { arg, oneOf } from "./access.ts";
import { parseOAuthHeader } from "./auth.ts";

/** The sandbox gives a person 15 minutes to decide. Trello does not publish how long it waits. */
const REQUEST_TOKEN_MS = 15 * 60_000;

const LIFETIMES_MS = { "1hour": 3_600_000, "1day": 86_400_000, "30days": 30 * 86_400_000, never: null };
const EXPIRATIONS = ["1hour", "1day", "30days", "never"] as const;
const SCOPES = ["read", "write", "account"];

/** The three steps of OAuth 1.0 (RFC 5849 section 2), at the paths that Trello uses. */
export const oauthRoutes: readonly Route[] = [
  ...either("/OAuthGetRequestToken", requestToken),
  trelloRoute("GET /OAuthAuthorizeToken", askPerson, { scopes: null }),
  trelloRoute("POST /OAuthAuthorizeToken", decide, { scopes: null }),
  ...either("/OAuthGetAccessToken", accessToken),
];

/** A route for both GET and POST, because clients use both. */
function either(path: string, handle: Route["handle"]): Route[] {
  return ["GET", "POST"].map((method) => trelloRoute(`${method} ${path}`, handle, { scopes: null }));
}

function requestToken(context: RouteContext): Reply {
  const { world } = context;
  const { app, oauth } = application(context);
  verified(context, { client: app.secret, token: "" });
  const made: RequestToken = {
    ...credentials(context),
    key: app.key,
    callback: oauth.get("oauth_callback") ?? "oob",
    expiresAt: world.now() + REQUEST_TOKEN_MS,
    grant: null,
  };
  world.trello.requestTokens.set(made.token, made);
  return form({ oauth_token: made.token, oauth_token_secret: made.secret, oauth_callback_confirmed: "true" });
}

function askPerson(context: RouteContext): Reply {
  const { token } = asked(context);
  const { scopes, expiration, name } = wish(context);
  const fields = { oauth_token: token, scope: scopes.join(","), expiration, name };
  return askPage({
    name,
    person: signedIn(context).fullName,
    scopes,
    more: `Expires: ${expiration}.`,
    fields,
  });
}

function decide(context: RouteContext): Reply {
  const found = asked(context);
  const { scopes, expiration, name } = wish(context);
  if (oneOf(context, "decision", ["allow", "deny"]) === "deny") {
    context.world.trello.requestTokens.delete(found.token);
    // Trello does not publish how it sends the browser back after a refusal. The sandbox sends an error and no
    // verifier.
    return back(found, { error: "Token request rejected" });
  }
  const verifier = credentials(context).token.slice(0, 32);
  found.grant = {
    verifier,
    idMember: signedIn(context).id,
    identifier: name,
    scopes: new Set(scopes),
    lifetimeMs: LIFETIMES_MS[expiration],
  };
  return back(found, { oauth_token: found.token, oauth_verifier: verifier });
}

function accessToken(context: RouteContext): Reply {
  const { world } = context;
  const { app, oauth } = application(context);
  const found = known(context, oauth.get("oauth_token"));
  if (found.key !== app.key) return refuse(401, "invalid token");
  verified(context, { client: app.secret, token: found.secret });
  const { grant } = found;
  if (!grant) return refuse(401, "token is not authorized");
  if (oauth.get("oauth_verifier") !== grant.verifier) return refuse(401, "invalid verifier");
  world.trello.requestTokens.delete(found.token);
  const made = credentials(context);
  const { idMember, identifier, scopes, lifetimeMs } = grant;
  world.trello.tokens.set(made.token, {
    ...made,
    key: app.key,
    idMember,
    identifier,
    scopes,
    dateCreated: new Date(world.now()).toISOString(),
    dateExpires: lifetimeMs === null ? null : new Date(world.now() + lifetimeMs).toISOString(),
    revoked: false,
  });
  return form({ oauth_token: made.token, oauth_token_secret: made.secret });
}

function application({ world, headers }: RouteContext) {
  const oauth = parseOAuthHeader(headers.authorization);
  const app = world.trello.apps.get(oauth.get("oauth_consumer_key") ?? "");
  return { app: app ?? refuse(401, "invalid key"), oauth };
}

function verified(context: RouteContext, secrets: { readonly client: string; readonly token: string }): void {
  const wrong = context.verifySignature(secrets);
  if (wrong !== null) refuse(401, wrong);
}

function known({ world }: RouteContext, token: string | undefined): RequestToken {
  const found = world.trello.requestTokens.get(token ?? "") ?? refuse(401, "invalid token");
  return found.expiresAt > world.now() ? found : refuse(401, "expired token");
}

/**
 * The request token that the page's URL names. Refuses the request if the app may not use the callback URL of this
 * token.
 */
function asked(context: RouteContext): RequestToken {
  const found = known(context, arg(context, "oauth_token"));
  // An app lists the origins to which Trello may send the browser back. The list of the sandbox's app contains only
  // this machine.
  const { callback } = found;
  if (callback === "oob" || /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//.test(callback)) return found;
  return refuse(
    400,
    "Invalid return_url. The return URL should match the application's allowed origins. Contact the developer.",
  );
}

/** The user: always the owner of the sandbox's first token, because no person signs in. */
function signedIn({ world }: RouteContext): TrelloMember {
  const owner = world.trello.tokens.get(SEED.tokens.full)?.idMember ?? "";
  return world.trello.members.get(owner) ?? refuse(401, "invalid token");
}

/**
 * The access for which the app asks. If the request lacks the parameters `scope` and `expiration`, Trello's defaults
 * apply: the scope read, for 30 days.
 */
function wish(context: RouteContext) {
  const scopes = (arg(context, "scope") ?? "read").split(",");
  if (!scopes.every((scope) => SCOPES.includes(scope))) refuse(400, "invalid value for scope");
  const expiration =
    arg(context, "expiration") === undefined ? "30days" : oneOf(context, "expiration", EXPIRATIONS);
  return { scopes, expiration, name: arg(context, "name") ?? "An unknown application" };
}

function back({ callback }: RequestToken, answer: Readonly<Record<string, string>>): Reply {
  if (callback === "oob") {
    const { oauth_verifier: verifier } = answer;
    return verifier === undefined ? text(200, "Token request rejected") : verifierPage(verifier);
  }
  const location = new URL(callback);
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value);
  return { status: 302, headers: { location: location.href } };
}

/** A new token and its secret. They are the same in every run of a test. */
function credentials({ world }: RouteContext): { readonly token: string; readonly secret: string } {
  world.trello.sequence += 1;
  const made = (what: string) =>
    createHash("sha256").update(`${what} ${world.trello.sequence}`).digest("hex");
  return { token: made("token"), secret: made("secret") };
}

function form(values: Readonly<Record<string, string>>): Reply {
  return {
    status: 200,
    text: new URLSearchParams(values).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  };
}

/** The page with the verifier, for an app without a callback URL (`oob`, RFC 5849 section 2.1). */
function verifierPage(verifier: string): Reply {
  return page("Sandbox: allowed", `<p>Give this to the application:</p><pre>${escape(verifier)}</pre>`);
}
