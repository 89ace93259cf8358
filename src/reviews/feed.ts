import type { MembershipEvent, TimedChange } from "../domain/membership-event.ts";
import type { MembershipChange, MembershipSnapshot, MembershipState } from "../domain/membership.ts";
import { membershipChanges, kindsOf } from "./memberships.ts";
import { renames } from "./renames.ts";

/**
 * A reading of the memberships takes time, and Trello's clock may differ from this machine's clock. So if the times of
 * an event and a reading differ by less than this (ms), either may have happened first. The content of the reading then
 * decides whether the reading contains the event.
 */
export const NEAR_MS = 120_000;
/** At most this many events soon after a reading are compared with the reading, because it may already contain them. */
const MOST_NEAR = 6;

type Sides = Pick<MembershipSnapshot, "at" | "places" | "labels">;

/**
 * All changes of memberships between two readings (snapshots), in the order in which they happened. Some changes are
 * known from events, others only from the difference of the two readings. Together they change the first reading into
 * the second.
 * If a person was added and removed between the readings, only events show it. If an event does not fit the state
 * before it, a change without an event must have happened first.
 */
export function joinFeed(
  before: Sides,
  after: Sides,
  events: readonly MembershipEvent[],
): readonly TimedChange[] {
  const bounds = { from: before.at, until: after.at };
  const plain = membershipChanges(before, after);
  const earlier = new Map(before.places.map((place) => [place.id, place]));
  const label = (idMember: string, name: string | null): string =>
    after.labels[idMember] ?? before.labels[idMember] ?? name ?? idMember;
  const told = eventsByPerson(events);
  const compared = new Set(before.places.map(({ idOrganization }) => idOrganization));
  const ofPlaces = plain
    .filter(({ person }) => person === null)
    .map((change): TimedChange => {
      const event = boardEvent(change, bounds, events);
      return { ...change, at: event?.at ?? null, by: event?.by ?? null, between: event ? null : bounds };
    });
  const ofPeople = after.places
    .filter(({ idOrganization }) => compared.has(idOrganization))
    .flatMap((place) => {
      const was = earlier.get(place.id);
      const ids = new Set([
        ...(was ? [...Object.keys(was.people), ...Object.keys(place.people)] : []),
        ...(told.get(place.id)?.keys() ?? []),
      ]);
      return [...ids].flatMap((idMember) => {
        const own = told.get(place.id)?.get(idMember) ?? [];
        // A board that was not in the first reading has no earlier state to compare with, so only events show its
        // changes.
        const sides = was
          ? { start: was.people[idMember] ?? null, end: place.people[idMember] ?? null }
          : { start: null, end: null };
        const person = { idMember, label: label(idMember, own.at(-1)?.name ?? null) };
        const steps = was
          ? bestSteps(sides, own, bounds)
          : replay(sides, own, bounds).steps.filter(({ at }) => at);
        const { kind, id, name, idOrganization } = place;
        return steps.map(
          (step): TimedChange => ({ ...step, place: { kind, id, name, idOrganization }, person }),
        );
      });
    });
  const ofNames = renames(before, after, events, NEAR_MS);
  return [...ofPlaces, ...ofPeople.map((change) => withCause(change, events)), ...ofNames].toSorted(byTime);
}

function eventsByPerson(
  events: readonly MembershipEvent[],
): ReadonlyMap<string, ReadonlyMap<string, readonly MembershipEvent[]>> {
  const found = new Map<string, Map<string, MembershipEvent[]>>();
  for (const event of events) {
    if (event.idMember === null) continue;
    const people = found.get(event.place.id) ?? new Map<string, MembershipEvent[]>();
    people.set(event.idMember, [...(people.get(event.idMember) ?? []), event]);
    found.set(event.place.id, people);
  }
  return found;
}

/** The event about a board that came, left or moved to another workspace. */
function boardEvent(
  { kind, place }: MembershipChange,
  { from, until }: Bounds,
  events: readonly MembershipEvent[],
): MembershipEvent | undefined {
  const wanted = kind === "board_moved" ? "board_seen" : kind;
  return events.findLast(
    (event) =>
      event.kind === wanted &&
      event.idMember === null &&
      event.place.id === place.id &&
      Date.parse(event.at) > Date.parse(from) - NEAR_MS &&
      Date.parse(event.at) <= Date.parse(until) + NEAR_MS,
  );
}

type Step = Omit<TimedChange, "place" | "person">;
type Bounds = NonNullable<TimedChange["between"]>;
interface Ends {
  readonly start: MembershipState | null;
  readonly end: MembershipState | null;
}

/**
 * Returns the possible history in which the fewest changes happened without an event. An event soon after a reading may
 * already be in the reading, but only if the reading shows the result of the event.
 */
