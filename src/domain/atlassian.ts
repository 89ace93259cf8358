// The Atlassian account of a person. It has the fields of the organization API that this program uses.

export interface ProductAccess {
  /** For example `Jira`, `Confluence`, `Trello`. */
  readonly product: string;
  /** The date when the person last used the product, ISO 8601; null if there was no use or the date is unknown. */
  readonly lastActive: string | null;
}

export interface AtlassianAccount {
  readonly accountId: string;
  readonly name: string;
  readonly email: string | null;
  /**
   * The status to show, for example `active`, `suspended` or `deactivated`. It is the field `status` of the reply;
   * otherwise the same as `accountStatus`; `unknown` if the reply has neither.
   */
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
  /** The latest date on which any product was used, ISO 8601; null if no date is known. */
  readonly lastActive: string | null;
  readonly groups: readonly string[];
  /** Organization-wide admin roles, for example `atlassian/org-admin`. */
  readonly roles: readonly string[];
}

/** What the organization's API key may do with an account. */
export interface AccountControl {
  /** Whether the API key may deactivate and reactivate the account. */
  readonly canDisable: boolean;
  /**
   * The reasons why the API key may not change the account, as the user management API names them, for example
   * `externalDirectory.scim`.
   */
  readonly reasons: readonly string[];
}
