/** The Atlassian half of the world: accounts, and the directories that provision them. */
export interface AtlassianWorld {
  readonly idOrg: string;
  readonly orgApiKeys: Set<string>;
  /** Keys that were made with scopes; those of `orgApiKeys` may do everything. */
  readonly scopedKeys?: Map<string, ReadonlySet<string>>;
  /** The organization's user directory (organization API); not the SCIM directory's id. */
  readonly idUserDirectory: string;
  /** Accounts with an email on these domains are managed by the organization. */
  readonly verifiedDomains: Set<string>;
  /** Counts the ids made since the seed, so that they are new and the same in every run. */
  serial: number;
  readonly accounts: Map<string, AtlassianAccount>;
  /** The SCIM directory that the token opens. */
  readonly directory: ScimDirectory;
  /** Directories of other identity providers in the same organization. */
  readonly otherDirectories?: readonly ScimDirectory[];
  /** Group ids as Atlassian resource identifiers, times in nanoseconds: as in the examples of the organization API. */
  likeExamples?: boolean;
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
  /** Default `atlassian`; `app`: a bot or a service account. */
  readonly type?: "atlassian" | "app" | "customer";
  /** Closed or about to be deleted, whatever `status` says. */
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
  /** Attributes that the person hides. */
  hides?: readonly string[];
  /** How replies tell when the account was added; default: with its date. */
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
  /** Users show as in recorded replies: all schemas named, dates in microseconds, `resourceType` "User". */
  usersAsRecorded?: boolean;
  /** A User comes or goes after every page, so that no two pages tell the same total. */
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
  /** Attributes that replies leave out, as recorded Users lack them. */
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
