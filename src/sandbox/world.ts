import type { AtlassianWorld } from "./atlassian/world.ts";

export type * from "./atlassian/world.ts";

/**
 * Everything the sandbox knows: plain data in maps, changed only by route handlers (and by tests, directly).
 * Names are the wire's. Nothing here is shared between two sandboxes.
 */
export interface World {
  /** Milliseconds since 1970; tests hand in a clock. */
  readonly now: () => number;
  readonly trello: TrelloWorld;
  readonly atlassian: AtlassianWorld;
  /** Other forms of replies; while it is empty every reply has its tidy form. */
  readonly wire: WireForms;
}

/** Forms that real replies have at times. Live, so that a test can switch one on. */
export interface WireForms {
  /** Refusals whose real words are unknown come in a second wording. */
  otherWords?: boolean;
  /** Every object has an unknown field, and lacks one of its optional ones. */
  drift?: boolean;
  /** Hidden emails show as null instead of not at all. */
  nullEmails?: boolean;
  /** Failed parts of a batch alternate between the two forms that clients read. */
  batchFailures?: "keyed" | "both";
  /** Some replies are chunked, and some close the connection. */
  unevenTransport?: boolean;
}

export type PlanTier = "free" | "standard" | "premium" | "enterprise";
export type MemberType = "admin" | "normal" | "observer";

export interface TrelloWorld {
  /** App keys with their secrets (OAuth 1.0 and webhook signatures). */
  readonly apps: Map<string, { readonly key: string; readonly secret: string; readonly name: string }>;
  readonly tokens: Map<string, TrelloToken>;
  /** OAuth 1.0 temporary credentials that have not been exchanged yet (RFC 5849 section 2.1). */
  readonly requestTokens: Map<string, RequestToken>;
  readonly members: Map<string, TrelloMember>;
  readonly workspaces: Map<string, Workspace>;
  readonly boards: Map<string, Board>;
  readonly cards: Map<string, Card>;
  readonly enterprises: Map<string, Enterprise>;
  /** Newest last; what `/organizations/{id}/actions` shows. */
  readonly actions: TrelloAction[];
  /** Source of ids: each new object takes the next one. */
  sequence: number;
  /** Whether member objects of other people carry `aaId` (unverified upstream, so it can be switched). */
  showsAaId: boolean;
  /** How many requests in 10 s a person's other tokens use up of the person's own budget. */
  usedElsewhere?: number;
  /** More cards than this in one reply are refused with 403 (the real number is not published). */
  mostCards?: number;
}

export interface TrelloToken {
  readonly token: string;
  readonly key: string;
  readonly secret: string;
  readonly idMember: string;
  /** null: the application never named itself. */
  readonly identifier: string | null;
  /** Granted by an enterprise's admin for the enterprise. */
  readonly idEnterprise?: string;
  /** Any of read, write, account. */
  readonly scopes: ReadonlySet<string>;
  readonly dateCreated: string;
  /** null: never. */
  readonly dateExpires: string | null;
  revoked: boolean;
}

export interface RequestToken {
  readonly token: string;
  readonly key: string;
  readonly secret: string;
  /** Where the person is sent back to. */
  readonly callback: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** null until somebody allowed it. */
  grant: Grant | null;
}

/** What a person allowed an application. */
export interface Grant {
  readonly verifier: string;
  readonly idMember: string;
  readonly identifier: string;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds from the exchange; null: never. */
  readonly lifetimeMs: number | null;
}

export interface TrelloMember {
  readonly id: string;
  username: string;
  fullName: string;
  initials: string;
  bio: string;
  /** Hidden from everyone but the owner's own token with `account` (and enterprise queries). */
  email: string;
  /** `ghost`: invited by email, no account. */
  memberType: "normal" | "ghost";
  confirmed: boolean;
  /** Atlassian account, where the person has one. */
  aaId: string | null;
  /** How `aaId` shows to other people; without it, as the world says. */
  aaIdShown?: "id" | "null" | "absent";
  /** Further addresses of the same account; only the first is ever shown. */
  otherEmails?: readonly string[];
  /** What the person shows to fellow members only; the name may be another than `fullName`. */
  nonPublic?: { readonly fullName?: string; readonly initials?: string };
  /** Default true. */
  nonPublicAvailable?: boolean;
  dateLastActive: string | null;
}

export interface Membership {
  readonly id: string;
  readonly idMember: string;
  memberType: MemberType;
  unconfirmed: boolean;
  deactivated: boolean;
  /** Keys that replies leave out of this row. */
  omits?: readonly ("unconfirmed" | "deactivated")[];
  /** The row's member shows as null. */
  memberIsNull?: boolean;
  /** A word in place of `memberType` that no description has. */
  unknownType?: string;
}

export interface Workspace {
  readonly id: string;
  /** The slug: can be renamed. */
  name: string;
  displayName: string;
  tier: PlanTier;
  idEnterprise: string | null;
  memberships: Membership[];
  dateCreated: string;
  /** Answers 401 to everybody, although lists name it. */
  unreadable?: boolean;
  /** What replies say of the plan, if not what the tier says; null: nothing. */
  planShown?: { readonly offering: string; readonly products: readonly number[] } | null;
}

export interface Board {
  readonly id: string;
  readonly shortLink: string;
  name: string;
  closed: boolean;
  idOrganization: string | null;
  permissionLevel: "private" | "org" | "public" | "enterprise";
  memberships: Membership[];
  /** null: not told by old boards. */
  idMemberCreator?: string | null;
}

export interface Card {
  readonly id: string;
  name: string;
  idBoard: string;
  idMembers: string[];
  closed: boolean;
  /** On a list that was archived: the card is open and nobody sees it. */
  inArchivedList?: boolean;
  dueComplete?: boolean;
}

export interface Enterprise {
  readonly id: string;
  name: string;
  /** Managed in Atlassian's AdminHub: several writes are refused. */
  adminHub: boolean;
  idOrganizations: string[];
  idAdmins: string[];
  /** `members/query` answers an object with the cursor in it, and the spellings of the description. */
  queryForm?: "published";
  members: Map<
    string,
    {
      readonly idMember: string;
      licensed: boolean;
      deactivated: boolean;
      managed: boolean;
      dateLastImpression: string | null;
    }
  >;
}

export interface TrelloAction {
  readonly id: string;
  readonly type: string;
  readonly date: string;
  readonly idMemberCreator: string;
  readonly idOrganization: string | null;
  readonly data: Record<string, unknown>;
}
