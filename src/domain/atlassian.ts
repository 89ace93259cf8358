// The Atlassian account of a person, with the fields of the organization API that this program uses.

export interface ProductAccess {
  /** For example `Jira`, `Confluence`, `Trello`. */
  readonly product: string;
  /** The date of last use, ISO 8601; null if never used or unknown. */
  readonly lastActive: string | null;
}

export interface AtlassianAccount {
  readonly accountId: string;
  readonly name: string;
  readonly email: string | null;
  /** The status in the words of the organization's directory, for example `active`, `suspended`, `deactivated`. */
  readonly status: string;
  /** The status of the account itself: `active`, `inactive` or `closed`; null if the reply does not say. */
  readonly accountStatus: string | null;
  /**
   * The status of the account in the organization's directory: `active`, `suspended` or `no_membership`; null if the
   * reply does not say.
   */
  readonly membershipStatus: string | null;
  /** Whether the organization manages the account; null if the reply does not say. */
  readonly managed: boolean | null;
  /**
   * How the account came to the organization: `synced` from an identity provider, or `invited` by an admin. null if
   * unknown or not managed.
   */
  readonly managedBy: string | null;
  readonly products: readonly ProductAccess[];
  /** The newest date of last use of all products, ISO 8601; null if there is none. */
  readonly lastActive: string | null;
  readonly groups: readonly string[];
  /** Organization-wide admin roles, for example `atlassian/org-admin`. */
  readonly roles: readonly string[];
}

/** What the organization's API key may do with an account. */
export interface AccountControl {
  /** Whether the API key may deactivate and reactivate the account. */
  readonly canDisable: boolean;
  /** Why the API key may not, in the word of the user management API, for example `externalDirectory.scim`. */
  readonly reasons: readonly string[];
}
