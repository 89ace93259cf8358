import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDuties } from "../../../src/cli/support/duties.ts";
import { createNotices } from "../../../src/cli/support/notices.ts";
import { createSecret } from "../../../src/config/secret.ts";
import type { Fault } from "../../../src/sandbox/index.ts";
import type { VendorName } from "../../../src/sandbox/vendors/world.ts";
import { LISTS } from "../../rosters/vendor-lists.ts";
import { hastyClock, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { atVendor, company, linkAll, rosterRows, TEAM_BOARDS } from "../../tools/reviews/company.ts";

// The whole way: a vendor's pages over HTTP, the schedule of two processes on one store, and what is posted to the team's chat.
const PEOPLE = 60;
const ROWS = rosterRows(PEOPLE);
const VENDORS = Object.keys(LISTS) as VendorName[];

interface Posted {
  readonly event: string;
  readonly title: string;
  readonly planId: string | null;
  readonly facts: readonly { readonly name: string; readonly text: string }[];
}

let stack: Stack;
let faults: Fault[];
let posted: Posted[];
let chat: ReturnType<typeof createServer>;
beforeEach(async () => {
  faults = [];
  posted = [];
  chat = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.once("end", () => {
      posted.push(JSON.parse(text) as Posted);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => void chat.listen(0, "127.0.0.1", resolve));
  stack = await startStack({
    sandbox: { world: company(PEOPLE), rateLimits: false, faults },
    without: ["scim", "organization", "enterprise"],
    vendors: true,
    clock: hastyClock,
    random: () => 0,
    rules: {
      teamBoards: TEAM_BOARDS,
      limits: { peoplePerDay: 25, destructiveEffectsPerDay: 2000, percentOfWorkspace: 20 },
    },
  });
  await linkAll(stack.store, PEOPLE);
  stack.sandbox.world.vendors.pageSize = 20;
  atVendors(ROWS);
});
afterEach(async () => {
  await stack.close();
  chat.closeAllConnections();
  chat.close();
});

function atVendors(rows: typeof ROWS): void {
  const { people } = stack.sandbox.world.vendors;
  people.splice(0, people.length, ...atVendor(rows));
}

/** Two processes on the store, with an engine and a notifier of their own. `at` lets both look at the same moment. */
function twoProcesses(...names: readonly VendorName[]) {
  const url = createSecret(`http://127.0.0.1:${(chat.address() as AddressInfo).port}/hook`);
  const clock = { time: "", now: () => Date.parse(clock.time) };
  const processes = [0, 1].map(() => {
    // The plans live by this clock too.
    const engine = stack.another({ clock: { ...hastyClock, now: clock.now } });
    const notices = createNotices({ notify: { url, format: "json", secret: null } }, engine, {
      clock: hastyClock,
      log: () => {},
      pagesUrl: "https://id.example/approvals",
    });
    const { look } = createDuties({
      engine: notices.engine,
      once: (key) => stack.store.facts.setOnce(key, true),
      tell: notices.tell,
      present: async (plan) => notices.waiting(plan),
      schedules: names.map((name) => ({ name, schedule: "06:30" })),
      pagesUrl: "https://id.example/approvals",
      clock,
      log: () => {},
    });
    return { look, engine };
  });
  return {
    /** What was posted, once `expected` messages came, and the plans that wait. */
    async at(time: string, expected: number) {
      clock.time = time;
      await Promise.all(processes.map(({ look }) => look()));
      await vi.waitFor(() => expect(posted.length).toBeGreaterThanOrEqual(expected), { timeout: 60_000 });
      const waiting = (await processes[0]?.engine.waiting()) ?? [];
      return { posted: posted.splice(0), waiting: waiting.map(({ plan }) => plan) };
    },
    /** A person decides on the page of the other process. */
    decide: (planId: string, accepted: boolean) =>
      processes[1]?.engine.decide(planId, { accepted, level: "approval", by: "Ada" }),
    startable: async () => (await processes[0]?.engine.startable()) ?? [],
  };
}
const writes = () => writesIn(stack.sandbox).filter(({ upstream }) => upstream !== "vendors");
const why = ({ facts }: Posted) => facts.find(({ name }) => name === "Why")?.text ?? "";

it("each source makes one plan, which waits for a person and is told once", async () => {
  const { at } = twoProcesses(...VENDORS);
  expect(await at("2026-03-10T06:29:00.000Z", 0)).toEqual({ posted: [], waiting: [] });
  const morning = await at("2026-03-10T06:30:00.000Z", VENDORS.length);
  expect(morning.waiting.map(({ summary }) => summary).toSorted()).toEqual(
    VENDORS.map((name) => `${name}: 5 joiners, 4 movers, 6 leavers`).toSorted(),
  );
  for (const plan of morning.waiting) expect(plan.requires).toBe("client");
  expect(morning.posted.map(({ event, planId }) => `${event} ${planId}`).toSorted()).toEqual(
    morning.waiting.map(({ id }) => `plan.waiting ${id}`).toSorted(),
  );
  expect(writes()).toEqual([]);
});

describe("a roster that proves nothing makes no plan, and the notice says why", () => {
  const failsFrom = (name: VendorName, attempt: number) =>
    faults.push(
      ...[0, 1, 2, 3].map((n) => ({ operation: LISTS[name], attempt: attempt + n, kind: "503" }) as const),
    );
  it.each<[string, (name: VendorName) => void, RegExp]>([
    [
      "fails at page 2",
      (name) => failsFrom(name, 2),
      /was not read completely.*only the first 20 users were read/,
    ],
    ["fails at page 1", (name) => failsFrom(name, 1), /answered 503/],
    ["is cut in half", () => atVendors(ROWS.slice(0, 30)), /would leave at once.*may be incomplete/],
    ["is empty", () => atVendors([]), /has no people/],
    ["shows the first page again and again", repeatFirstPage, /not read completely|would leave at once/],
    ["may not be read", () => stack.sandbox.world.vendors.missing.add("users"), /^Roster /],
  ])("one that %s", async (_what, spoil, reason) => {
    for (const name of VENDORS) spoil(name);
    const { posted: told, waiting } = await twoProcesses(...VENDORS).at(
      "2026-03-10T06:31:00.000Z",
      VENDORS.length,
    );
    expect(waiting).toEqual([]);
    expect(told.map(({ event }) => event)).toEqual(VENDORS.map(() => "roster.no_plan"));
    for (const name of VENDORS) {
      const [about] = told.filter(({ title }) => title.includes(`roster ${name} `));
      expect(why(about ?? expect.unreachable()).replaceAll("\n", " ")).toMatch(reason);
    }
  });

  function repeatFirstPage(): void {
    const { vendors } = stack.sandbox.world;
    vendors.scim.ignoresStartIndex = true;
    // The other sources have cursors of their own, so here they are cut instead.
    atVendors(ROWS.slice(0, 30));
  }

  it("nor does one that lost people whom nothing else could have missed", async () => {
    // Trello hides whose emails these are, so that no one could be called a leaver by it.
    atVendors([...ROWS, ...atLeast(60)]);
    const { at } = twoProcesses("okta");
    expect((await at("2026-03-10T06:30:00.000Z", 1)).posted[0]?.event).toBe("plan.waiting");
    atVendors(ROWS.slice(0, -1));
    const { posted: told } = await at("2026-03-11T06:30:00.000Z", 1);
    expect(told.map(({ event }) => event)).toEqual(["roster.no_plan"]);
    expect(why(told[0] ?? expect.unreachable())).toMatch(/okta has 59 people and had 120 when a plan/);
  });
  const atLeast = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      email: `elsewhere${n}@other.example`,
      name: `Elsewhere ${n}`,
      team: null,
    }));
});

