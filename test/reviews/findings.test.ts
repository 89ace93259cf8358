import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Finding, FINDING_KINDS, type FindingKind } from "../../src/domain/review.ts";
import type { Roster, RosterStatus } from "../../src/domain/roster.ts";
import type { WorkspaceSnapshot } from "../../src/domain/trello.ts";
import { findingsOf } from "../../src/reviews/review.ts";
import { fakeContext, id } from "../support/plan-context.ts";

const NOW = "2026-06-15T12:00:00.000Z";
const DORMANT = 90;
const DAYS = 86_400_000;

/** What is true of one invented person; the world and the expected findings are both made from it. */
interface Truth {
  readonly email: "proven" | "hidden";
  readonly name: string;
  readonly domain: "corp.example" | "agency.example";
  /** Days since the last activity; null if Trello does not tell it. */
  readonly idle: number | null;
  /** Days since the membership was made. */
  readonly joined: number;
  readonly state: "active" | "deactivated" | "ghost" | "pending";
  /** Role in each workspace; null: not there. A guest is on boards only. */
  readonly roles: readonly ("admin" | "normal" | "observer" | "guest" | null)[];
  /** Boards in each workspace: one bit a board. */
  readonly boards: readonly number[];
  readonly roster: {
    readonly status: RosterStatus;
    readonly role: string | null;
    readonly name: string;
    readonly team: string | null;
  } | null;
  /** The Atlassian account; people who share one may be one person. */
  readonly account: string | null;
}

/** The boards of teams, as the policy file may write them. The third board of each workspace is closed. */
const TEAM_BOARDS = new Map([
  ["Engineering", ["Board 00", "Board 10", "Board 02"]],
  ["Operations", ["Board 01"]],
  ["Both", ["Board 00", "Board 01"]],
  ["Nowhere", ["No such board"]],
]);
/** The open boards of each team in each workspace, by their numbers. */
const OPEN_BOARDS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  engineering: [[0], [0]],
  operations: [[1], []],
  both: [[0, 1], []],
  nowhere: [[], []],
};

const WORKSPACES = 2;
const BOARDS = 3;
const NAMES = ["Ada Byron", "Bo Lindh", "Cy Okafor", "Di Marsh", "Ed Novak"];
const truth: fc.Arbitrary<Truth> = fc.record({
  email: fc.constantFrom("proven", "proven", "hidden"),
  // Few names, so that namesakes are common.
  name: fc.constantFrom(...NAMES),
  domain: fc.constantFrom("corp.example", "corp.example", "agency.example"),
  idle: fc.option(fc.integer({ min: 0, max: 300 }), { nil: null }),
  joined: fc.integer({ min: 0, max: 400 }),
  state: fc.constantFrom("active", "active", "active", "deactivated", "ghost", "pending"),
  roles: fc.array(fc.constantFrom("admin", "normal", "normal", "observer", "guest", null), {
    minLength: WORKSPACES,
    maxLength: WORKSPACES,
  }),
  boards: fc.array(fc.integer({ min: 0, max: 2 ** BOARDS - 1 }), {
    minLength: WORKSPACES,
    maxLength: WORKSPACES,
  }),
  roster: fc.option(
    fc.record({
      status: fc.constantFrom("active", "active", "not_yet", "blocked", "gone"),
      role: fc.constantFrom(null, "guest", "observer", "normal", "admin"),
      // Not always the name that the person has in Trello.
      name: fc.constantFrom(...NAMES),
      team: fc.constantFrom(null, "Engineering", "operations", "Both", "Nowhere", "Sales"),
    }),
    { nil: null },
  ),
  account: fc.constantFrom(null, null, null, null, "account-1", "account-2"),
});
const world = fc.record({
  people: fc.array(truth, { minLength: 1, maxLength: 9 }),
  tiers: fc.array(fc.constantFrom("free", "standard", "premium"), {
    minLength: WORKSPACES,
    maxLength: WORKSPACES,
  }),
  isWhole: fc.boolean(),
});
type Drawn = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

const emailOf = (n: number, { domain }: Truth): string => `person${n}@${domain}`;
const before = (days: number): string => new Date(Date.parse(NOW) - days * DAYS).toISOString();
/** Trello's ids begin with the second in which they were made. */
const madeAt = (days: number, n: number): string =>
  Math.floor((Date.parse(NOW) - days * DAYS) / 1000)
    .toString(16)
    .padStart(8, "0") + n.toString(16).padStart(16, "0");

