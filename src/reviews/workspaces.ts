import type { Finding } from "../domain/review.ts";
import { joinedOf, statusOf } from "../people/person.ts";
import { daysBefore, finding, placeOf, type ReviewWorld, workspaceOf } from "./finding.ts";
import { hasAccess, type ReviewedPerson, type ReviewedPlace } from "./people.ts";

/** A workspace with more than this many admins gets a finding. */
const MOST_ADMINS = 5;

/** Findings about one workspace, or about one person in one workspace. */
export function workspaceFindings(world: ReviewWorld): readonly Finding[] {
  const each = world.people.flatMap((person) =>
    person.places.flatMap((place) => placeFindings(person, place, world)),
  );
  return [...each, ...adminFindings(world)];
}

function placeFindings(person: ReviewedPerson, place: ReviewedPlace, world: ReviewWorld): readonly Finding[] {
  const workspace = place.snapshot.workspace.id;
  const about = { person, places: [placeOf(place)], workspace };
  const isOwner = person.idMember === world.owner;
  if (isWaiting(place)) return [invitationFinding(about, place, world)];
  if (!hasAccess(place)) return [];
  const { membership } = place.person;
  const count = place.boards.length;
  const costsSeats = place.snapshot.tier !== "free" && place.snapshot.tier !== "unknown";
  const found: Finding[] = [];
  if (membership === null && count > 1 && costsSeats) {
    const evidence = [
      `A guest on ${count} boards, so the workspace pays a seat. A guest on one board costs none.`,
    ];
    found.push(finding("guest_on_several_boards", { ...about, evidence }));
  }
  if (membership?.memberType === "normal" && count === 1 && costsSeats && !isOwner) {
    const evidence = ["A member on one board only. As a guest of that board the person would cost no seat."];
    found.push(finding("member_could_be_guest", { ...about, evidence }));
  }
  const above = roleAbove(person, place, world);
  if (above) {
    const role =
      membership?.memberType === "admin" && above.role === "normal" && !isOwner ? above.role : undefined;
    found.push(
      finding("role_above_roster", {
        ...about,
        evidence: [above.evidence],
        remedy: role === undefined ? null : "lower_role",
        ...(role !== undefined && { role }),
      }),
    );
  }
  return found;
}

/** Whether the person was invited to the workspace and has not joined yet. */
function isWaiting({ person }: ReviewedPlace): boolean {
  const status = statusOf(person);
  return status === "ghost" || status === "pending";
}

function invitationFinding(
  about: Pick<Finding, "places"> & { readonly person: ReviewedPerson; readonly workspace: string },
  { person }: ReviewedPlace,
  { now, invitationDays }: ReviewWorld,
): Finding {
  const invited = joinedOf(person);
  const isOld = invited !== null && invited < daysBefore(now, invitationDays);
  const when = invited === null ? "at an unknown time" : `on ${invited.slice(0, 10)}`;
  return finding(isOld ? "stale_invitation" : "ghost", {
    ...about,
    evidence: [
      isOld
        ? `Invited ${when}, more than ${invitationDays} days ago, and has not joined.`
        : `Invited ${when} and has not joined yet.`,
    ],
    remedy: "revoke",
  });
}

const RANKS: Readonly<Record<string, number>> = { guest: 0, observer: 1, normal: 2, admin: 3 };

/**
 * The role that a roster gives the person, if this role is lower than the person's role in the workspace; otherwise
 * null. Only rows of a roster that certainly belong to the person count.
 */
function roleAbove(
  { idMember }: ReviewedPerson,
  { person }: ReviewedPlace,
  { matches }: ReviewWorld,
): { readonly role: string; readonly evidence: string } | null {
  const has = person.membership?.memberType ?? "guest";
  for (const { roster, row, confidence, by } of matches.of(idMember)) {
    const given = row.role === null ? undefined : RANKS[row.role];
    if (confidence !== "certain" || given === undefined || row.role === null) continue;
    if ((RANKS[has] ?? 0) > given)
      return {
        role: row.role,
        evidence: `Role in the workspace: ${has}; role in the roster ${roster.name}: ${row.role} (${row.row}, matched by ${by}).`,
      };
  }
  return null;
}

function adminFindings({ snapshots, people }: ReviewWorld): readonly Finding[] {
  return snapshots.flatMap((snapshot) => {
    const workspace = snapshot.workspace.id;
    const admins = people.filter(({ places }) =>
      places.some(
        (place) =>
          place.snapshot.workspace.id === workspace &&
          place.person.membership?.memberType === "admin" &&
          hasAccess(place),
      ),
    );
    const about = { places: [workspaceOf(snapshot)], workspace };
    const names = admins.map(({ label }) => label).join(", ");
    if (admins.length === 1)
      return [finding("single_admin", { ...about, evidence: [`The only admin is ${names}.`] })];
    if (admins.length > MOST_ADMINS)
      return [finding("too_many_admins", { ...about, evidence: [`${admins.length} admins: ${names}.`] })];
    return [];
  });
}
