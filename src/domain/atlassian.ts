// The Atlassian account behind a person, as the organization API shows it, reduced to what is asked of it.

export interface ProductAccess {
  /** For example `Jira`, `Confluence`, `Trello`. */
  readonly product: string;
  /** ISO 8601, null where never or unknown. */
  readonly lastActive: string | null;
}

export interface AtlassianAccount {
  readonly accountId: string;
  readonly name: string;
  readonly email: string | null;
  /** As the organization directory spells it, for example `active`, `suspended`, `deactivated`. */
  readonly status: string;
  /** null where the reply does not say. */
  readonly managed: boolean | null;
  readonly products: readonly ProductAccess[];
  readonly groups: readonly string[];
}
