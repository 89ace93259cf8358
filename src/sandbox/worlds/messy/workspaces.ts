import { createMembershipMaker } from "../../trello/seed/workspaces.ts";
import { seedId } from "../../trello/seed/people.ts";
import type { Enterprise, Membership, Workspace } from "../../world.ts";
import { DAY_MS, deal, pickOne, rank } from "./dice.ts";
import type { MessyPerson } from "./people.ts";
import { SIZES } from "./people.ts";

export type Row = ReturnType<typeof createMembershipMaker>;
export type Key = keyof typeof WORKSPACES;

function workspace(n: number, name: string, displayName: string, tier: Workspace["tier"]) {
  return { id: seedId("workspace", n), name, displayName, tier };
}

/**
 * Six workspaces. The owner of the Trello token is an admin of three, a member of one and a guest in one, and has no
 * access to the last.
 */
export const WORKSPACES = {
  /** A workspace whose display name begins and ends with spaces. */
  operations: workspace(1, "kestreloperations", "  Kestrel Operations ", "standard"),
  /**
   * A workspace that was renamed, and whose old slug now belongs to `volunteers`. It shows a plan tier that Trello no
   * longer sells (Business Class).
   */
  design: workspace(2, "kestrelstudio", "Kestrel Studio", "premium"),
  corporate: workspace(3, "kestrelcorporate", "Kestrel Corporate", "enterprise"),
  /** Shows nothing about its plan. */
  volunteers: workspace(4, "kestreldesign", "Harbour Volunteers", "free"),
  /**
   * A workspace that appears in lists of workspaces, although every request for it is answered with 401. The owner of
   * the Trello token is a guest on two of its boards.
   */
  partner: workspace(5, "fjordpartners", "Fjord Partners", "premium"),
  /** A workspace to which the owner of the Trello token has no access. The owner has no access to its boards either. */
  elsewhere: workspace(6, "lighthouseclub", "Lighthouse Club", "free"),
} as const;

export const ENTERPRISE = { id: seedId("enterprise", 1), name: "Kestrel Holding" } as const;

/**
 * How many of 100 people are put into each workspace. Later, some people are also put into a second workspace. Guests
 * are not counted.
 */
const HOMES: readonly (readonly [Key, number])[] = [
  ["operations", 42],
  ["corporate", 28],
  ["design", 14],
  ["volunteers", 6],
  ["partner", 6],
  ["elsewhere", 4],
];

/**
 * The people of each workspace, without guests and ghosts. The owner of the Trello token and the person who leaves the
 * company are left out too.
 */
export function messyCrews(people: readonly MessyPerson[]): Readonly<Record<Key, MessyPerson[]>> {
  const crews: Record<Key, MessyPerson[]> = {
    operations: [],
    design: [],
    corporate: [],
    volunteers: [],
    partner: [],
    elsewhere: [],
  };
  for (const person of people.slice(2).filter(({ ghost, guest }) => !ghost && !guest)) {
    const home = homeOf(rank("home", person.n) % 100);
    crews[home].push(person);
    const second = pickOne("second", ["operations", "design", "corporate", "volunteers"] as const, person.n);
    if (rank("has second", person.n) % 3 === 0 && second !== home) crews[second].push(person);
  }
  return crews;
}

function homeOf(percent: number): Key {
  let sum = 0;
  for (const [key, share] of HOMES) {
    sum += share;
    if (percent < sum) return key;
  }
  return "elsewhere";
}

/** How long ago a ghost was invited: between a day and three years. */
function invitedDaysAgo(n: number): number {
  return [1, 2, 6, 13, 29, 45, 90, 180, 400, 730, 1_095][n % 11] ?? 1;
}

