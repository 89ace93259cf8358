import type {
  ChangeKind,
  MembershipChange,
  MembershipSnapshot,
  MembershipState,
  ReadMemberships,
  SnapshotPlace,
} from "../domain/membership.ts";
import { clean } from "../domain/text.ts";
import type { Membership, WorkspaceSnapshot } from "../domain/trello.ts";
import { labelOf } from "../people/person.ts";

/** The memberships of the workspaces that were read. `at` (ISO 8601): the time at which the reading began. */
export function readMemberships(snapshots: readonly WorkspaceSnapshot[], at: string): ReadMemberships {
  const labels: Record<string, string> = {};
  const places: SnapshotPlace[] = [];
  for (const { workspace, memberships, boards } of snapshots) {
    for (const { idMember, member } of memberships) labels[idMember] = labelOf(member, idMember);
    const idOrganization = workspace.id;
    places.push({
      kind: "workspace",
      id: workspace.id,
      name: clean(workspace.displayName),
      idOrganization,
      closed: false,
      people: peopleOf(memberships),
    });
    for (const board of boards) {
      const { id, closed } = board;
      const people = peopleOf(board.memberships);
      places.push({ kind: "board", id, name: clean(board.name), idOrganization, closed, people });
    }
  }
  return { at, places, labels };
}

function peopleOf(rows: readonly Membership[]): Readonly<Record<string, MembershipState>> {
  return Object.fromEntries(
    rows.map(({ idMember, memberType, unconfirmed, deactivated }) => [
      idMember,
      { role: memberType, status: deactivated ? "deactivated" : unconfirmed ? "pending" : "active" },
    ]),
  );
}

/**
 * The changes between two readings of memberships, by workspace and board. Only workspaces in both readings are
 * compared, because a workspace that was not read has not lost its people. A board that is missing in the second
 * reading is skipped: it was deleted, moved or hidden.
 */
export function membershipChanges(
  before: Pick<MembershipSnapshot, "places" | "labels">,
  after: Pick<MembershipSnapshot, "places" | "labels">,
): readonly MembershipChange[] {
  const workspaces = (side: typeof before) =>
    new Set(side.places.filter(({ kind }) => kind === "workspace").map(({ id }) => id));
  const [one, other] = [workspaces(before), workspaces(after)];
  const isCompared = ({ idOrganization }: SnapshotPlace): boolean =>
    one.has(idOrganization) && other.has(idOrganization);
  const earlier = new Map(before.places.filter(isCompared).map((place) => [place.id, place]));
  const later = new Map(after.places.filter(isCompared).map((place) => [place.id, place]));
  const label = (idMember: string): string => after.labels[idMember] ?? before.labels[idMember] ?? idMember;
  return [
    ...[...earlier.values()].flatMap((place) =>
      later.has(place.id) ? [] : [placeChange("board_gone", place)],
    ),
    ...[...later.values()].flatMap((place) => {
      const was = earlier.get(place.id);
      if (!was) return [placeChange("board_seen", place)];
      return [...boardChanges(was, place), ...personChanges(was, place, label)];
    }),
  ];
}

function placeChange(
  kind: ChangeKind,
  { kind: what, id, name, idOrganization }: SnapshotPlace,
): MembershipChange {
  return { kind, place: { kind: what, id, name, idOrganization }, person: null, before: null, after: null };
}

function boardChanges(was: SnapshotPlace, is: SnapshotPlace): readonly MembershipChange[] {
  return [
    ...(was.idOrganization === is.idOrganization ? [] : [placeChange("board_moved", is)]),
    ...(is.kind === "board" && was.name !== is.name ? [placeChange("board_renamed", is)] : []),
    ...(was.closed === is.closed ? [] : [placeChange(is.closed ? "board_closed" : "board_reopened", is)]),
  ];
}

function personChanges(
  was: SnapshotPlace,
  { kind: what, id, name, idOrganization, people }: SnapshotPlace,
  label: (idMember: string) => string,
): readonly MembershipChange[] {
  const everybody = new Set([...Object.keys(was.people), ...Object.keys(people)]);
  return [...everybody].flatMap((idMember) => {
    const before = was.people[idMember] ?? null;
    const after = people[idMember] ?? null;
    return kindsOf(before, after).map((kind) => ({
      kind,
      place: { kind: what, id, name, idOrganization },
      person: { idMember, label: label(idMember) },
      before,
      after,
    }));
  });
}

/** The kinds of change between two states of a membership; none if the states are the same. */
export function kindsOf(
  before: MembershipState | null,
  after: MembershipState | null,
): readonly ChangeKind[] {
  if (before === null && after === null) return [];
  if (before === null) return ["added"];
  if (after === null) return ["removed"];
  return [...(before.role === after.role ? [] : ["role_changed" as const]), ...statusKinds(before, after)];
}

function statusKinds(before: MembershipState, after: MembershipState): readonly ChangeKind[] {
  if (before.status === after.status) return [];
  if (after.status === "deactivated") return ["deactivated"];
  return [before.status === "deactivated" ? "reactivated" : "joined"];
}
