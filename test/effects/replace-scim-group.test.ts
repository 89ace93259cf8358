import { afterEach, beforeEach, expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import { classOf, inverseOf, kindOf, takesAway } from "../../src/effects/kinds.ts";
import { replaceScimGroup } from "../../src/effects/scim-groups.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { type Stack, startStack, writesIn } from "../support/stack.ts";

const [a = "", b = "", c = ""] = [SEED.leaver, SEED.successor, SEED.deputy].map(({ idScim }) => idScim ?? "");

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const pass = { priority: "interactive" } as const;
const design = () => {
  const { groups } = stack.sandbox.world.atlassian.directory;
  const found = [...groups.values()].find(({ displayName }) => displayName === "Design");
  if (!found) throw new Error("the seed has no group Design");
  return found;
};
const setting = (before: readonly string[], after: readonly string[]): Effect =>
  replaceScimGroup.make({
    target: { groupId: design().id, displayName: "Design" },
    before: { members: before },
    after: { members: after },
    label: "Design",
  });
const holds = (effect: Effect) => kindOf(effect).holds(effect, stack.gateway.reads(pass));
const send = (effect: Effect) =>
  kindOf(effect).send(effect, stack.gateway.writes(pass), stack.gateway.reads(pass));

test("the members are exactly those named, by one request, and as before when it is undone", async () => {
  design().members = [a, b];
  const effect = setting([a, b], [c, b]);
  expect(effect.description).toBe("Set the members of SCIM group Design: 1 added, 1 removed");
  expect(await holds(effect)).toBe(false);
  await send(effect);
  expect(design().members).toEqual([c, b]);
  expect(await holds(effect)).toBe(true);
  expect(writesIn(stack.sandbox)).toHaveLength(1);
  const [inverse] = inverseOf(effect);
  if (!inverse) throw new Error("it cannot be undone");
  expect(await holds(inverse)).toBe(false);
  await send(inverse);
  expect(design().members).toEqual([a, b]);
});

test("holds whatever the order, and not with one more, one less, or no group at all", async () => {
  const effect = setting([], [a, b]);
  for (const [members, held] of [
    [[b, a], true],
    [[a, b, c], false],
    [[a], false],
    [[], false],
  ] as const) {
    design().members = [...members];
    expect([members, await holds(effect)]).toEqual([members, held]);
  }
  stack.sandbox.world.atlassian.directory.groups.delete(design().id);
  expect(await holds(effect)).toBe(false);
});

test("is destructive where somebody goes, and not where people only come", () => {
  expect(classOf(setting([a], [a, b]))).toBe("update");
  expect(classOf(setting([a, b], [b, c]))).toBe("delete");
  expect([takesAway(setting([a], [a, b])), takesAway(setting([a, b], [b]))]).toEqual([false, true]);
});
