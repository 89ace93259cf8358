import type { Roster } from "./roster.ts";

/** The kinds of findings of an access review, the most urgent first. */
export const FINDING_KINDS = [
  "leaver_with_access",
  "deactivated_with_access",
  "not_in_roster",
  "role_above_roster",
  "team_board_mismatch",
  "duplicate_identity",
  "external_domain",
  "dormant",
  "stale_invitation",
  "ghost",
  "guest_on_several_boards",
  "too_many_admins",
  "single_admin",
  "member_could_be_guest",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A workspace that a finding is about, with the boards concerned. */
export interface FindingPlace {
  readonly idOrganization: string;
  readonly name: string;
  /** The person's role in the workspace. null for a guest, or if the finding is about the workspace itself. */
  readonly role: string | null;
  readonly boards: readonly { readonly id: string; readonly name: string }[];
}

/** What `remediate_review` does about a finding. null if the tool does nothing, because a person must choose first. */
export type Remedy = "remove" | "revoke" | "lower_role" | null;

/** A finding that a reviewer accepted: why, until which day (YYYY-MM-DD), by whom, and in which named review. */
export interface Accepted {
  readonly until: string;
  readonly reason: string;
  readonly by: string;
  readonly reviewId: string;
}

export interface Finding {
  /**
   * The id of the finding. It is the same in every review for the same kind, person and workspace, so that reviews can
   * be compared.
   */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: "high" | "medium" | "low";
  /**
   * `certain`: ids or proven emails show that the finding is true. `likely`: only names show it, so nothing is done
   * about it automatically.
   */
  readonly confidence: "certain" | "likely";
  /** The person; null if the finding is about a workspace. */
  readonly person: {
    readonly idMember: string;
    readonly label: string;
    readonly email: string | null;
  } | null;
  readonly places: readonly FindingPlace[];
  /** Sentences with the facts that show that the finding is true. */
  readonly evidence: readonly string[];
  readonly remedy: Remedy;
  /** The role to set, if the remedy is `lower_role`. */
  readonly role?: string;
  /** Set if a reviewer has accepted the finding and the acceptance is still valid. */
  readonly accepted?: Accepted;
}

/**
 * What a person is in a workspace or on a board, as one letter: A (admin), M (member), O (observer), G (guest), I
 * (invited) or D (deactivated).
 */
export type AccessLetter = "A" | "M" | "O" | "G" | "I" | "D";

/** One person in the access list of a review. */
export interface AccessRow {
  readonly idMember: string;
  readonly name: string;
  /** The person's username; null if Trello does not show it. */
  readonly username: string | null;
  readonly email: string | null;
  /** The email of the person's manager. Set if a roster shows it in a row that certainly belongs to the person. */
  readonly manager?: string;
  /** The last activity, ISO 8601; null if no source shows it. */
  readonly lastActive: string | null;
  /**
   * The person's kind of access, as one letter, by the id of each workspace and open board to which the person has
   * access.
   */
  readonly letters: Readonly<Record<string, AccessLetter>>;
}

/**
 * A table of who had access to what at the time of the review. People are the rows; workspaces and open boards are the
 * columns.
 */
export interface AccessList {
  readonly workspaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly boards: readonly { readonly id: string; readonly name: string }[];
  }[];
  readonly people: readonly AccessRow[];
}

/** An access review as it is stored: what was asked, what was read, and what was found. It never changes. */
export interface Review {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** The id of the member with whose Trello credentials the review was made. */
  readonly principal: string;
  /** The ids of the workspaces that were read. */
  readonly workspaces: readonly string[];
  readonly dormantDays: number;
  /**
   * The rosters (lists of people who should have access) as they were read. Before anything is changed, the rosters are
   * read again, and the findings are checked with the new rosters.
   */
  readonly rosters: readonly Roster[];
  readonly coverage: readonly string[];
  readonly findings: readonly Finding[];
  /** Who had access at the time of the review. */
  readonly access: AccessList;
}

/** A review before it is stored. */
export type MadeReview = Omit<Review, "id" | "at" | "principal">;

/** The store of reviews. */
export interface ReviewStore {
  /** Stores a new review. */
  put(review: Review): Promise<void>;
  get(id: string): Promise<Review | null>;
}
