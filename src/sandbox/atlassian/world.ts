/** The Atlassian part of the sandbox: accounts, and the directories that create them. */
export interface AtlassianWorld {
  readonly idOrg: string;
  readonly orgApiKeys: Set<string>;
  /** API keys and their scopes. A key in `orgApiKeys` may do everything. */
  readonly scopedKeys?: Map<string, ReadonlySet<string>>;
  /** The id of the user directory in the organization API. The SCIM directory has another id. */
  readonly idUserDirectory: string;
  /** Verified domains. The organization manages the accounts with an email on one of them. */
  readonly verifiedDomains: Set<string>;
  /**
   * The number of ids that were made so far. New ids are computed from it, so each is new but the same in every run of
   * a test.
   */
  serial: number;
  readonly accounts: Map<string, AtlassianAccount>;
  /** The SCIM directory to which the server's SCIM token gives access. */
  readonly directory: ScimDirectory;
  /** SCIM directories of other identity providers in the same organization. */
  readonly otherDirectories?: readonly ScimDirectory[];
  /** True if group ids and times have the unusual forms of the examples in the organization API. */
  likeExamples?: boolean;
}

export interface AtlassianAccount {
  /** The Atlassian account id. */
  readonly id: string;
  name: string;
  email: string;
  status: "active" | "inactive";
  /**
   * The person's status in the organization's directory. A suspended person keeps roles and groups but can open no
   * product.
   */
  membership: "active" | "suspended" | "no_membership";
  managed: boolean;
  /** Products that the person can use now, each with its last use (ISO 8601 or null). */
  products: AtlassianProduct[];
  /** Products that the account gets back when it is active and in the directory again. */
  withheldProducts: AtlassianProduct[];
  /** Group names. */
  groups: string[];
  /** Organization-wide roles, such as `atlassian/org-admin`. */
  roles: string[];
  addedToOrg: string;
  /** The type of account; `atlassian` by default. `app` is a bot or service account. */
  readonly type?: "atlassian" | "app" | "customer";
  /** Set if the account is closed or will be deleted. `status` then has no meaning. */
  lifecycle?: "closed" | "for_deletion";
  /** Default true. */
  emailVerified?: boolean;
  /** Why the organization may not deactivate the account (user management API, "Manageability.RestrictionReason"). */
  restriction?:
    | "externalDirectory.google"
    | "authPolicy.saml"
    | "blocked.exportControl"
    | "administrative.notMyself";
  /** True if replies do not show how the account came to the organization. */
  sourceUnknown?: boolean;
  /** The attributes that the person does not show to others. */
  hides?: readonly string[];
  /**
   * Set if replies do not show the date on which the account was added. `null`: the field is null. `absent`: the field
   * is missing.
   */
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
  /** True if Users have the form of recorded replies: all schemas, dates in microseconds and `resourceType` "User". */
  usersAsRecorded?: boolean;
  /** True if a User is added or removed after each page, so that two pages show different totals. */
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
