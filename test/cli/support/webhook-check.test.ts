/** What a running server does about webhooks by itself: it makes missing ones again, and tells of a leaver's new access. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test, vi } from "vitest";
import { createDuties } from "../../../src/cli/support/duties.ts";
import { checkNewBoards, checkWebhooks, tellLeaverAccess } from "../../../src/cli/support/webhook-check.ts";
import { EVENT_TYPES, eventOf, type MembershipEvent } from "../../../src/domain/membership-event.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Notice } from "../../../src/report/notices.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { confirmAndApply, type Stack, startStack } from "../../support/stack.ts";

const { free } = SEED.workspaces;
let stack: Stack;
let engine: Engine;
let status = 200;
const server = createServer((_request, response) => response.writeHead(status).end());
const told: Notice[] = [];
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/trello`;
  engine = stack.another({ webhookAddress: (idModel) => `${base}/${idModel}` });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stack.close();
});
beforeEach(() => {
  told.length = 0;
  status = 200;
});

const check = () =>
  checkWebhooks({
    engine,
    store: stack.store.webhooks,
    tell: (notice) => void told.push(notice),
    present: async () => {
      throw new Error("no one has to decide");
    },
    now: Date.now,
    log: () => {},
  });

describe("the check of webhooks", () => {
  it("makes those again that ended and those of new boards, in workspaces that are watched, and tells a failure", async () => {
    const { webhooks, boards } = stack.sandbox.world.trello;
    const watched = () => [...webhooks.values()].filter(({ active }) => active).map(({ idModel }) => idModel);
    await check();
    expect(webhooks.size).toBe(0);

    await confirmAndApply({ engine, caller: stack.caller }, "create_webhook", { workspace: free.id });
    const all = watched().toSorted();
    const [gone, ended] = [...webhooks.values()];
    webhooks.delete(gone?.id ?? "");
    if (ended) ended.active = false;
    const [board] = [...boards.values()].filter(({ id }) => all.includes(id));
    if (!board) throw new Error("no board");
    const fresh = {
      ...board,
      id: "9".repeat(24),
      shortLink: "NewBoard",
      memberships: [...board.memberships],
    };
    boards.set(fresh.id, fresh);

    status = 503;
    await check();
    expect(told).toEqual([]);
    expect(watched()).not.toContain(fresh.id);
    status = 200;
    await check();
    expect(watched().toSorted()).toEqual([...all, fresh.id].toSorted());

    const { workspaces } = stack.sandbox.world.trello;
    const workspace = workspaces.get(free.id);
    workspaces.delete(free.id);
    await check();
    if (workspace) workspaces.set(free.id, workspace);
    expect(told).toMatchObject([{ event: "webhooks.failed" }]);
  });

  it("comes five minutes after the start of each process, and then once a day from all of them", async () => {
    let time = "2026-03-01T23:00:00.000Z";
    const keys = new Set<string>();
    const checks: string[] = [];
    const processes = ["a", "b"].map((name) =>
      createDuties({
        engine: stack.engine,
        once: async (key) => !keys.has(key) && Boolean(keys.add(key)),
        tell: () => {},
        present: async () => {},
        schedules: [],
        checkWebhooks: async () => void checks.push(name),
        pagesUrl: null,
        clock: { now: () => Date.parse(time) },
        log: () => {},
      }),
    );
    const counts: number[] = [];
    for (const next of ["T23:04", "T23:05", "T23:06", "T23:59"]) {
      time = `2026-03-01${next}:00.000Z`;
      for (const { look } of processes) await look();
      counts.push(checks.length);
    }
    expect(counts).toEqual([0, 2, 2, 2]);
    time = "2026-03-02T00:00:00.000Z";
    for (const { look } of processes) await look();
    expect(checks).toHaveLength(3);
  });
});

test("a board that comes to a workspace starts one check, and those that come meanwhile one more", async () => {
  const ends: (() => void)[] = [];
  const heard = checkNewBoards(() => new Promise<void>((resolve) => void ends.push(resolve)));
  const event = (type: string): MembershipEvent => {
    const data = { board: { id: "b" }, organization: { id: "o" }, idMember: "m", member: { id: "m" } };
    const found = eventOf({ id: "1".repeat(24), type, date: "2026-01-15T09:00:00.000Z", data });
    if (!found) throw new Error("no event");
    return found;
  };
  for (const type of ["addMemberToBoard", "removeFromOrganizationBoard"]) heard(event(type));
  expect(ends).toHaveLength(0);
  for (let n = 0; n < 5; n += 1) heard(event("addToOrganizationBoard"));
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await vi.waitFor(() => expect(ends).toHaveLength(2));
  ends[1]?.();
  await new Promise(setImmediate);
  heard(event("addToOrganizationBoard"));
  expect(ends).toHaveLength(3);
});

describe("a leaver's new access", () => {
  const event = (type: string, idMember: string, at: string): MembershipEvent => ({
    id: "1".repeat(24),
    at,
    type,
    kind: EVENT_TYPES[type]?.kind ?? "added",
    place: { kind: "board", id: "b", name: "Roadmap" },
    idMember,
    name: "Some One (@one)",
    role: "normal",
    by: { idMember: "x", name: "Other Admin (@other)" },
  });
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  const tell = (what: MembershipEvent) =>
    tellLeaverAccess(what, {
      runs: stack.store.runs,
      once: (key) => stack.store.facts.setOnce(key, true),
      tell: (notice) => void told.push(notice),
      log: () => {},
    });

  it("is told with who did it and the run, unless this server gave it back or took nothing", async () => {
    const { observer } = SEED;
    const stackOf = { engine: stack.engine, caller: stack.caller };
    await tell(event("addMemberToBoard", observer.id, inAnHour()));
    expect(told).toEqual([]);

    const run = await confirmAndApply(stackOf, "offboard_member", {
      member: observer.id,
    });
    for (const type of ["removeMemberFromBoard", "makeNormalMemberOfBoard", "deactivatedMemberInBoard"])
      await tell(event(type, observer.id, inAnHour()));
    await tell(event("addMemberToBoard", SEED.leaver.id, inAnHour()));
    expect(told).toEqual([]);
    await tell(event("addMemberToBoard", observer.id, inAnHour()));
    expect(told).toMatchObject([
      {
        event: "leaver.access",
        title: expect.stringContaining("Some One (@one) was added to board Roadmap"),
        runId: run.id,
      },
    ]);
    expect(told[0]?.facts).toContainEqual(["Done by", "Other Admin (@other)"]);

    told.length = 0;
    await confirmAndApply(stackOf, "restore_member", { runId: run.id });
    await tell(event("addMemberToBoard", observer.id, new Date().toISOString()));
    await tell(event("addMemberToBoard", observer.id, inAnHour()));
    expect(told).toEqual([]);
  });
});