function bestSteps(
  { start, end }: Ends,
  events: readonly MembershipEvent[],
  bounds: Bounds,
): readonly Step[] {
  const sorted = events.toSorted((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
  const until = (time: string, more: number) =>
    sorted.filter(({ at }) => Date.parse(at) <= Date.parse(time) + more).length;
  const usual = { first: until(bounds.from, 0), last: until(bounds.until, 0) };
  const shows = (state: MembershipState | null, count: number) => {
    const last = sorted[count - 1];
    return last === undefined || fits(last, state);
  };
  const firsts = numbers(usual.first, until(bounds.from, NEAR_MS)).filter(
    (first) => first === usual.first || shows(start, first),
  );
  const lasts = numbers(usual.last, until(bounds.until, NEAR_MS)).filter(
    (last) => last === usual.last || shows(end, last),
  );
  const histories = firsts.flatMap((first) =>
    lasts.flatMap((last) =>
      last < first ? [] : [{ ...replay({ start, end }, sorted.slice(first, last), bounds), first, last }],
    ),
  );
  const far = ({ first, last }: { readonly first: number; readonly last: number }) =>
    first - usual.first + last - usual.last;
  return histories.toSorted((a, b) => a.unseen - b.unseen || far(a) - far(b))[0]?.steps ?? [];
}

/** The whole numbers from `least` to `most`. There are never more than a few. */
function numbers(least: number, most: number): readonly number[] {
  return Array.from({ length: Math.min(most - least, MOST_NEAR) + 1 }, (_each, index) => least + index);
}

/** Whether a state is the result of the event. */
function fits({ kind, role }: MembershipEvent, state: MembershipState | null): boolean {
  if (kind === "removed") return state === null;
  if (state === null) return false;
  if (kind === "role_changed") return state.role === role;
  if (kind === "deactivated") return state.status === "deactivated";
  return kind === "added" || state.status === "active";
}

/** Applies events to a state, one after the other. `unseen`: how many changes must have happened without an event. */
function replay(
  { start, end }: Ends,
  events: readonly MembershipEvent[],
  bounds: Bounds,
): { readonly steps: readonly Step[]; readonly unseen: number } {
  const steps: Step[] = [];
  let state = start;
  let since = bounds.from;
  let unseen = 0;
  const infer = (next: MembershipState | null, until: string): void => {
    const kinds = kindsOf(state, next);
    for (const [index, kind] of kinds.entries()) {
      // If the role and the status changed together, the change of the role comes first in the list.
      const isFirstOfTwo = index < kinds.length - 1;
      const step = isFirstOfTwo && state && next ? { ...state, role: next.role } : next;
      steps.push({ kind, before: state, after: step, at: null, by: null, between: { from: since, until } });
      unseen += 1;
      state = step;
    }
  };
  for (const [index, event] of events.entries()) {
    const isLast = index === events.length - 1;
    if (event.kind === "added" && state !== null) infer(null, event.at);
    if (event.kind !== "added" && state === null) infer(UNKNOWN, event.at);
    const next = stateAfter(event, state, isLast ? end : null);
    // The event reports a state that the person already has. So the opposite change must have happened earlier, and no
    // event reported that change.
    if (state !== null && next !== null && kindsOf(state, next).length === 0) unseen += 1;
    steps.push({ kind: event.kind, before: state, after: next, at: event.at, by: event.by, between: null });
    state = next;
    since = event.at > since ? event.at : since;
  }
  infer(end, bounds.until > since ? bounds.until : since);
  return { steps, unseen };
}

/**
 * The state of a person before an event, such as a removal, if no source showed that the person was a member. The
 * person must have been a member, but no source shows the role.
 */
const UNKNOWN: MembershipState = { role: "unknown", status: "active" };

/**
 * The state of a person after an event. `end`: the person's state in the second reading if this is the last event,
 * otherwise null. If the event does not report the role, `end` shows it.
 */
function stateAfter(
  { kind, role, type }: MembershipEvent,
  state: MembershipState | null,
  end: MembershipState | null,
): MembershipState | null {
  const known = role ?? end?.role ?? state?.role ?? "normal";
  switch (kind) {
    case "added":
      return { role: known, status: type.startsWith("unconfirmed") ? "pending" : "active" };
    case "removed":
      return null;
    case "role_changed":
      return { role: known, status: state?.status ?? "active" };
    case "deactivated":
      return { role: state?.role ?? known, status: "deactivated" };
    default:
      return { role: state?.role ?? known, status: "active" };
  }
}

/**
 * When a person is deactivated in a whole workspace or enterprise, Trello reports one event, but every board of the
 * person changes. This function adds the time and author of that event to such a change. It does the same for a
 * reactivation.
 */
function withCause(change: TimedChange, events: readonly MembershipEvent[]): TimedChange {
  const { between, kind, person, place } = change;
  if (!between || (kind !== "deactivated" && kind !== "reactivated")) return change;
  const cause = events.findLast(
    (event) =>
      event.kind === kind &&
      event.idMember === person?.idMember &&
      (event.place.id === place.idOrganization || event.place.kind === "enterprise") &&
      event.at > between.from &&
      event.at <= between.until,
  );
  return cause ? { ...change, at: cause.at, by: cause.by, between: null } : change;
}

function byTime(a: TimedChange, b: TimedChange): number {
  const time = (change: TimedChange): string => change.at ?? change.between?.until ?? "";
  return time(a).localeCompare(time(b));
}
