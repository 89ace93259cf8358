/** `watch`: what it tells of each poll, what it marks, and what it leaves in the store. The clock is handed in. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { offboardingBefore } from "../../../src/cli/support/leaver-access.ts";
import {
  everyMsOf,
  watchChanges,
  type WatchDeps,
  type Watched,
  watchedJson,
  watchedLine,
} from "../../../src/cli/support/watch.ts";
import { run as watch } from "../../../src/cli/watch.ts";
import { AppError } from "../../../src/domain/error.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import { SEED, tell } from "../../../src/sandbox/index.ts";
import { confirmAndApply, inWorkspace, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { MEMORY } from "../../support/memory.ts";
import { engineDeps, openStoreAt } from "../../support/wiring.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { runInProcess } from "../run-in-process.ts";

const { standard, premium } = SEED.workspaces;
const { leaver, observer, successor } = SEED;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterAll(() => stack.close());
beforeEach(() => stack.sandbox.resetRequests());

const said: string[] = [];
/** Watches while `steps` happen, one after each poll; then it is stopped. */
async function watched(
  steps: readonly (() => unknown)[],
  changes: Partial<WatchDeps> = {},
): Promise<readonly Watched[]> {
  said.length = 0;
  const stop = new AbortController();
  const left = [...steps];
  const found: Watched[] = [];
  const deps: WatchDeps = {
    context: () => stack.engine.context(stack.caller),
    stored: stack.engine.snapshots(stack.caller),
    workspaces: [standard.id, premium.id],
    everyMs: 60_000,
    clock: {
      async sleep() {
        const step = left.shift();
        if (step) await step();
        else stop.abort();
      },
    },
    stop: stop.signal,
    offboarded: (event) => offboardingBefore(event, stack.store.runs),
    leaver: async () => {},
    say: (sentence) => void said.push(sentence),
    ...changes,
  };
  for await (const each of watchChanges(deps)) found.push(each);
  return found;
}

const role = (memberType: "admin" | "normal") => () => {
  const row = inWorkspace(stack.sandbox, standard.id, successor.id);
  if (row) row.memberType = memberType;
};
/** Someone adds the person to a workspace in Trello itself. */
function comeBack(idMember: string): void {
  const workspace = stack.sandbox.world.trello.workspaces.get(premium.id);
  const row = { id: "8".repeat(24), idMember, memberType: "normal" as const };
  workspace?.memberships.push({ ...row, unconfirmed: false, deactivated: false });
}
const newest = async () => (await stack.store.snapshots.newest(SEED.admin.id))?.id;

describe("watching", () => {
  it("tells each change once, also those since the reading of an earlier start, and sends no write", async () => {
    expect(await watched([])).toEqual([]);
    expect(said.join()).toContain("read for the first time");
    role("admin")();
    const found = await watched([() => {}, role("normal"), () => {}, role("admin"), role("normal")]);
    expect(found.map(({ change }) => [change.kind, change.before?.role, change.after?.role])).toEqual([
      ["role_changed", "normal", "admin"],
      ["role_changed", "admin", "normal"],
      ["role_changed", "normal", "admin"],
      ["role_changed", "admin", "normal"],
    ]);
    for (const [index, { change }] of found.entries()) {
      const { from = "", until = "" } = change.inferred ?? {};
      expect(from < until).toBe(true);
      expect(from >= (found[index - 1]?.change.inferred?.until ?? "")).toBe(true);
    }
    expect(await watched([])).toEqual([]);
    expect(writesIn(stack.sandbox)).toEqual([]);
  });

  it("stores a reading only after it told something, so that cursors of others stay good", async () => {
    await watched([]);
    const before = await newest();
    await watched(Array.from({ length: 60 }, () => () => {}));
    expect(await newest()).toBe(before);
    await watched([role("admin")]);
    expect(await newest()).not.toBe(before);
    await watched([role("normal")]);
  });

  it("tells time and author if Trello tells them, and the times between which the rest happened", async () => {
    const board = [...stack.sandbox.world.trello.boards.values()].find(
      ({ idOrganization, memberships }) =>
        idOrganization === standard.id &&
        memberships.every(({ idMember }) => idMember !== SEED.deactivated.id),
    );
    const found = await watched([
      () => {
        const row = { id: "7".repeat(24), idMember: successor.id, memberType: "normal" as const };
        board?.memberships.splice(0, 0, { ...row, unconfirmed: false, deactivated: false });
        const data = { idMember: successor.id, board: { id: board?.id }, organization: { id: standard.id } };
        tell(stack.sandbox.world, {
          type: "addMemberToBoard",
          idMemberCreator: SEED.deputy.id,
          idOrganization: standard.id,
          data,
        });
      },
      role("admin"),
    ]);
    role("normal")();
    await watched([]);
    const [added = "", changed = ""] = found.map(watchedLine);
    expect(added).toMatch(/^\d{4}-\S+Z added: .*, by Amara Okafor/);
    expect(changed).toMatch(/^\d{4}-\S+Z to \d{4}-\S+Z role_changed: .*, normal to admin$/);
    expect(found.map((each) => JSON.parse(watchedJson(each)) as unknown)).toMatchObject([
      { kind: "added", by: { idMember: SEED.deputy.id } },
      { kind: "role_changed", inferred: {} },
    ]);
  });

  it("marks a leaver's new access and hands it on, but not what a run of this server gave back", async () => {
    const run = await confirmAndApply(stack, "offboard_member", { member: observer.id });
    const told: string[] = [];
    await watched([]);
    const found = await watched([() => comeBack(observer.id), () => comeBack(leaver.id)], {
      leaver: async (change, { id }) => void told.push(`${change.person?.idMember} ${id}`),
    });
    expect(told).toEqual([`${observer.id} ${run.id}`]);
    expect(found.map((each) => each.run?.id ?? null)).toEqual([run.id, null]);
    expect(watchedLine(found[0] as Watched)).toContain(`OFFBOARDED before, by run ${run.id}`);
    expect(JSON.parse(watchedJson(found[0] as Watched))).toHaveProperty("offboardedBy", run.id);

    await confirmAndApply(stack, "remove_from_workspace", { workspace: premium.id, member: observer.id });
    const again = await confirmAndApply(stack, "offboard_member", { member: successor.id });
    const given = await watched([() => confirmAndApply(stack, "restore_member", { runId: again.id })]);
    expect(given.length).toBeGreaterThan(0);
    expect(given.every((each) => each.run === null && each.change.runId !== undefined)).toBe(true);
  });

  it.each([
    [true, "UPSTREAM_UNAVAILABLE" as const],
    [false, "UNAUTHENTICATED" as const],
  ])("goes on after what may pass (%s: %s)", async (passes, code) => {
    let isFailing = false;
    const context = () => {
      const failure = { next: "Wait.", ...(passes && { retry: "later" as const }) };
      if (isFailing) throw new AppError(code, "Trello did not answer.", failure);
      return stack.engine.context(stack.caller);
    };
    const steps = [
      () => {
        isFailing = true;
        role("admin")();
      },
      () => (isFailing = false),
    ];
    const found = watched(steps, { context });
    if (!passes) await expect(found).rejects.toMatchObject({ code });
    else expect((await found).map(({ change }) => change.kind)).toEqual(["role_changed"]);
    isFailing = false;
    role("normal")();
    await watched([]);
    await expect(
      watched([], {
        everyMs: null,
        context: () => {
          throw new AppError(code, "No.", { next: "" });
        },
      }),
    ).rejects.toMatchObject({ code });
  });
});

