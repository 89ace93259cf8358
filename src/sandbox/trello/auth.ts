import { accessTokenOf, bearerCaller } from "../oauth2/bearer.ts";
import { text } from "../route.ts";
import type { Caller, Incoming, Reply } from "../route.ts";
import type { World } from "../world.ts";
import type { SignedRequest, VerifySignature } from "./oauth.ts";

/** The sender of a request. Requests are counted by API key and token, even if they are refused. */
export interface Who {
  readonly key: string | null;
  readonly caller: Caller | null;
  /** The reply if the request does not prove who sends it, for example because its token is not valid. */
  readonly refusal: Reply;
}

export type Authenticate = (incoming: Incoming) => Who;

/**
 * Reads the credentials of a request: an access token of OAuth 2.0, or key and token from the header `Authorization:
 * OAuth` or the query. If there is a signature, it must be right.
 */
export function createAuthenticate(world: World, now: () => number, verify: VerifySignature): Authenticate {
  return (incoming) => {
    const accessToken = accessTokenOf(incoming);
    if (accessToken !== null) {
      const caller = bearerCaller(world, accessToken);
      const { status, text: words } = world.trello.oauth2.behaviour.refusal;
      return { key: caller?.token.key ?? null, caller, refusal: text(status, words) };
    }
    const given = credentials(incoming);
    const app = world.trello.apps.get(given.key ?? "");
    if (!app) return noCaller(null, text(401, "invalid key"));
    if (given.token === null) return noCaller(app.key, text(401, "unauthorized permission requested"));
    const token = world.trello.tokens.get(given.token);
    if (!token || token.revoked || token.key !== app.key)
      return noCaller(app.key, text(401, "invalid token"));
    if (token.dateExpires !== null && Date.parse(token.dateExpires) <= now()) {
      return noCaller(app.key, text(401, "expired token"));
    }
    if (given.oauth.has("oauth_signature")) {
      const secrets = { client: app.secret, token: token.secret };
      const wrong = verify(signedRequest(incoming), secrets);
      if (wrong !== null) return noCaller(app.key, text(401, wrong));
    }
    const member = world.trello.members.get(token.idMember);
    if (!member) return noCaller(app.key, text(401, "invalid token"));
    return { key: app.key, caller: { member, token }, refusal: text(401, "invalid token") };
  };
}

function noCaller(key: string | null, refusal: Reply): Who {
  return { key, caller: null, refusal };
}

function credentials({ headers, query }: Incoming) {
  const oauth = parseOAuthHeader(headers.authorization);
  return {
    oauth,
    key: oauth.get("oauth_consumer_key") ?? query.get("key"),
    token: oauth.get("oauth_token") ?? query.get("token"),
  };
}

/** A request in the form in which its signature is computed. */
export function signedRequest(incoming: Incoming): SignedRequest {
  const { method, url, headers } = incoming;
  return { method, url, oauth: parseOAuthHeader(headers.authorization), form: formOf(incoming) };
}

function formOf({ headers, rawBody }: Incoming): URLSearchParams {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  return new URLSearchParams(isForm ? rawBody : "");
}

/** The parameters of an `Authorization: OAuth` header (RFC 5849 section 3.5.1), decoded. */
export function parseOAuthHeader(header: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const scheme = /^OAuth\s+/i.exec(header ?? "");
  if (!scheme) return found;
  for (const part of (header ?? "").slice(scheme[0].length).split(",")) {
    const pair = /^\s*([^=\s]+)="?([^"]*)"?\s*$/.exec(part);
    if (pair?.[1] !== undefined) found.set(decode(pair[1]), decode(pair[2] ?? ""));
  }
  return found;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
