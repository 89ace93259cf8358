import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import type { AppError } from "../../src/domain/error.ts";
import { setAccountEnabled, setDirectoryAccess } from "../../src/effects/accounts.ts";
import { setEnterpriseDeactivated, setEnterpriseLicensed } from "../../src/effects/enterprise-members.ts";
import { classOf, inverseOf, kindOf, takesAway } from "../../src/effects/kinds.ts";
import { managedByAdminHub } from "../../src/people/enterprise.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { gatewayTo, realClock } from "../gateway/harness.ts";
import { type Stack, startStack } from "../support/stack.ts";

const { leaver, enterprise, adminHubEnterprise } = SEED;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const pass = { priority: "interactive" } as const;
const send = (effect: Effect) =>
  kindOf(effect).send(effect, stack.gateway.writes(pass), stack.gateway.reads(pass));
const holds = (effect: Effect) => kindOf(effect).holds(effect, stack.gateway.reads(pass));
const account = () => stack.sandbox.world.atlassian.accounts.get(leaver.aaId);
const row = () => stack.sandbox.world.trello.enterprises.get(enterprise.id)?.members.get(leaver.id);
const state = () => structuredClone({ account: account(), row: row() });

/** It takes away, is counted as such, and what undoes it gives back exactly that. */
async function appliedAndUndone(effect: Effect): Promise<void> {
  const before = state();
  expect([classOf(effect), takesAway(effect)]).toEqual(["delete", true]);
  expect(await holds(effect)).toBe(false);
  await send(effect);
  expect(await holds(effect)).toBe(true);
  for (const inverse of inverseOf(effect)) {
    expect([classOf(inverse), takesAway(inverse)]).toEqual(["grant", false]);
    await send(inverse);
    expect(await holds(inverse)).toBe(true);
  }
  expect(await holds(effect)).toBe(false);
  expect(state()).toEqual(before);
}

describe("an Atlassian account", () => {
  const target = { accountId: leaver.aaId };

  test("loses its access to the directory and gets it back, with groups and products", async () => {
    const effect = setDirectoryAccess.make({
      target,
      before: { suspended: false },
      after: { suspended: true },
      label: "Lena",
    });
    await appliedAndUndone(effect);
    await send(effect);
    expect(account()).toMatchObject({ status: "active", membership: "suspended", products: [] });
  });

  test("is deactivated and reactivated", async () => {
    const effect = setAccountEnabled.make({
      target,
      before: { enabled: true },
      after: { enabled: false },
      label: "Lena",
    });
    await appliedAndUndone(effect);
    await send(effect);
    expect(account()).toMatchObject({ status: "inactive", products: [] });
  });

  test("that is gone is not taken for suspended", async () => {
    const effect = setDirectoryAccess.make({
      target: { accountId: "712020:nobody" },
      before: { suspended: false },
      after: { suspended: true },
      label: "Nobody",
    });
    await expect(holds(effect)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a member of the enterprise", () => {
  const target = { idEnterprise: enterprise.id, idMember: leaver.id, search: leaver.email };
  const deactivate = setEnterpriseDeactivated.make({
    target,
    before: { deactivated: false },
    after: { deactivated: true },
    label: "Lena",
  });

  test("is deactivated and reactivated", async () => {
    await appliedAndUndone(deactivate);
    await send(deactivate);
    expect(row()).toMatchObject({ licensed: true, deactivated: true });
  });

  test("loses the licence, and gets back both that and the activity", async () => {
    const effect = setEnterpriseLicensed.make({
      target,
      before: { licensed: true, deactivated: false },
      after: { licensed: false },
      label: "Lena",
    });
    await appliedAndUndone(effect);
    await send(effect);
    expect(row()).toMatchObject({ licensed: false, deactivated: true });
  });

  test("who was deactivated before stays so when only the licence comes back", () => {
    const effect = setEnterpriseLicensed.make({
      target,
      before: { licensed: true, deactivated: true },
      after: { licensed: false },
      label: "Lena",
    });
    expect(inverseOf(effect).map(({ op }) => op)).toEqual(["set_enterprise_licensed"]);
  });

  test("is looked for beyond the first page", async () => {
    const { trello } = stack.sandbox.world;
    const own = trello.enterprises.get(enterprise.id);
    const model = trello.members.get(leaver.id);
    const mine = row();
    if (!own || !model || !mine) throw new Error("the seed has no leaver");
    own.members.delete(leaver.id);
    for (let n = 0; n < 120; n += 1) {
      const id = n.toString(16).padStart(24, "e");
      trello.members.set(id, { ...model, id, username: `twin${n}`, email: leaver.email });
      own.members.set(id, { ...mine, idMember: id, deactivated: true });
    }
    own.members.set(leaver.id, mine);
    expect(await holds(deactivate)).toBe(false);
    mine.deactivated = true;
    expect(await holds(deactivate)).toBe(true);
  });

  test("who is not there is an error, not an answer", async () => {
    stack.sandbox.world.trello.enterprises.get(enterprise.id)?.members.delete(leaver.id);
    await expect(holds(deactivate)).rejects.toMatchObject({ code: "NOT_FOUND", retry: "replan" });
  });

  test("of another enterprise than the settings name is left alone", async () => {
    const other = setEnterpriseDeactivated.make({
      target: { ...target, idEnterprise: adminHubEnterprise.id },
      before: { deactivated: false },
      after: { deactivated: true },
      label: "Lena",
    });
    await expect(send(other)).rejects.toMatchObject({ code: "CONFLICT", retry: "replan" });
    expect(stack.sandbox.requests).toEqual([]);
  });

  test("where Atlassian Administration manages it, is refused, and that is learned", async () => {
    const { gateway } = await gatewayTo(
      { ...stack.sandbox.env, TRELLO_ENTERPRISE_ID: adminHubEnterprise.id },
      { clock: realClock },
    );
    const members = stack.sandbox.world.trello.enterprises.get(adminHubEnterprise.id)?.members;
    const [, , third] = [...(members?.values() ?? [])];
    const effect = setEnterpriseDeactivated.make({
      target: { idEnterprise: adminHubEnterprise.id, idMember: third?.idMember ?? "", search: "" },
      before: { deactivated: false },
      after: { deactivated: true },
      label: "Somebody",
    });
    try {
      const refusal = await kindOf(effect)
        .send(effect, gateway.writes(pass), gateway.reads(pass))
        .catch((thrown: unknown) => thrown as AppError);
      expect(refusal).toMatchObject({ code: "UPSTREAM_FORBIDDEN", details: { reason: "admin_hub" } });
      expect(refusal && kindOf(effect).learn(effect, refusal)).toEqual({
        key: managedByAdminHub(adminHubEnterprise.id),
        value: true,
      });
    } finally {
      await gateway.close();
    }
  });
});