function snapshotsOf({ people, tiers }: Drawn): readonly WorkspaceSnapshot[] {
  return tiers.map((tier, w) => {
    const rows = people.map((person, n) => ({
      id: madeAt(person.joined, n),
      idMember: id(n),
      memberType: person.roles[w] ?? "normal",
      unconfirmed: person.state === "ghost" || person.state === "pending",
      deactivated: person.state === "deactivated",
      member: {
        id: id(n),
        username: `user${n}`,
        fullName: person.name,
        memberType: person.state === "ghost" ? "ghost" : "normal",
        ...(person.account !== null && { aaId: person.account }),
        ...(person.email === "proven" && { email: emailOf(n, person) }),
        ...(person.idle !== null && { dateLastActive: before(person.idle) }),
      },
    }));
    return {
      workspace: { id: id(9_000 + w), name: `w${w}`, displayName: `Workspace ${w}` },
      tier,
      memberships: rows.filter((_row, n) => ![null, "guest"].includes(people[n]?.roles[w] ?? null)),
      boards: Array.from({ length: BOARDS }, (_, b) => ({
        id: id(8_000 + w * BOARDS + b),
        name: `Board ${w}${b}`,
        closed: b === 2,
        memberships: rows
          .filter((_row, n) => isOnBoard(people[n], w, b))
          .map((row) => ({ ...row, memberType: "normal" })),
      })),
    };
  });
}

function isOnBoard(person: Truth | undefined, w: number, b: number): boolean {
  return Boolean(person?.roles[w]) && ((person?.boards[w] ?? 0) & (1 << b)) !== 0;
}

function rosterOf({ people, isWhole }: Drawn): Roster {
  return {
    name: "HR",
    people: people.flatMap((person, n) =>
      person.roster
        ? [
            {
              row: `line ${n}`,
              emails: [emailOf(n, person)],
              name: person.roster.name,
              status: person.roster.status,
              says: null,
              accountId: null,
              role: person.roster.role,
              department: person.roster.team,
            },
          ]
        : [],
    ),
    gaps: isWhole ? [] : ["page 2 did not come"],
  };
}

/** The findings that must be made, worked out from the truth alone, as `kind person workspace confidence`. */
function expected(drawn: Drawn): readonly string[] {
  const { people, tiers, isWhole } = drawn;
  const RANK: Record<string, number> = { guest: 0, observer: 1, normal: 2, admin: 3 };
  const found: string[] = [];
  const say = (kind: FindingKind, n: number | null, w: number | null, confidence = "certain") =>
    found.push(`${kind} ${n ?? "-"} ${w ?? "-"} ${confidence}`);
  const openBoards = (person: Truth, w: number) => [0, 1].filter((b) => isOnBoard(person, w, b)).length;
  const canOpen = (person: Truth, w: number) => {
    const role = person.roles[w];
    // A guest who is deactivated on all boards, or has not accepted the invitation, opens no board.
    if (role === "guest") return openBoards(person, w) > 0 && person.state === "active";
    return Boolean(role) && person.state === "active";
  };
  const isThere = (person: Truth, w: number) =>
    person.roles[w] === "guest" ? person.boards[w] !== 0 : Boolean(person.roles[w]);
  const present = people.filter((person) => [0, 1].some((w) => isThere(person, w)));
  const companyDomains = new Set(
    people.flatMap((person) => (person.roster?.status === "active" ? [person.domain] : [])),
  );
  // By name: one person of the world has it, is not matched by email; one row has it, that no email took.
  const nameMatch = (person: Truth) => {
    if (present.filter(({ name }) => name === person.name).length !== 1) return null;
    const rows = people.flatMap((other, k) => (other.roster?.name === person.name ? [k] : []));
    const [only, ...others] = rows;
    if (only === undefined || others.length > 0) return null;
    const owner = people[only];
    const takenByEmail = owner?.email === "proven" && present.includes(owner);
    return takenByEmail ? null : (owner?.roster ?? null);
  };
  people.forEach((person, n) => {
    const places = [0, 1].filter((w) => canOpen(person, w));
    const certain = person.email === "proven" ? person.roster : null;
    const likely = certain ? null : present.includes(person) ? nameMatch(person) : null;
    if (places.length > 0) {
      const row = certain ?? likely;
      const confidence = certain ? "certain" : "likely";
      if (row?.status === "gone") say("leaver_with_access", n, null, confidence);
      if (row?.status === "blocked") say("deactivated_with_access", n, null, confidence);
      if (isWhole && person.email === "proven" && !row) say("not_in_roster", n, null);
      if (person.email === "proven" && companyDomains.size > 0 && !companyDomains.has(person.domain))
        say("external_domain", n, null);
      const isNew = [0, 1].some(
        (w) => isThere(person, w) && person.roles[w] !== "guest" && person.joined <= DORMANT,
      );
      if (person.idle !== null && person.idle > DORMANT && !isNew) say("dormant", n, null);
    }
    const shares = present.filter(({ account }) => account !== null && account === person.account);
    if (places.length > 0 && shares.length > 1) say("duplicate_identity", n, null);
    for (const w of [0, 1]) {
      if (!isThere(person, w)) continue;
      const role = person.roles[w] ?? "";
      const waits = person.state === "ghost" || person.state === "pending";
      if (waits) {
        say(role !== "guest" && person.joined > 7 ? "stale_invitation" : "ghost", n, w);
        continue;
      }
      if (!canOpen(person, w)) continue;
      const paid = tiers[w] !== "free";
      if (role === "guest" && openBoards(person, w) > 1 && paid) say("guest_on_several_boards", n, w);
      if (role === "normal" && openBoards(person, w) === 1 && paid) say("member_could_be_guest", n, w);
      const team = certain?.status === "active" ? certain.team?.toLowerCase() : undefined;
      const own = team === undefined ? undefined : OPEN_BOARDS[team]?.[w];
      if (own) {
        const isOn = (b: number) => isOnBoard(person, w, b);
        const others = Object.entries(OPEN_BOARDS).filter(([name]) => name !== team);
        const misses = role !== "guest" && own.some((b) => !isOn(b));
        const exceeds = others.some(([, all]) => all[w]?.some((b) => isOn(b) && !own.includes(b)));
        if (misses || exceeds) say("team_board_mismatch", n, w);
      }
      const given = certain?.role;
      if (given && (RANK[role] ?? 0) > (RANK[given] ?? 0)) say("role_above_roster", n, w);
    }
  });
  for (const w of [0, 1]) {
    const admins = people.filter((person) => person.roles[w] === "admin" && person.state === "active");
    if (admins.length === 1) say("single_admin", null, w);
    if (admins.length > 5) say("too_many_admins", null, w);
  }
  return found.toSorted();
}

