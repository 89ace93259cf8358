import { createHash } from "node:crypto";
import type { Finding, FindingKind, FindingPlace } from "../domain/review.ts";
import type { Roster } from "../domain/roster.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { Matches } from "./match.ts";
import { hasAccess, type ReviewedPerson, type ReviewedPlace } from "./people.ts";

/** What findings are made from. */
export interface ReviewWorld {
  readonly people: readonly ReviewedPerson[];
  readonly snapshots: readonly WorkspaceSnapshot[];
  readonly rosters: readonly Roster[];
  readonly matches: Matches;
  /** For each team in `team_boards` of the policy file: the boards that the file names for the team. */
  readonly teamBoards: ReadonlyMap<string, readonly string[]>;
  /** The account that this server uses. It can have findings, but the review never proposes to remove it. */
  readonly owner: string;
  /** ISO 8601. */
  readonly now: string;
  readonly dormantDays: number;
  /** An invitation counts as expired after this many days. */
  readonly invitationDays: number;
}

const SEVERITY: Readonly<Record<FindingKind, Finding["severity"]>> = {
  leaver_with_access: "high",
  deactivated_with_access: "high",
  not_in_roster: "high",
  role_above_roster: "medium",
  team_board_mismatch: "medium",
  duplicate_identity: "medium",
  external_domain: "medium",
  dormant: "medium",
  stale_invitation: "low",
  ghost: "low",
  guest_on_several_boards: "low",
  too_many_admins: "medium",
  single_admin: "medium",
  member_could_be_guest: "low",
};

/**
 * What a finding says, without its kind: the workspaces and boards, the evidence and the person. A finding about a
 * workspace has no person.
 */
type Said = Pick<Finding, "places" | "evidence"> &
  Partial<Pick<Finding, "confidence" | "remedy" | "role">> & {
    readonly person?: ReviewedPerson;
    /** Set if the finding is about one workspace only: the id of the workspace. */
    readonly workspace?: string;
  };

export function finding(kind: FindingKind, { person, workspace = "", ...said }: Said): Finding {
  const key = JSON.stringify([kind, person?.idMember ?? "", workspace]);
  return {
    id: `f_${createHash("sha256").update(key).digest("hex").slice(0, 12)}`,
    kind,
    severity: SEVERITY[kind],
    confidence: said.confidence ?? "certain",
    person: person
      ? { idMember: person.idMember, label: person.label, email: person.emails[0] ?? null }
      : null,
    places: said.places,
    evidence: said.evidence,
    remedy: said.confidence === "likely" ? null : (said.remedy ?? null),
    ...(said.role !== undefined && { role: said.role }),
  };
}

/** The workspaces and boards that the person can open today. */
export function accessOf({ places }: ReviewedPerson): readonly FindingPlace[] {
  return places.filter(hasAccess).map(placeOf);
}

export function placeOf({ snapshot, person, boards }: ReviewedPlace): FindingPlace {
  return {
    ...workspaceOf(snapshot),
    role: person.membership?.memberType ?? null,
    boards: boards.map(({ id, name }) => ({ id, name: clean(name) })),
  };
}

export function workspaceOf({ workspace }: WorkspaceSnapshot): FindingPlace {
  return { idOrganization: workspace.id, name: clean(workspace.displayName), role: null, boards: [] };
}

/** The time `days` days before `now`, as ISO 8601. */
export function daysBefore(now: string, days: number): string {
  return new Date(Date.parse(now) - days * 86_400_000).toISOString();
}
