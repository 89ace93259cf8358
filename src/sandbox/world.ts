/**
 * Everything the sandbox knows: plain data in maps, changed only by route handlers (and by tests, directly).
 * Names are the wire's. Nothing here is shared between two sandboxes.
 */
export interface World {
  /** Milliseconds since 1970; tests hand in a clock. */
  readonly now: () => number;
  readonly trello: TrelloWorld;
  readonly atlassian: AtlassianWorld;
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
}

export interface TrelloToken {
  readonly token: string;
  readonly key: string;
  readonly secret: string;
  readonly idMember: string;
  readonly identifier: string;
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
  dateLastActive: string | null;
}

export interface Membership {
  readonly id: string;
  readonly idMember: string;
  memberType: MemberType;
  unconfirmed: boolean;
  deactivated: boolean;
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
}

export interface Board {
  readonly id: string;
  readonly shortLink: string;
  name: string;
  closed: boolean;
  idOrganization: string | null;
  permissionLevel: "private" | "org" | "public";
  memberships: Membership[];
}

export interface Card {
  readonly id: string;
  name: string;
  idBoard: string;
  idMembers: string[];
  closed: boolean;
}

export interface Enterprise {
  readonly id: string;
  name: string;
  /** Managed in Atlassian's AdminHub: several writes are refused. */
  adminHub: boolean;
  idOrganizations: string[];
  idAdmins: string[];
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

export interface AtlassianWorld {
  readonly idOrg: string;
  readonly orgApiKeys: Set<string>;
  /** The organization's user directory (organization API); not the SCIM directory's id. */
  readonly idUserDirectory: string;
  /** Accounts with an email on these domains are managed by the organization. */
  readonly verifiedDomains: Set<string>;
  /** Counts the ids made since the seed, so that they are new and the same in every run. */
  serial: number;
  readonly accounts: Map<string, AtlassianAccount>;
  readonly directory: ScimDirectory;
}

export interface AtlassianAccount {
  /** aaId. */
  readonly id: string;
  name: string;
  email: string;
  status: "active" | "inactive";
  /** In the organization's user directory; a suspended person keeps roles and groups but reaches nothing. */
  membership: "active" | "suspended" | "no_membership";
  managed: boolean;
  /** Products the person can use now, with last use (ISO 8601 or null). */
  products: AtlassianProduct[];
  /** Products that come back when the account is active and in the directory again. */
  withheldProducts: AtlassianProduct[];
  /** Group names. */
  groups: string[];
  /** Organization-wide roles, such as `atlassian/org-admin`. */
  roles: string[];
  addedToOrg: string;
}

export interface AtlassianProduct {
  readonly key: string;
  readonly name: string;
  readonly lastActive: string | null;
}

export interface ScimDirectory {
  readonly id: string;
  readonly tokens: Set<string>;
  readonly users: Map<string, ScimUser>;
  readonly groups: Map<string, ScimGroup>;
}

export interface ScimUser {
  readonly id: string;
  externalId: string | null;
  userName: string;
  active: boolean;
  name: { givenName: string; familyName: string };
  displayName: string;
  emails: { value: string; type: string; primary: boolean }[];
  title: string | null;
  department: string | null;
  organization: string | null;
  nickName: string | null;
  preferredLanguage: string | null;
  timezone: string | null;
  phoneNumbers: { value: string; type: string; primary: boolean }[];
  idAccount: string | null;
  readonly created: string;
  lastModified: string;
}

export interface ScimGroup {
  readonly id: string;
  externalId: string | null;
  displayName: string;
  /** Ids of SCIM users. */
  members: string[];
  readonly created: string;
  lastModified: string;
}