/** The workspaces with their rows. */
export function messyWorkspaces(
  people: readonly MessyPerson[],
  crews: Readonly<Record<Key, readonly MessyPerson[]>>,
  row: Row,
  at: number,
): Workspace[] {
  const [owner, leaver] = people;
  if (!owner || !leaver) throw new Error("the token's owner or the leaver is missing");
  const invited = ghostsByWorkspace(people);
  return (Object.keys(WORKSPACES) as Key[]).map((key) => {
    const admins = new Set(deal(`admins of ${key}`, crews[key].filter(canAdminister), 2));
    const member = (person: MessyPerson) =>
      row(person, admins.has(person) ? "admin" : "normal", { deactivated: person.trelloOff ?? false });
    const memberships = [
      ...ownersRow(key, owner, row),
      ...(key === "operations" || key === "corporate" ? [row(leaver)] : []),
      ...crews[key].map(member),
      ...(invited.get(key) ?? []).map((ghost, n) =>
        row(ghost, "normal", { unconfirmed: true, since: at - invitedDaysAgo(n * 3 + key.length) * DAY_MS }),
      ),
    ];
    deactivateSome(key, memberships);
    makeOdd(key, memberships);
    return {
      ...WORKSPACES[key],
      idEnterprise: key === "corporate" ? ENTERPRISE.id : null,
      memberships,
      dateCreated: "2024-01-15T09:00:00.000Z",
      ...(key === "partner" && { unreadable: true }),
      ...(key === "volunteers" && { planShown: null }),
      ...(key === "design" && { planShown: { offering: "trello.business_class", products: [110] } }),
    };
  });
}

function canAdminister({ trelloOff, accountOff, bot }: MessyPerson): boolean {
  return !trelloOff && !accountOff && !bot;
}

function ownersRow(key: Key, owner: MessyPerson, row: Row): Membership[] {
  if (key === "partner" || key === "elsewhere") return [];
  return [row(owner, key === "volunteers" ? "normal" : "admin")];
}

function ghostsByWorkspace(people: readonly MessyPerson[]): Map<Key, MessyPerson[]> {
  const ghosts = people.filter(({ ghost }) => ghost).slice(0, SIZES.workspaceGhosts);
  const keys = ["operations", "corporate", "design", "volunteers"] as const;
  return new Map(keys.map((key, k) => [key, ghosts.filter(({ n }) => n % 4 === k)]));
}

/** Deactivates some people in the workspace. They are on none of its boards. */
function deactivateSome(key: Key, memberships: readonly Membership[]): void {
  if (key !== "operations" && key !== "corporate") return;
  const normal = memberships.slice(2).filter((row) => row.memberType === "normal" && !row.unconfirmed);
  for (const row of deal(`deactivated in ${key}`, normal, 7)) row.deactivated = true;
}

/**
 * Makes some memberships odd: one has no member, one has an unknown role, and in a fifth of them the field
 * `deactivated` is missing.
 */
function makeOdd(key: Key, memberships: readonly Membership[]): void {
  const [none, virtual] = deal(
    `odd in ${key}`,
    memberships.slice(2).filter((row) => row.memberType === "normal"),
    2,
  );
  if (none) none.memberIsNull = true;
  if (virtual) virtual.unknownType = "virtual";
  leaveKeysOut(`rows of ${key}`, memberships);
}

/**
 * Leaves out the field `deactivated` in a fifth of the memberships and `unconfirmed` in a few, but only if the value is
 * false.
 */
export function leaveKeysOut(topic: string, rows: readonly Membership[]): void {
  for (const [n, row] of rows.entries()) {
    const dice = rank(topic, n) % 100;
    if (dice >= 23) continue;
    const omits = [
      ...(row.deactivated ? [] : (["deactivated"] as const)),
      ...(dice < 7 && !row.unconfirmed ? (["unconfirmed"] as const) : []),
    ];
    if (omits.length > 0) row.omits = omits;
  }
}

/** The only enterprise. It owns the workspace `corporate`, and its admin is the owner of the Trello token. */
export function messyEnterprise(
  workspaces: readonly Workspace[],
  people: readonly MessyPerson[],
  at: number,
): Enterprise {
  const byId = new Map(people.map((person) => [person.id, person]));
  const rows = workspaces.find(({ id }) => id === WORKSPACES.corporate.id)?.memberships ?? [];
  return {
    ...ENTERPRISE,
    adminHub: false,
    idOrganizations: [WORKSPACES.corporate.id],
    idAdmins: [people[0]?.id ?? ""],
    queryForm: "published",
    members: new Map(
      rows.map(({ idMember }, n) => [
        idMember,
        {
          idMember,
          licensed: n % 6 !== 5,
          deactivated: byId.get(idMember)?.trelloOff ?? false,
          managed: n % 8 !== 7,
          dateLastImpression:
            n % 5 === 4 ? null : new Date(at - (1 + (rank("impression", n) % 200)) * DAY_MS).toISOString(),
        },
      ]),
    ),
  };
}
