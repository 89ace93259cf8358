import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { type Bench, openBench } from "../../faults/bench.ts";
import { type PlaceSpec, worldOf } from "../../faults/worlds.ts";
import { failure } from "../../support/failure.ts";
import { boardsWith, confirm, confirmAndApply, inWorkspace, writesIn } from "../../support/stack.ts";

const { leaver, successor, deputy, admin } = SEED;

const place: PlaceSpec = {
  tier: "standard",
  role: "normal",
  boards: [
    { role: "normal", successor: true, cards: [{}] },
    { role: "normal", cards: [{}] },
  ],
};

let bench: Bench;
beforeEach(async () => {
  bench = await openBench(worldOf({ places: [place, { tier: "standard", role: "normal", boards: [] }] }));
});
afterEach(() => bench.close());

const trello = () => bench.sandbox.world.trello;
const [boardAt, workspaceAt, cardAt] = [
  (index: number) => [...trello().boards.values()][index],
  (index: number) => [...trello().workspaces.values()][index],
  (index: number) => [...trello().cards.values()][index],
];
const roleOn = (index: number, idMember = leaver.id) =>
  boardAt(index)?.memberships.find((row) => row.idMember === idMember)?.memberType;
const offboard = (args: Record<string, string> = {}) =>
  confirmAndApply(bench, "offboard_member", { member: leaver.id, ...args });
const restore = (runId: string) => confirmAndApply(bench, "restore_member", { runId });
const proposed = (runId: string) => bench.engine.propose("restore_member", { runId }, bench.caller);

let rows = 0;
function comesBack(place: { memberships: unknown[] } | undefined, memberType: string): void {
  rows += 1;
  const id = rows.toString(16).padStart(24, "f");
  place?.memberships.push({ id, idMember: leaver.id, memberType, unconfirmed: false, deactivated: false });
}

describe("undoing a change of cards", () => {
  test("gives a card back and leaves on it whoever took it meanwhile", async () => {
    const run = await offboard({ reassignTo: "nobody" });
    cardAt(0)?.idMembers.push(successor.id);
    expect(await restore(run.id)).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(cardAt(0)?.idMembers.toSorted()).toEqual([leaver.id, successor.id].toSorted());
    expect(cardAt(1)?.idMembers).toEqual([leaver.id]);
  });

  test("takes off the one who took over, and nobody else who came", async () => {
    const run = await offboard({ reassignTo: successor.id });
    expect(cardAt(0)?.idMembers).toEqual([successor.id]);
    cardAt(0)?.idMembers.push(admin.id);
    await restore(run.id);
    expect(cardAt(0)?.idMembers.toSorted()).toEqual([leaver.id, admin.id].toSorted());
  });

  test("asks for what it does: who comes back onto which card, and who goes off it", async () => {
    const run = await offboard({ reassignTo: successor.id });
    const name = cardAt(0)?.name;
    const lines = (await proposed(run.id)).effects.map(({ description }) => description);
    expect(lines).toContain(`Put ${leaver.fullName} (@${leaver.username}) back on card ${name}`);
    expect(lines).toContain(`Take ${successor.fullName} (@${successor.username}) off card ${name}`);
    expect(lines.filter((line) => line.includes("nobody"))).toEqual([]);
  });

  test("takes a card from nobody where it cannot be given back", async () => {
    const workspace = workspaceAt(0)?.id ?? "";
    const run = await confirmAndApply(bench, "reassign_cards", {
      workspace,
      member: leaver.id,
      reassignTo: successor.id,
    });
    const board = boardAt(0);
    board?.memberships.splice(
      board.memberships.findIndex((row) => row.idMember === leaver.id),
      1,
    );
    const plan = await proposed(run.id);
    const off = `Not done: Put ${leaver.fullName} (@${leaver.username}) back on card ${cardAt(0)?.name}: is no longer on the board of the card`;
    expect(plan.untouched).toContain(off);
    expect(plan.effects.map(({ target }) => target["idCard"])).not.toContain(cardAt(0)?.id);
    await restore(run.id);
    expect(cardAt(0)?.idMembers).toEqual([successor.id]);
  });

  test("is undone itself, cards and all, off the boards before out of the workspaces", async () => {
    const run = await offboard({ reassignTo: successor.id });
    const restored = await restore(run.id);
    const again = await restore(restored.id);
    expect(again).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    const kinds = [...new Set(again.effects.map(({ effect }) => effect.resource))];
    expect(kinds).toEqual(["card", "board_membership", "workspace_membership"]);
    expect(cardAt(0)?.idMembers).toEqual([successor.id]);
    expect(boardsWith(bench.sandbox, leaver.id)).toEqual([]);
    expect(inWorkspace(bench.sandbox, workspaceAt(0)?.id ?? "", leaver.id)).toBeUndefined();
  });
});

