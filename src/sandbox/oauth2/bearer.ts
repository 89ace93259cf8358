import { text } from "../route.ts";
import type { Caller, Incoming, Match, Reply } from "../route.ts";
import type { World } from "../world.ts";
import { SCOPE_RULES } from "./scopes.ts";
import type { OAuth2Grant } from "./world.ts";

/** The access token of a request; null if it has none. */
export function accessTokenOf({ headers }: Incoming): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

/** The member behind an access token; null if the token is unknown, expired or revoked. */
export function bearerCaller(world: World, token: string): Caller | null {
  const { accessTokens, grants } = world.trello.oauth2;
  const held = accessTokens.get(token);
  const grant = held && grants.get(held.idGrant);
  const member = world.trello.members.get(grant?.idMember ?? "");
  if (!held || !grant || !member || grant.revoked || held.expiresAt <= world.now()) return null;
  return {
    member,
    grant,
    // Rate limits count requests by OAuth client and sign-in, not by access token. So the count continues after an
    // access token is renewed.
    token: {
      token: grant.id,
      key: grant.clientId,
      secret: "",
      idMember: member.id,
      identifier: null,
      scopes: new Set(["read", "write", ...(grant.scopes.includes("read:member:trello") ? ["account"] : [])]),
      dateCreated: new Date(world.now()).toISOString(),
      dateExpires: null,
      revoked: false,
    },
  };
}

/**
 * The refusal if a sign-in with OAuth 2.0 has no permission for the route or for its workspace; null if the request is
 * allowed.
 */
export function scopeRefusal(world: World, { route, params }: Match, grant: OAuth2Grant): Reply | null {
  const { answersUnlisted, lacksScope } = world.trello.oauth2.behaviour;
  const rule = SCOPE_RULES[route.name] ?? "none";
  if (rule === "none" || (rule === "unlisted" && !answersUnlisted))
    return text(lacksScope.status, lacksScope.text);
  if (rule !== "unlisted" && !rule.every((scope) => grant.scopes.includes(scope)))
    return text(lacksScope.status, lacksScope.text);
  const { workspaces } = grant;
  const place = workspaces && placeOf(world, route.path, params["id"] ?? "");
  if (workspaces && place && !workspaces.has(place)) return text(403, "Forbidden");
  return null;
}

/** The workspace that a path names; null if the path names none. */
function placeOf({ trello }: World, path: string, id: string): string | null {
  if (path.startsWith("/organizations/")) {
    const { workspaces } = trello;
    return (workspaces.get(id) ?? [...workspaces.values()].find(({ name }) => name === id))?.id ?? null;
  }
  if (!path.startsWith("/boards/")) return null;
  const { boards } = trello;
  return (
    (boards.get(id) ?? [...boards.values()].find((board) => board.shortLink === id))?.idOrganization ?? null
  );
}
