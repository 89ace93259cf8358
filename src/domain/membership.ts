/** A person's row: the role, and `pending` or `deactivated` if the person cannot use it. */
export interface MembershipState {
  readonly role: string;
  readonly status: "active" | "pending" | "deactivated";
}

/** Who is where at one moment, in the workspaces that were read: what a later moment is compared with. */
export interface MembershipSnapshot {
  readonly id: string;
  /** ISO 8601: when reading began. */
  readonly at: string;
  /** The member behind the token that read it. */
  readonly principal: string;
  readonly places: readonly SnapshotPlace[];
  /** Labels by member id, cleaned; guests have none. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A workspace or a board with everybody in it. */
export interface SnapshotPlace {
  readonly kind: "workspace" | "board";
  readonly id: string;
  /** Cleaned. */
  readonly name: string;
  /** The workspace of a board; of a workspace its own id. */
  readonly idOrganization: string;
  readonly closed: boolean;
  readonly people: Readonly<Record<string, MembershipState>>;
}

/** A snapshot before it is kept. */
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
  | "board_closed"
  | "board_reopened"
  | "board_renamed";

/** What is different between two snapshots, about one person in one place, or about a place. */
export interface MembershipChange {
  readonly kind: ChangeKind;
  readonly place: Pick<SnapshotPlace, "kind" | "id" | "name" | "idOrganization">;
  readonly person: { readonly idMember: string; readonly label: string } | null;
  readonly before: MembershipState | null;
  readonly after: MembershipState | null;
}

/** The snapshots of one principal. */
export interface Snapshots {
  keep(read: ReadMemberships): Promise<MembershipSnapshot>;
  get(id: string): Promise<MembershipSnapshot | null>;
  newest(): Promise<MembershipSnapshot | null>;
}

/** Where snapshots are kept. */
export interface SnapshotStore {
  /** Keeps a snapshot of who is where; of one principal the newest 50 are kept. */
  put(snapshot: MembershipSnapshot): Promise<void>;
  get(id: string): Promise<MembershipSnapshot | null>;
  /** The newest one of a principal. */
  newest(principal: string): Promise<MembershipSnapshot | null>;
}
