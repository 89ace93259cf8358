/** The state of a membership: the role, and `pending` or `deactivated` if the person has no access now. */
export interface MembershipState {
  readonly role: string;
  readonly status: "active" | "pending" | "deactivated";
}

/** All memberships at one moment, in the workspaces that were read. A later reading is compared with them. */
export interface MembershipSnapshot {
  readonly id: string;
  /** ISO 8601: when reading began. */
  readonly at: string;
  /** The id of the member whose token was used to read. */
  readonly principal: string;
  readonly places: readonly SnapshotPlace[];
  /** The names of members of workspaces, by member id. The names of guests are not included. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A workspace or board with all its people. */
export interface SnapshotPlace {
  readonly kind: "workspace" | "board";
  readonly id: string;
  /** Cleaned by `clean`. */
  readonly name: string;
  /** The id of the workspace; for a board, the id of its workspace. */
  readonly idOrganization: string;
  readonly closed: boolean;
  readonly people: Readonly<Record<string, MembershipState>>;
}

/** A snapshot before it is stored. */
export type ReadMemberships = Omit<MembershipSnapshot, "id" | "principal">;

export type ChangeKind =
  | "added"
  | "removed"
  | "role_changed"
  | "joined"
  | "deactivated"
  | "reactivated"
  | "board_seen"
  | "board_gone"
  | "board_moved"
  | "board_closed"
  | "board_reopened"
  | "board_renamed"
  | "member_renamed";

/**
 * A difference between two snapshots. It is about a person in a workspace or board, or about the workspace or board
 * itself.
 */
export interface MembershipChange {
  readonly kind: ChangeKind;
  readonly place: Pick<SnapshotPlace, "kind" | "id" | "name" | "idOrganization">;
  readonly person: { readonly idMember: string; readonly label: string } | null;
  readonly before: MembershipState | null;
  readonly after: MembershipState | null;
  /** The person's former name, if the change is a renaming. */
  readonly was?: string;
}

/** The snapshots of one principal. */
export interface Snapshots {
  keep(read: ReadMemberships): Promise<MembershipSnapshot>;
  get(id: string): Promise<MembershipSnapshot | null>;
  newest(): Promise<MembershipSnapshot | null>;
}

/** The store of snapshots. */
export interface SnapshotStore {
  /**
   * Stores a snapshot. The newest 50 snapshots of each principal (signed-in person or owner of the Trello token) are
   * kept.
   */
  put(snapshot: MembershipSnapshot): Promise<void>;
  get(id: string): Promise<MembershipSnapshot | null>;
  /** The principal's newest snapshot. */
  newest(principal: string): Promise<MembershipSnapshot | null>;
}