describe("whoever is back in another role", () => {
  test("stays as they are, and is named", async () => {
    const run = await offboard();
    comesBack(boardAt(0), "admin");
    comesBack(workspaceAt(0), "admin");
    const plan = await proposed(run.id);
    for (const place of ["board Board 0.0", "workspace Place 0"]) {
      const line = `Add ${leaver.fullName} (@${leaver.username}) to ${place} as normal: has the role admin there now`;
      expect(plan.warnings).toContain(`Not undone, because the state changed again after the run: ${line}`);
      expect(plan.untouched).toContain(`Not done: ${line}`);
    }
    const restored = await restore(run.id);
    expect([roleOn(0), roleOn(1)]).toEqual(["admin", "normal"]);
    expect(inWorkspace(bench.sandbox, workspaceAt(0)?.id ?? "", leaver.id)?.memberType).toBe("admin");
    // On the board as an admin, they can have their card back.
    expect(cardAt(0)?.idMembers).toEqual([leaver.id]);
    expect(restored.evidence?.untouched).toEqual(plan.untouched);
  });

  test("between the decision and the run voids the decision", async () => {
    const run = await offboard();
    const plan = await confirm(bench, "restore_member", { runId: run.id });
    comesBack(boardAt(0), "admin");
    bench.sandbox.resetRequests();
    expect(await failure(bench.engine.apply(plan.id, bench.caller))).toMatchObject({ code: "PLAN_STALE" });
    expect(writesIn(bench.sandbox)).toEqual([]);
    expect(roleOn(0)).toBe("admin");
  });

  test("is not deactivated where they were before", async () => {
    const row = inWorkspace(bench.sandbox, workspaceAt(1)?.id ?? "", leaver.id);
    if (row) row.deactivated = true;
    const run = await offboard();
    comesBack(workspaceAt(1), "admin");
    const plan = await proposed(run.id);
    expect(plan.effects.map(({ op }) => op)).not.toContain("set_workspace_deactivated");
    await restore(run.id);
    expect(inWorkspace(bench.sandbox, workspaceAt(1)?.id ?? "", leaver.id)).toMatchObject({
      memberType: "admin",
      deactivated: false,
    });
  });

  test("is not taken away when an addition is undone, nor brought back when a role is", async () => {
    const board = boardAt(1);
    const workspace = workspaceAt(0)?.id ?? "";
    const added = await confirmAndApply(bench, "add_to_boards", {
      workspace,
      members: [deputy.id],
      boards: [board?.id ?? ""],
    });
    const changed = await confirmAndApply(bench, "set_board_role", {
      workspace,
      board: board?.id ?? "",
      member: leaver.id,
      role: "admin",
    });
    for (const row of board?.memberships ?? []) if (row.idMember === deputy.id) row.memberType = "admin";
    board?.memberships.splice(
      board.memberships.findIndex((row) => row.idMember === leaver.id),
      1,
    );
    for (const [run, why] of [
      [added, "has the role admin there now"],
      [changed, "is no longer a member there"],
    ] as const) {
      const plan = await proposed(run.id);
      expect(plan.effects).toEqual([]);
      expect(plan.warnings).toEqual([
        expect.stringMatching(`^Not undone, because the state changed again after the run: .*: ${why}$`),
      ]);
    }
  });
});
