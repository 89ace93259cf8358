import type { AtlassianWorld } from "./atlassian/world.ts";
import type { OAuth2World } from "./oauth2/world.ts";
import type { VendorsWorld } from "./vendors/world.ts";

export type * from "./atlassian/world.ts";

/**
 * All data of the sandbox, in maps. Only route handlers and tests change it. Names are those of the API. Two sandboxes
 * share no data.
 */
export interface World {
  /** The clock, in milliseconds since 1970. Tests use a clock of their own. */
  readonly now: () => number;
  readonly trello: TrelloWorld;
  readonly atlassian: AtlassianWorld;
  /** The identity providers. */
  readonly vendors: VendorsWorld;
  /** Unusual forms of replies. If empty, all replies have the usual form. */
  readonly wire: WireForms;
}

/** Unusual forms that real replies sometimes have. A test can switch one on while the sandbox runs. */
export interface WireForms {
  /** For some refusals, the real text is unknown, so the sandbox has two texts. True if the second text is used. */
  otherWords?: boolean;
  /** True if every object has an unknown field and lacks one of its optional fields. */
  drift?: boolean;
  /** True if a hidden email is null in replies; otherwise the field is missing. */
  nullEmails?: boolean;
  /** In which form a batch reports a failed request: always in one form, or in two forms that take turns. */
  batchFailures?: "keyed" | "both";
  /** True if some replies are chunked, and some close the connection. */
  unevenTransport?: boolean;
  /** True if some replies of Trello also have headers for the limits of database time and actions. */
  moreLimits?: boolean;
  /** True if other people see a changed profile in webhooks and in the member's feed. Trello documents neither. */
  tellsProfiles?: boolean;
}

export type PlanTier = "free" | "standard" | "premium" | "enterprise";
export type MemberType = "admin" | "normal" | "observer";

export interface TrelloWorld {
  /** The keys and secrets of apps (for OAuth 1.0 and webhook signatures). */
  readonly apps: Map<string, { readonly key: string; readonly secret: string; readonly name: string }>;
  readonly tokens: Map<string, TrelloToken>;
  /** Request tokens of OAuth 1.0 that were not exchanged yet (RFC 5849 section 2.1). */
  readonly requestTokens: Map<string, RequestToken>;
  /** The authorization server of OAuth 2.0. */
  readonly oauth2: OAuth2World;
  readonly members: Map<string, TrelloMember>;
  readonly workspaces: Map<string, Workspace>;
  readonly boards: Map<string, Board>;
  readonly cards: Map<string, Card>;
  readonly enterprises: Map<string, Enterprise>;
  /** The action feed, newest last. `/organizations/{id}/actions` leaves out actions that Trello shows in no feed. */
  readonly actions: TrelloAction[];
  readonly webhooks: Map<string, Webhook>;
  /** The actions that must still be posted to webhooks. */
  readonly deliveries: Delivery[];
  /** The number for the next id. */
  sequence: number;
  /** Whether replies contain the `aaId` of other people. It is unknown what the real API does, so tests use both. */
  showsAaId: boolean;
  /** How many requests in 10 s each person is assumed to send with other tokens. They count for the person's limit. */
  usedElsewhere?: number;
  /** The most cards in one reply. A request for more is refused with 403. Trello does not publish the real number. */
  mostCards?: number;
}

export interface TrelloToken {
  readonly token: string;
  readonly key: string;
  readonly secret: string;
  readonly idMember: string;
  /** null: the application gave no name. */
  readonly identifier: string | null;
  /** Set if an enterprise's admin gave this token for the enterprise: the id of the enterprise. */
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
  /** The URL to which the person is sent back after the decision; `oob` if the app has no such URL. */
  readonly callback: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** What the person allowed; null before the decision. */
  grant: Grant | null;
}

/** What a person allowed an application to do. */
export interface Grant {
  readonly verifier: string;
  readonly idMember: string;
  readonly identifier: string;
  readonly scopes: ReadonlySet<string>;
  /** How long the token is valid after the exchange, in milliseconds; null: for ever. */
  readonly lifetimeMs: number | null;
}

export interface TrelloMember {
  readonly id: string;
  username: string;
  fullName: string;
  initials: string;
  bio: string;
  /** Replies show the email only to the person's own token (scope `account`) and to an enterprise (`members/query`). */
  email: string;
  /** `ghost`: a person who was invited by email and has no account. */
  memberType: "normal" | "ghost";
  confirmed: boolean;
  /** The id of the Atlassian account; null if the person has none. */
  aaId: string | null;
  /** How other people see `aaId`. If missing, `showsAaId` of the sandbox decides. */
  aaIdShown?: "id" | "null" | "absent";
  /** More emails of the account. Replies show only the first. */
  otherEmails?: readonly string[];
  /**
   * The name and initials that only members of the same workspace see. They may differ from `fullName` and `initials`.
   */
  nonPublic?: { readonly fullName?: string; readonly initials?: string };
  /** Default true. */
  nonPublicAvailable?: boolean;
  dateLastActive: string | null;
  /** The source of the person's picture; none by default. */
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
  /** Fields of this membership that replies leave out. */
  omits?: readonly ("unconfirmed" | "deactivated")[];
  /** True if replies show null as the member of this membership. */
  memberIsNull?: boolean;
  /** A word that replies show instead of `memberType`. The API description does not contain this word. */
  unknownType?: string;
}

export interface Workspace {
  readonly id: string;
  /** The short name in the workspace's URL. It can change. */
  name: string;
  displayName: string;
  tier: PlanTier;
  idEnterprise: string | null;
  memberships: Membership[];
  dateCreated: string;
  /** Preferences that differ from the default. An invitation that the preferences do not allow is refused. */
  prefs?: {
    readonly associatedDomain?: string;
    readonly orgInviteRestrict?: readonly string[];
    readonly externalMembersDisabled?: boolean;
  };
  /** True if the workspace answers every request with 401, although lists contain it. */
  unreadable?: boolean;
  /** The plan tier of Trello that replies show, if it differs from `tier`; null: replies show no plan tier. */
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
  /** The member who made the board; null for old boards. */
  idMemberCreator?: string | null;
}

export interface Card {
  readonly id: string;
  name: string;
  idBoard: string;
  idMembers: string[];
  closed: boolean;
  /** True if the card's list was archived: the card is open but not visible on the board. */
  inArchivedList?: boolean;
  dueComplete?: boolean;
}

export interface Enterprise {
  readonly id: string;
  name: string;
  /** True if Atlassian's AdminHub manages the enterprise. Some writes are then refused. */
  adminHub: boolean;
  idOrganizations: string[];
  idAdmins: string[];
  /** Set if `members/query` answers with an object, as in the API description. Otherwise it answers with a list. */
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

/** A webhook. It belongs to the token that made it, and is deleted with that token. */
export interface Webhook {
  readonly id: string;
  readonly token: string;
  callbackURL: string;
  idModel: string;
  description: string;
  active: boolean;
  consecutiveFailures: number;
  /** The first failure since the last success, ISO 8601; null after a success. */
  firstConsecutiveFailDate: string | null;
}

/** An action that must be sent to a webhook. */
export interface Delivery {
  readonly idWebhook: string;
  readonly action: TrelloAction;
  /** How often posting this action to the webhook has failed. */
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