describe("while a plan waits", () => {
  it("no second one is made for the same differences, and a week later it comes again", async () => {
    const { at } = twoProcesses("okta");
    const first = await at("2026-03-10T06:30:00.000Z", 1);
    const [planId = ""] = first.waiting.map(({ id }) => id);
    for (const day of [11, 12, 13, 14, 15, 16]) {
      const { posted: told, waiting } = await at(`2026-03-${day}T06:31:00.000Z`, 0);
      expect([told, waiting.map(({ id }) => id)]).toEqual([[], [planId]]);
    }
    const later = await at("2026-03-17T06:30:00.000Z", 1);
    expect(later.posted.map(({ event }) => event)).toEqual(["plan.waiting"]);
    expect(later.waiting.map(({ id }) => id)).not.toContain(planId);
    expect(later.waiting).toHaveLength(1);
  });

  it("other differences take its place, and with none left it is withdrawn", async () => {
    const { at } = twoProcesses("okta");
    const [first] = (await at("2026-03-10T06:30:00.000Z", 1)).waiting;
    atVendors(ROWS.slice(0, -1));
    const second = await at("2026-03-11T06:30:00.000Z", 1);
    expect(second.waiting.map(({ summary }) => summary)).toEqual(["okta: 4 joiners, 4 movers, 6 leavers"]);
    expect(second.posted).toMatchObject([{ event: "plan.waiting", planId: second.waiting[0]?.id }]);
    expect(await stack.store.plans.get(first?.id ?? "")).toMatchObject({
      state: "declined",
      decision: { withdrawn: true, by: "schedule of okta" },
    });
    // Everybody is there again as today: nothing is left to change.
    const today = Array.from({ length: PEOPLE }, (_, n) => ({
      email: `p${n}@corp.example`,
      name: "",
      team: n < 4 ? "Ops" : "Eng",
    }));
    atVendors([...ROWS.slice(0, 1), ...today]);
    expect(await at("2026-03-12T06:30:00.000Z", 0)).toEqual({ posted: [], waiting: [] });
  });

  it("plans that people asked for themselves, and those of other rosters, are left alone", async () => {
    const { at } = twoProcesses("okta", "google");
    const own = await stack.engine.propose(
      "plan_roster_changes",
      { roster: "okta" },
      stack.caller,
      30 * 86_400_000,
    );
    await stack.engine.storePlan({ ...own, expiresAt: "2026-03-30T00:00:00.000Z" });
    await at("2026-03-10T06:30:00.000Z", 2);
    atVendors(ROWS.slice(0, -1));
    const { waiting } = await at("2026-03-11T06:30:00.000Z", 2);
    expect(waiting.map(({ principal: { client } }) => client).toSorted()).toEqual(
      ["schedule of google", "schedule of okta", stack.caller.client].toSorted(),
    );
  });

  it("a person decides, also if it only invites people, and then it can start", async () => {
    const { at, decide, startable } = twoProcesses("okta");
    const all = Array.from({ length: PEOPLE }, (_, n) => ({
      email: `p${n}@corp.example`,
      name: `Ola Nordmann ${n}`,
      team: n < 4 ? "Ops" : "Eng",
    }));
    atVendors([...ROWS.slice(0, 1), ...all, ...ROWS.slice(-5)]);
    const [plan] = (await at("2026-03-10T06:30:00.000Z", 1)).waiting;
    expect(plan?.summary).toBe("okta: 5 joiners, 0 movers, 0 leavers");
    expect(await startable()).toEqual([]);
    await decide(plan?.id ?? "", true);
    expect((await startable()).map((each) => each.plan.id)).toEqual([plan?.id]);
    expect(writes()).toEqual([]);
  });

  it("a person who said no is asked again the next morning", async () => {
    const { at, decide } = twoProcesses("okta");
    const [plan] = (await at("2026-03-10T06:30:00.000Z", 1)).waiting;
    await decide(plan?.id ?? "", false);
    expect((await at("2026-03-10T06:40:00.000Z", 0)).posted).toEqual([]);
    expect((await at("2026-03-11T06:30:00.000Z", 1)).posted).toMatchObject([{ event: "plan.waiting" }]);
  });
});
