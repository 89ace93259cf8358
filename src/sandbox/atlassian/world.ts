/** The Atlassian half of the world: accounts, and the directories that provision them. */
export interface AtlassianWorld {
  readonly idOrg: string;
  readonly orgApiKeys: Set<string>;
  /** Keys with scopes. The keys in `orgApiKeys` may do everything. */
  readonly scopedKeys?: Map<string, ReadonlySet<string>>;
  /** The organization's user directory (organization API). Its id is not the SCIM directory's id. */
  readonly idUserDirectory: string;
  /** The organization manages the accounts that have an email on these domains. */
  readonly verifiedDomains: Set<string>;
  /** Counts the ids made since the seed, so that ids are new and the same in every run. */
  serial: number;
  readonly accounts: Map<string, AtlassianAccount>;
  /** The SCIM directory that the token opens. */
  readonly directory: ScimDirectory;
  /** Directories of other identity providers in the same organization. */
  readonly otherDirectories?: readonly ScimDirectory[];
  /**
   * Group ids are Atlassian resource identifiers and times are in nanoseconds, as in the examples of the organization
   * API.
   */
  likeExamples?: boolean;
}

export interface AtlassianAccount {
  /** The Atlassian account id. */
  readonly id: string;
  name: string;
  email: string;
  status: "active" | "inactive";
  /** State in the organization's user directory. A suspended person keeps roles and groups but reaches no product. */
  membership: "active" | "suspended" | "no_membership";
  managed: boolean;
  /** Products that the person can use now, each with its last use (ISO 8601 or null). */
  products: AtlassianProduct[];
  /** Products that come back when the account is active and in the directory again. */
  withheldProducts: AtlassianProduct[];
  /** Group names. */
  groups: string[];
  /** Organization-wide roles, such as `atlassian/org-admin`. */
  roles: string[];
  addedToOrg: string;
  /** Default `atlassian`. `app` is a bot or a service account. */
  readonly type?: "atlassian" | "app" | "customer";
  /** The account is closed or will be deleted; `status` does not matter then. */
  lifecycle?: "closed" | "for_deletion";
  /** Default true. */
  emailVerified?: boolean;
  /** Why the account may not be deactivated here (user management API, "Manageability.RestrictionReason"). */
  restriction?:
    | "externalDirectory.google"
    | "authPolicy.saml"
    | "blocked.exportControl"
    | "administrative.notMyself";
  /** Replies do not say how the account came into the organization. */
  sourceUnknown?: boolean;
  /** Attributes that the person hides from others. */
  hides?: readonly string[];
  /** How replies show when the account was added. Default: as a date. */
  addedTold?: "null" | "absent";
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
  /** Users are shown as in recorded replies: all schemas named, dates in microseconds, `resourceType` "User". */
  usersAsRecorded?: boolean;
  /** A User is added or removed after every page, so no two pages show the same total. */
  changesWhileRead?: boolean;
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
  /** Attributes that replies leave out, as in recorded Users. */
  omits?: readonly string[];
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
