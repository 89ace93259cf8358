// The Atlassian account of a person: the part of the organization API's answer that the product uses.

export interface ProductAccess {
  /** For example `Jira`, `Confluence`, `Trello`. */
  readonly product: string;
  /** ISO 8601; null if the account was never active or the date is unknown. */
  readonly lastActive: string | null;
}

export interface AtlassianAccount {
  readonly accountId: string;
  readonly name: string;
  readonly email: string | null;
  /** The organization directory's own word, for example `active`, `suspended`, `deactivated`. */
  readonly status: string;
  /** The account itself: `active`, `inactive` or `closed`; null if the reply does not say. */
  readonly accountStatus: string | null;
  /**
   * The account's status in the directory: `active`, `suspended` or `no_membership`; null if the reply does not say.
   */
  readonly membershipStatus: string | null;
  /** null if the reply does not say whether the account is managed. */
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

/** What the organization's key has the right to do to an account. */
export interface AccountControl {
  /** Whether the key may deactivate and reactivate the account. */
  readonly canDisable: boolean;
  /** Why the key may not, in the word of the user management API, for example `externalDirectory.scim`. */
  readonly reasons: readonly string[];
}
