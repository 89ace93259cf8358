import type { MembershipEvent, TimedChange } from "../domain/membership-event.ts";
import type { MembershipSnapshot, SnapshotPlace } from "../domain/membership.ts";

type Sides = Pick<MembershipSnapshot, "at" | "places" | "labels">;

/**
 * The people whose name or username differs between two readings of the memberships, by member id. For each person, the
 * map has one workspace or board of the second reading that contains the person. A workspace that is not in both
 * readings is ignored, with its boards.
 */
export function renamedPeople(
  before: Pick<Sides, "places" | "labels">,
  after: Pick<Sides, "places" | "labels">,
): ReadonlyMap<string, SnapshotPlace> {
  const compared = new Set(before.places.map(({ idOrganization }) => idOrganization));
  const found = new Map<string, SnapshotPlace>();
  for (const place of after.places) {
    if (!compared.has(place.idOrganization)) continue;
    for (const idMember of Object.keys(place.people)) {
      const [was, is] = [before.labels[idMember], after.labels[idMember]];
      // If the person's name was unknown at a reading, the label is only the id. Such a label cannot be compared.
      const isNamed = was !== undefined && is !== undefined && was !== idMember && is !== idMember;
      if (isNamed && was !== is && !found.has(idMember)) found.set(idMember, place);
    }
  }
  return found;
}

/**
 * The changes of names between two readings: one for each event, and one for each difference that no event reported. An
 * event closer than `nearMs` milliseconds to a reading may have happened before or after it. If the reading still shows
 * the old name, the event happened after the reading.
 */
export function renames(
  before: Sides,
  after: Sides,
  events: readonly MembershipEvent[],
  nearMs: number,
): readonly TimedChange[] {
  const differing = renamedPeople(before, after);
  const told = new Map<string, MembershipEvent[]>();
  for (const event of events)
    if (event.kind === "member_renamed" && event.idMember !== null)
      told.set(event.idMember, [...(told.get(event.idMember) ?? []), event]);
  const compared = new Set(before.places.map(({ idOrganization }) => idOrganization));
  const homeOf = (idMember: string): SnapshotPlace | undefined =>
    differing.get(idMember) ??
    after.places.find(({ idOrganization, people }) => compared.has(idOrganization) && people[idMember]);
  return [...new Set([...differing.keys(), ...told.keys()])].flatMap((idMember) => {
    const home = homeOf(idMember);
    if (!home) return [];
    const was = before.labels[idMember] ?? "";
    const is = after.labels[idMember] ?? "";
    const own = between(told.get(idMember) ?? [], { before, after, was, is, nearMs }).filter(
      // Trello may report a changed profile although the name has not changed. So an event without an old name counts
      // only if the names in the two readings differ.
      ({ old }) => old !== undefined || differing.has(idMember),
    );
    const change = {
      kind: "member_renamed",
      place: { kind: home.kind, id: home.id, name: home.name, idOrganization: home.idOrganization },
      before: null,
      after: null,
    } as const;
    const last = own.at(-1);
    const person = { idMember, label: is || last?.name || idMember };
    const steps = own.map(
      ({ at, by, old }): TimedChange => ({
        ...change,
        person,
        was: oldText(old) || was,
        at,
        by,
        between: null,
      }),
    );
    if (!differing.has(idMember) || own.some(changesLabel)) return steps;
    const bounds = { from: before.at, until: after.at };
    return [...steps, { ...change, person, was, at: null, by: null, between: bounds }];
  });
}

interface Near {
  readonly before: Sides;
  readonly after: Sides;
  /** The names of the person in the two readings; empty if a reading has none. */
  readonly was: string;
  readonly is: string;
  readonly nearMs: number;
}

/**
 * The events that happened between two readings, in order. Trello's clock and this machine's clock may differ. So for
 * an event close to a reading, the names in the readings decide whether it happened between them.
 */
function between(
  events: readonly MembershipEvent[],
  { before, after, was, is, nearMs }: Near,
): readonly MembershipEvent[] {
  const [from, until] = [Date.parse(before.at), Date.parse(after.at)];
  const time = ({ at }: MembershipEvent): number => Date.parse(at);
  const sorted = events.toSorted((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
  const inside = sorted.filter((event) => {
    const [at, old] = [time(event), event.old];
    if (was === is || !old) return at > from && at <= until;
    if (at <= from) return at > from - nearMs && shows(was, old) && !shows(is, old);
    if (at > until) return at <= until + nearMs && shows(was, old) && !shows(is, old);
    return true;
  });
  const first = inside.findIndex(
    (event) => time(event) - from > nearMs || !event.old || shows(was, event.old),
  );
  const started = first === -1 ? [] : inside.slice(first);
  const last = started.at(-1);
  const isLater = last?.old && until - time(last) < nearMs && changesLabel(last) && shows(is, last.old);
  return isLater ? started.slice(0, -1) : started;
}

/**
 * Whether an event changes the name or the username. Readings do not contain initials, so they do not show a change of
 * initials.
 */
function changesLabel({ old }: MembershipEvent): boolean {
  return !old || old.name !== undefined || old.username !== undefined;
}

/** Whether a label such as `Name (@username)` contains the old name and old username of an event. */
function shows(label: string, { name, username }: NonNullable<MembershipEvent["old"]>): boolean {
  if (label === "") return true;
  const hasName = name === undefined || label.startsWith(`${name} (@`);
  return hasName && (username === undefined || label.endsWith(`(@${username})`));
}

function oldText(old: MembershipEvent["old"]): string {
  if (!old) return "";
  const sign = old.username === undefined ? [] : [`@${old.username}`];
  const initials = old.initials === undefined ? [] : [`initials ${old.initials}`];
  return [...(old.name === undefined ? [] : [old.name]), ...sign, ...initials].join(", ");
}
