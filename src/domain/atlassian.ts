// The Atlassian account behind a person, as the organization API shows it, reduced to what the product uses.

export interface ProductAccess {
  /** For example `Jira`, `Confluence`, `Trello`. */
  readonly product: string;
  /** ISO 8601, null if never or unknown. */
  readonly lastActive: string | null;
}

export interface AtlassianAccount {
  readonly accountId: string;
  readonly name: string;
  readonly email: string | null;
  /** As the organization directory spells it, for example `active`, `suspended`, `deactivated`. */
  readonly status: string;
  /** The account itself: `active`, `inactive` or `closed`; null if the reply does not say. */
  readonly accountStatus: string | null;
  /** Its place in the directory: `active`, `suspended` or `no_membership`; null if the reply does not say. */
  readonly membershipStatus: string | null;
  /** null if the reply does not say. */
  readonly managed: boolean | null;
  /** `synced` from an identity provider or `invited` by an admin; null if it is not managed or not known. */
  readonly managedBy: string | null;
  readonly products: readonly ProductAccess[];
  /** The latest of the products' dates, ISO 8601; null if there is none. */
  readonly lastActive: string | null;
  readonly groups: readonly string[];
  /** Organization-wide admin roles, for example `atlassian/org-admin`. */
  readonly roles: readonly string[];
}

/** What the organization's key may do to an account. */
export interface AccountControl {
  /** Whether it may deactivate and reactivate the account. */
  readonly canDisable: boolean;
  /** Why not, as the user management API spells it, for example `externalDirectory.scim`. */
  readonly reasons: readonly string[];
}
