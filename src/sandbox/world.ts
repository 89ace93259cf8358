import type { AtlassianWorld } from "./atlassian/world.ts";
import type { OAuth2World } from "./oauth2/world.ts";
import type { VendorsWorld } from "./vendors/world.ts";

export type * from "./atlassian/world.ts";

/**
 * Everything that the sandbox knows: plain data in maps. Only route handlers change it (and tests, directly). Names are
 * those of the API. Two sandboxes share nothing.
 */
export interface World {
  /** Milliseconds since 1970. Tests pass another clock. */
  readonly now: () => number;
  readonly trello: TrelloWorld;
  readonly atlassian: AtlassianWorld;
  /** The identity providers. */
  readonly vendors: VendorsWorld;
  /** Unusual forms of replies. If it is empty, every reply has its usual form. */
  readonly wire: WireForms;
}

/** Unusual forms that real replies sometimes have. Live, so that a test can switch one on. */
export interface WireForms {
  /** Refusals whose real words are unknown use a second wording. */
  otherWords?: boolean;
  /** Every object has an unknown field, and lacks one of its optional fields. */
  drift?: boolean;
  /** Hidden emails are shown as null instead of being absent. */
  nullEmails?: boolean;
  /** Failed parts of a batch alternate between the two forms that clients read. */
  batchFailures?: "keyed" | "both";
  /** Some replies are chunked, and some close the connection. */
  unevenTransport?: boolean;
  /** Some replies of Trello also tell the limits of database time and of actions. */
  moreLimits?: boolean;
}

export type PlanTier = "free" | "standard" | "premium" | "enterprise";
export type MemberType = "admin" | "normal" | "observer";

export interface TrelloWorld {
  /** App keys with their secrets (OAuth 1.0 and webhook signatures). */
  readonly apps: Map<string, { readonly key: string; readonly secret: string; readonly name: string }>;
  readonly tokens: Map<string, TrelloToken>;
  /** OAuth 1.0 temporary credentials that have not been exchanged yet (RFC 5849 section 2.1). */
  readonly requestTokens: Map<string, RequestToken>;
  /** The authorization server of OAuth 2.0. */
  readonly oauth2: OAuth2World;
  readonly members: Map<string, TrelloMember>;
  readonly workspaces: Map<string, Workspace>;
  readonly boards: Map<string, Board>;
  readonly cards: Map<string, Card>;
  readonly enterprises: Map<string, Enterprise>;
  /** Newest last; what `/organizations/{id}/actions` shows, without the types that no feed has. */
  readonly actions: TrelloAction[];
  readonly webhooks: Map<string, Webhook>;
  /** What the courier still has to post to webhooks. */
  readonly deliveries: Delivery[];
  /** The number of the next id: each new object takes one. */
  sequence: number;
  /** Whether members show other people's `aaId`. Not known of the real API, so it can be switched. */
  showsAaId: boolean;
  /** How many requests in 10 s a person's other tokens take from the person's own budget. */
  usedElsewhere?: number;
  /** More cards than this in one reply are refused with 403 (the real number is not published). */
  mostCards?: number;
}

export interface TrelloToken {
  readonly token: string;
  readonly key: string;
  readonly secret: string;
  readonly idMember: string;
  /** null: the application gave no name. */
  readonly identifier: string | null;
  /** An enterprise admin granted the token for the enterprise. */
  readonly idEnterprise?: string;
  /** Any of read, write, account. */
  readonly scopes: ReadonlySet<string>;
  readonly dateCreated: string;
  /** null: it never expires. */
  readonly dateExpires: string | null;
  revoked: boolean;
}

export interface RequestToken {
  readonly token: string;
  readonly key: string;
  readonly secret: string;
  /** The address to which the person is sent back. */
  readonly callback: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** null until a person has allowed it. */
  grant: Grant | null;
}

/** What a person allowed an application to do. */
export interface Grant {
  readonly verifier: string;
  readonly idMember: string;
  readonly identifier: string;
  readonly scopes: ReadonlySet<string>;
  /** The token's lifetime in milliseconds from its exchange; null: it never expires. */
  readonly lifetimeMs: number | null;
}

export interface TrelloMember {
  readonly id: string;
  username: string;
  fullName: string;
  initials: string;
  bio: string;
  /** Only two can see it: the owner's own token with the scope `account`, and enterprise queries. */
  email: string;
  /** `ghost`: invited by email, without an account. */
  memberType: "normal" | "ghost";
  confirmed: boolean;
  /** The Atlassian account, if the person has one. */
  aaId: string | null;
  /** How `aaId` is shown to other people. If it is absent, the world decides. */
  aaIdShown?: "id" | "null" | "absent";
  /** More addresses of the same account. Only the first address is ever shown. */
  otherEmails?: readonly string[];
  /** What the person shows to fellow members only. The name may differ from `fullName`. */
  nonPublic?: { readonly fullName?: string; readonly initials?: string };
  /** Default true. */
  nonPublicAvailable?: boolean;
  dateLastActive: string | null;
  /** Where the picture comes from. Default none. */
  avatarSource?: "gravatar" | "upload" | "none";
  /** Preferences that are not the default. */
  prefs?: Readonly<Record<string, string | number | boolean>>;
}

export interface Membership {
  readonly id: string;
  readonly idMember: string;
  memberType: MemberType;
  unconfirmed: boolean;
  deactivated: boolean;
  /** Keys of this row that replies leave out. */
  omits?: readonly ("unconfirmed" | "deactivated")[];
  /** The row's member shows as null. */
  memberIsNull?: boolean;
  /** A word instead of `memberType` that the API description does not have. */
  unknownType?: string;
}

export interface Workspace {
  readonly id: string;
  /** The slug. It can be renamed. */
  name: string;
  displayName: string;
  tier: PlanTier;
  idEnterprise: string | null;
  memberships: Membership[];
  dateCreated: string;
  /** Preferences that are not the default. Restricted invitations are refused. */
  prefs?: {
    readonly associatedDomain?: string;
    readonly orgInviteRestrict?: readonly string[];
    readonly externalMembersDisabled?: boolean;
  };
  /** Answers 401 to everyone, although lists name it. */
  unreadable?: boolean;
  /** What replies say about the plan, if it is not what the tier says; null: nothing. */
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
  /** null: old boards do not show it. */
  idMemberCreator?: string | null;
}

export interface Card {
  readonly id: string;
  name: string;
  idBoard: string;
  idMembers: string[];
  closed: boolean;
  /** The card's list was archived: the card is open, but hidden on the board. */
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
  /** `members/query` answers an object that contains the cursor, with the spellings of the API description. */
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

/** A webhook belongs to the token that made it, and ends with that token. */
export interface Webhook {
  readonly id: string;
  readonly token: string;
  callbackURL: string;
  idModel: string;
  description: string;
  active: boolean;
  consecutiveFailures: number;
  /** ISO 8601; null after a success. */
  firstConsecutiveFailDate: string | null;
}

/** One action on its way to one webhook. */
export interface Delivery {
  readonly idWebhook: string;
  readonly action: TrelloAction;
  /** How many posts have failed. */
  readonly tries: number;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
}

export interface TrelloAction {
  readonly id: string;
  readonly type: string;
  readonly date: string;
  readonly idMemberCreator: string;
  readonly idOrganization: string | null;
  readonly data: Record<string, unknown>;
}