it.each([
  [undefined, 60_000],
  ["10", 10_000],
  ["86400", 86_400_000],
  ["9", null],
  ["86401", null],
  ["-60", null],
  ["1e3", null],
  ["60s", null],
  ["60.5", null],
  ["", null],
])("--every %j is %j ms", (seconds, ms) => {
  expect(everyMsOf(seconds)).toBe(ms);
});

describe("the command", () => {
  it("prints what changed since its last call, tells the chat before it ends, and ends when it is stopped", async () => {
    const folder = await mkdtemp(join(MEMORY, "watch-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const posts: string[] = [];
    const chat = createServer((request, response) => {
      request.on("data", (part: Buffer) => posts.push(part.toString()));
      request.on("end", () => response.end());
    });
    await new Promise<void>((resolve) => void chat.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      chat.closeAllConnections();
      chat.close();
    });
    const env = {
      ...stack.sandbox.env,
      IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
      IDENTITY_NOTIFY_URL: `http://127.0.0.1:${(chat.address() as AddressInfo).port}/x`,
      IDENTITY_NOTIFY_SECRET: "s",
    };
    const call = (...args: readonly string[]) =>
      runInProcess(watch, ["--workspace", ` ${standard.id},,${premium.name} `, ...args], { env });
    const first = await call("--once");
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toContain("The workspaces were read for the first time");
    role("admin")();
    const second = await call("--once", "--json");
    expect(JSON.parse(second.stdout)).toMatchObject({
      kind: "role_changed",
      person: { idMember: successor.id },
    });
    role("normal")();
    expect((await call("--once")).stdout).toMatch(/^\S+Z to \S+Z role_changed: .*\n$/);
    expect((await call("--once")).stdout).toBe("");
    expect((await call("--every", "5")).stderr).toContain(
      "--every takes a number of seconds from 10 to 86400.",
    );
    const unknown = await runInProcess(watch, ["--once", "--workspace", "nowhere"], { env });
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    const stopped = new AbortController();
    stopped.abort();
    expect(await runInProcess(watch, [], { env, stop: stopped.signal })).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect(posts).toEqual([]);

    const store = await openStoreAt(join(folder, "identity.db"));
    const engine = createEngine(engineDeps(stack.gateway, store));
    const { alexOfDesign } = SEED;
    await confirmAndApply({ engine, caller: stack.caller }, "offboard_member", { member: alexOfDesign.id });
    await store.close();
    expect((await call("--once")).stdout).toMatch(/removed: .*, by run run_/);
    comeBack(alexOfDesign.id);
    expect((await call("--once")).stdout).toContain("OFFBOARDED before, by run run_");
    expect(posts).toHaveLength(1);
    expect(posts[0]).toContain("leaver.access");
  });
});
