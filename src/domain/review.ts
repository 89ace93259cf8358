import type { Roster } from "./roster.ts";

/** What an access review can find, the most urgent first. */
export const FINDING_KINDS = [
  "leaver_with_access",
  "deactivated_with_access",
  "not_in_roster",
  "role_above_roster",
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

/** A workspace that a finding is about, with the boards there. Names are cleaned. */
export interface FindingPlace {
  readonly idOrganization: string;
  readonly name: string;
  /** The role in the workspace; null for a guest, and if the finding is about the workspace itself. */
  readonly role: string | null;
  readonly boards: readonly { readonly id: string; readonly name: string }[];
}

/** What `remediate_review` would do about a finding; null if a person has to choose first. */
export type Remedy = "remove" | "revoke" | "lower_role" | null;

export interface Finding {
  /** The same for the same kind, person and workspace in every review, so that reviews can be compared. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: "high" | "medium" | "low";
  /** `certain`: ids or proven emails say so. `likely`: only names do; then there is no remedy. */
  readonly confidence: "certain" | "likely";
  /** null if the finding is about a workspace. */
  readonly person: {
    readonly idMember: string;
    readonly label: string;
    readonly email: string | null;
  } | null;
  readonly places: readonly FindingPlace[];
  /** What the finding rests on, in sentences. */
  readonly evidence: readonly string[];
  readonly remedy: Remedy;
  /** The role that `lower_role` gives. */
  readonly role?: string;
}

/**
 * What a person is on a board or in a workspace: admin, member, observer, guest, invited and not joined, deactivated.
 */
export type AccessLetter = "A" | "M" | "O" | "G" | "I" | "D";

/** One person of the list that a review looked at. Texts are cleaned. */
export interface AccessRow {
  readonly idMember: string;
  readonly name: string;
  /** null if Trello does not show it. */
  readonly username: string | null;
  readonly email: string | null;
  /** ISO 8601; null if no source tells it. */
  readonly lastActive: string | null;
  /** By the id of a workspace or of an open board; no letter: no access. */
  readonly letters: Readonly<Record<string, AccessLetter>>;
}

/** Who could open what when the review was made: people by workspaces and open boards. */
export interface AccessList {
  readonly workspaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly boards: readonly { readonly id: string; readonly name: string }[];
  }[];
  readonly people: readonly AccessRow[];
}

/** An access review as it is kept: what was asked, what was read, and what was found. */
export interface Review {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** The member behind the token that asked. */
  readonly principal: string;
  /** Ids of the workspaces that were looked at. */
  readonly workspaces: readonly string[];
  readonly dormantDays: number;
  /** The rosters as they were read, so that findings can be checked again before anything is done about them. */
  readonly rosters: readonly Roster[];
  readonly coverage: readonly string[];
  readonly findings: readonly Finding[];
  /** The list as it was read, for the record. */
  readonly access: AccessList;
}

/** A review before it is kept. */
export type MadeReview = Omit<Review, "id" | "at" | "principal">;

/** Where reviews are kept. */
export interface ReviewStore {
  /** Keeps a new review. */
  put(review: Review): Promise<void>;
  get(id: string): Promise<Review | null>;
}
