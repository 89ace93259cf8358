import { z } from "zod";
import type { Reads } from "../../domain/reads.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../../domain/trello.ts";
import type { Columns } from "../../people/columns.ts";
import {
  joinedOf,
  labelOf,
  nameGuests,
  peopleOf,
  type Person,
  statusOf,
  statusText,
} from "../../people/person.ts";
import { chargesGuests } from "../../planning/boards/additions.ts";

export const status = z.enum(["active", "pending", "deactivated", "ghost"]);

/** A person in the answers of tools that list people. A field is missing if the call did not ask for it. */
export const row = z.object({
  id: z.string(),
  username: z.string().optional(),
  name: z.string(),
  role: z.string(),
  status: status.optional(),
  /** Set if the person is a guest who takes a paid seat. */
  billable: z.boolean().optional(),
  email: z.string().nullable().optional(),
  emailSource: z.string().optional(),
  groups: z.array(z.string()).nullable().optional(),
  lastActive: z.string().nullable().optional(),
  lastActiveIn: z.string().optional(),
  joined: z.string().nullable().optional(),
  /**
   * The slug of each workspace with the person's role, and the status if it is not active. Set if the list is about
   * several workspaces.
   */
  workspaces: z.array(z.string()).optional(),
  boards: z.array(z.string()).optional(),
  boardCount: z.number().optional(),
});
export type Row = z.infer<typeof row>;

/** A person, together with all workspaces to which the person belongs. */
export interface PlacedPerson {
  /**
   * The person as in the workspace with the most access. A workspace where the person is active comes first; otherwise
   * the role decides: admin, normal, observer, guest.
   */
  readonly person: Person;
  readonly places: readonly {
    readonly slug: string;
    readonly person: Person;
    /** Whether the person is a guest in the given workspace who takes a paid seat. */
    readonly billable: boolean;
  }[];
}

/** All people of the workspaces, each once. `withGuests`: whether to read the names of guests. */
export async function peopleOfAll(
  snapshots: readonly WorkspaceSnapshot[],
  withGuests: boolean,
  reads: Reads,
): Promise<readonly PlacedPerson[]> {
  const all = new Map<string, PlacedPerson["places"][number][]>();
  for (const snapshot of snapshots) {
    const names = withGuests ? await nameGuests(snapshot, reads) : new Map<string, Member>();
    for (const person of peopleOf(snapshot, names)) {
      const places = all.get(person.idMember) ?? [];
      const billable = isBillableGuest(person, snapshot);
      places.push({ slug: clean(snapshot.workspace.name, 60), person, billable });
      all.set(person.idMember, places);
    }
  }
  return [...all.values()].map((places) => {
    const [most] = places.toSorted((a, b) => standing(a.person) - standing(b.person)) as [
      PlacedPerson["places"][0],
    ];
    const named = places.find(({ person }) => person.member)?.person.member ?? null;
    return { person: { ...most.person, member: most.person.member ?? named }, places };
  });
}

/** Whether a guest takes a paid seat. That is so for a guest on two or more open boards of a paid workspace. */
function isBillableGuest({ membership, boards }: Person, snapshot: WorkspaceSnapshot): boolean {
  const open = new Set(snapshot.boards.filter(({ closed }) => !closed).map(({ id }) => id));
  return !membership && chargesGuests(snapshot.tier) && boards.filter(({ id }) => open.has(id)).length > 1;
}

const ROLES = ["admin", "normal", "observer", "guest"];

function standing(person: Person): number {
  return (statusOf(person) === "active" ? 0 : ROLES.length) + ROLES.indexOf(roleOf(person));
}

export function placeText({ slug, person }: PlacedPerson["places"][number]): string {
  const state = statusOf(person);
  return `${slug} (${[roleOf(person), ...(state === "active" ? [] : [statusText(state)])].join(", ")})`;
}

/** The fields that every row has. */
export function briefOf(person: Person): Row {
  const state = statusOf(person);
  return {
    id: person.idMember,
    ...(person.member && { username: clean(person.member.username, 60) }),
    name: clean(person.member?.fullName ?? ""),
    role: roleOf(person),
    ...(state !== "active" && { status: state }),
  };
}

export function roleOf({ membership }: Person): string {
  return membership?.memberType ?? "guest";
}

/** A person in one line: first the facts that every row has, then the fields that the call asked for. */
export function lineOf(person: Row): string {
  const { id, username, name, role, status: state, email, emailSource } = person;
  return [
    labelOf(username === undefined ? null : { fullName: name, username }, id),
    ...(role === "normal" ? [] : [role]),
    ...(state ? [statusText(state)] : []),
    ...(person.billable ? ["billable"] : []),
    ...(email === undefined ? [] : [`email ${email ?? "unknown"} (${emailSource})`]),
    ...told("groups", person.groups?.join("; "), person.groups),
    ...told("last active", lastText(person), person.lastActive),
    ...told("joined", person.joined?.slice(0, 10), person.joined),
    ...(person.workspaces ? [`in ${person.workspaces.join("; ")}`] : []),
    ...(person.boards ? [boardsLine({ boards: person.boards, boardCount: person.boardCount })] : []),
  ].join(", ");
}

function lastText({ lastActive, lastActiveIn }: Row): string | undefined {
  return lastActive ? `${lastActive.slice(0, 10)}${lastActiveIn ? ` in ${lastActiveIn}` : ""}` : undefined;
}

/** The value of a requested field, in words; "not known" if no source shows the value. */
function told(what: string, text: string | undefined, value: unknown): readonly string[] {
  if (value === undefined) return [];
  return [`${what} ${value === null ? "not known" : text || "none"}`];
}

export function boardsLine({
  boards,
  boardCount = boards.length,
}: Pick<Row, "boardCount"> & { boards: string[] }): string {
  if (boardCount === 0) return "on no boards";
  return `on ${listNames(boards, boards.length, { separator: "; ", count: boardCount })}`;
}

/** Fields that a list shows only if the call asks for them. */
export const FIELDS = ["email", "groups", "lastActive", "joined", "boards"] as const;
export type Field = (typeof FIELDS)[number];

/**
 * The requested fields of one person. A field is null if no source shows its value. The join date is null if the person
 * has not accepted the invitation yet.
 */
export function detailsOf(person: Person, fields: ReadonlySet<Field>, columns: Columns | undefined) {
  const state = statusOf(person);
  const isHere = state !== "pending" && state !== "ghost";
  return {
    ...(fields.has("email") && {
      email: columns?.email ?? null,
      emailSource: columns?.emailSource ?? "hidden by Trello",
    }),
    ...(fields.has("groups") && { groups: columns?.groups ? [...columns.groups] : null }),
    ...(fields.has("lastActive") && {
      lastActive: columns?.lastActive ?? null,
      ...(columns?.lastActiveIn && { lastActiveIn: columns.lastActiveIn }),
    }),
    ...(fields.has("joined") && { joined: isHere ? joinedOf(person) : null }),
    ...(fields.has("boards") && { boards: person.boards.map(({ name }) => name) }),
  };
}
