export interface Identities {
  /** The ids of members who were proven to own this email, with the source of each proof. */
  membersOf(email: string): Promise<readonly { readonly idMember: string; readonly source: string }[]>;
  /**
   * The emails linked to this member, the newest first. A disputed email (another member has it too) proves nothing.
   */
  emailsOf(idMember: string): Promise<readonly LinkedEmail[]>;
  /** The linked emails of many members, with few reads of the store. A member without emails is left out. */
  emailsOfMany(idMembers: readonly string[]): Promise<ReadonlyMap<string, readonly LinkedEmail[]>>;
  learn(link: { readonly email: string; readonly idMember: string; readonly source: string }): Promise<void>;
}

/** An email that a source shows for a member. */
export interface LinkedEmail {
  readonly email: string;
  readonly source: string;
  /**
   * Whether a source shows the same email for another member too. The email then proves nothing about either member.
   */
  readonly disputed: boolean;
}

/**
 * A statement of a source that an email, a Trello member, an Atlassian account and a SCIM User belong to one person.
 */
export interface IdentityLink {
  readonly email: string;
  readonly idMember: string | null;
  readonly accountId: string | null;
  readonly scimId: string | null;
  /** For example `enterprise`, `scim`, `invitation`. */
  readonly source: string;
  readonly seenAt: string;
}

export interface IdentityLinks {
  put(link: IdentityLink): Promise<void>;
  byEmail(email: string): Promise<readonly IdentityLink[]>;
  /** The links of any of the given members, or with any of the given emails. The newest come first. */
  among(key: "email" | "idMember", values: readonly string[]): Promise<readonly IdentityLink[]>;
}
