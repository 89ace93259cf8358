import type { TokenInfo } from "./trello.ts";

/** What a Trello token can be allowed (Trello: authorization, scope). */
export const SCOPES = ["read", "write", "account"] as const;
export type Scope = (typeof SCOPES)[number];

const DAY_MS = 86_400_000;

/** A token's rights as the scopes that were asked for; `account` shows as the right to write the member itself. */
export function scopesOf({ permissions }: Pick<TokenInfo, "permissions">): readonly Scope[] {
  const has = (right: "read" | "write", models: readonly string[]) =>
    permissions.some((row) => models.includes(row.modelType) && row[right]);
  const held: Readonly<Record<Scope, boolean>> = {
    read: has("read", ["Board", "Organization"]),
    write: has("write", ["Board", "Organization"]),
    account: has("write", ["Member"]),
  };
  return SCOPES.filter((scope) => held[scope]);
}

/** Whole days until a token expires, null for never; `now` in milliseconds since 1970. */
export function daysLeft({ dateExpires }: Pick<TokenInfo, "dateExpires">, now: number): number | null {
  return dateExpires == null ? null : Math.floor((Date.parse(dateExpires) - now) / DAY_MS);
}

/** An expiry is fixed when the token is granted, so a token is replaced, not extended. */
export const HOW_TO_REPLACE =
  "an expiry cannot be changed: make a new token with the `login` command in time";