function keyOf({ kind, person, places, confidence }: Finding): string {
  const n = person ? Number.parseInt(person.idMember.slice(8), 16) : "-";
  const oneOf: readonly FindingKind[] = [
    "role_above_roster",
    "team_board_mismatch",
    "stale_invitation",
    "ghost",
    "guest_on_several_boards",
    "too_many_admins",
    "single_admin",
    "member_could_be_guest",
  ];
  const w = oneOf.includes(kind)
    ? Number.parseInt(places[0]?.idOrganization.slice(8) ?? "", 16) - 9_000
    : "-";
  return `${kind} ${n} ${w} ${confidence}`;
}

async function review(drawn: Drawn) {
  const snapshots = snapshotsOf(drawn);
  const boards = snapshots.flatMap((snapshot) => snapshot.boards);
  const members = new Map(
    drawn.people.flatMap((_person, n) => {
      const rows = snapshots.flatMap(({ memberships, boards: all }) => [
        ...memberships,
        ...all.flatMap((board) => board.memberships),
      ]);
      const row = rows.find(({ idMember }) => idMember === id(n));
      return row && "member" in row ? [[id(n), row] as const] : [];
    }),
  );
  const { context } = fakeContext({
    now: NOW,
    teamBoards: TEAM_BOARDS,
    people: Array.from({ length: WORKSPACES * BOARDS }, (_, b) =>
      (boards.find((board) => board.id === id(8_000 + b))?.memberships ?? []).flatMap(
        ({ idMember }) => (members.get(idMember) as never) ?? [],
      ),
    ),
  });
  return findingsOf({ snapshots, rosters: [rosterOf(drawn)], dormantDays: DORMANT }, context);
}

describe("the findings of a review", () => {
  it("are exactly those of a world that is known, in every world", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const { findings } = await review(drawn);
        expect(findings.map(keyOf).toSorted()).toEqual(expected(drawn));
      }),
      { numRuns: 500 },
    );
  });

  it("are all there, and none is false, in a world in which every kind is planted", async () => {
    const plain: Truth = {
      email: "proven",
      name: "Ada Byron",
      domain: "corp.example",
      idle: 1,
      joined: 200,
      state: "active",
      roles: ["normal", null],
      boards: [3, 0],
      roster: { status: "active", role: null, name: "Zoe", team: null },
      account: null,
    };
    const row = { status: "active", role: null, name: "Zoe", team: null } as const;
    const planted: readonly Truth[] = [
      { ...plain, roles: ["admin", "admin"] },
      ...Array.from({ length: 5 }, () => ({ ...plain, roles: ["admin", null] as const })),
      { ...plain, roster: { ...row, status: "gone" } },
      { ...plain, roster: { ...row, status: "blocked" } },
      { ...plain, roster: null },
      { ...plain, roles: ["admin", null], roster: { ...row, role: "normal" } },
      { ...plain, boards: [2, 0], roster: { ...row, team: "Engineering" } },
      { ...plain, account: "account-1" },
      { ...plain, account: "account-1" },
      { ...plain, domain: "agency.example", roster: { ...row, status: "not_yet" } },
      { ...plain, idle: 200 },
      { ...plain, state: "ghost", joined: 60 },
      { ...plain, state: "pending", joined: 2 },
      { ...plain, roles: ["guest", null], boards: [3, 0] },
      { ...plain, boards: [1, 0] },
    ];
    const drawn: Drawn = { people: [...planted], tiers: ["premium", "standard"], isWhole: true };
    const { findings } = await review(drawn);
    expect(findings.map(keyOf).toSorted()).toEqual(expected(drawn));
    expect([...new Set(findings.map(({ kind }) => kind))].toSorted()).toEqual(FINDING_KINDS.toSorted());
    expect(FINDING_KINDS).toHaveLength(14);
  });

  it("have the same ids every time, and no remedy if only a name shows who is meant", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const [one, other] = [await review(drawn), await review(drawn)];
        expect(one).toEqual(other);
        expect(new Set(one.findings.map((finding) => finding.id)).size).toBe(one.findings.length);
        for (const { confidence, remedy } of one.findings)
          if (confidence === "likely") expect(remedy).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});
