import { afterAll, beforeAll, expect, it } from "vitest";
import { ROSTER_SOURCES } from "../../../src/domain/roster.ts";
import { findingsOf } from "../../../src/reviews/review.ts";
import { readNamedRosters } from "../../../src/rosters/named.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { boardsWith, confirmAndApply, type Stack, startStack } from "../../support/stack.ts";
import { WORKSPACES } from "../world.ts";

// The whole way: from a vendor's reply over HTTP to the person who leaves Trello.
const { leaver } = SEED;
const NAMES = ["okta", "entra", "google", "onelogin", "other-scim"] as const;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false }, vendors: true });
  await stack.store.links.put({
    email: leaver.email,
    idMember: leaver.id,
    accountId: null,
    scimId: null,
    source: "enterprise",
    seenAt: "2026-01-01T00:00:00.000Z",
  });
  const at = stack.sandbox.world.vendors.people.find(({ email }) => email === leaver.email);
  Object.assign(at ?? {}, { state: "blocked" });
});
afterAll(() => stack.close());

it("every kind of source is tried here", () => {
  expect(NAMES).toHaveLength(ROSTER_SOURCES.length);
});

it.each(NAMES)("a review with %s finds who is shut out there, for certain", async (name) => {
  const context = stack.engine.context(stack.caller);
  const snapshots = await context.reads.trello.workspaceSnapshots([WORKSPACES.standard.id]);
  const rosters = await readNamedRosters([name], context.reads);
  const { findings, coverage } = await findingsOf({ snapshots, rosters, dormantDays: 90 }, context);
  const theirs = findings.filter(({ kind }) => kind === "deactivated_with_access");
  expect(theirs).toMatchObject([
    { confidence: "certain", person: { idMember: leaver.id }, remedy: "remove" },
  ]);
  expect(coverage.join("\n")).toMatch(new RegExp(`${name}: \\d+ people, read completely\\.`));
});

it("the plan of a vendor's roster takes that person out, and nobody else is touched", async () => {
  const before = new Map(
    [...stack.sandbox.world.trello.boards.values()].map(({ id, memberships }) => [id, memberships.length]),
  );
  const mine = new Set(boardsWith(stack.sandbox, leaver.id).map(({ id }) => id));
  const { vendors } = stack.sandbox.world;
  // Everybody else of the company is at the vendor.
  for (const member of stack.sandbox.world.trello.members.values()) {
    if (vendors.people.some(({ email }) => email === member.email)) continue;
    vendors.people.push({
      id: `00u${member.id}`,
      email: member.email,
      login: member.email,
      aliases: [],
      secondEmail: null,
      name: member.fullName,
      department: null,
      manager: null,
      lastSignIn: null,
      state: "active",
    });
  }
  const { plan } = await confirmAndApply(stack, "plan_roster_changes", {
    roster: "okta",
    workspace: WORKSPACES.standard.id,
  });
  expect(plan.summary).toMatch(/^okta: \d+ joiners?, 0 movers, 1 leaver$/);
  expect(boardsWith(stack.sandbox, leaver.id)).toEqual([]);
  for (const { id, memberships } of stack.sandbox.world.trello.boards.values())
    expect(memberships.length).toBe((before.get(id) ?? 0) - (mine.has(id) ? 1 : 0));
});
