import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import type { TestClient } from "../support/client.ts";
import { startProduct } from "../support/product.ts";
import type { TestProduct } from "../support/product.ts";
import { openStoreAt } from "../support/wiring.ts";
import { runCommand } from "./run-command.ts";

const STORE_ONLY = (product: TestProduct) => ({
  IDENTITY_STORE_URL: product.env["IDENTITY_STORE_URL"] ?? "",
});
const workspace = SEED.workspaces.enterprise.id;
const member = SEED.leaver.username;

let product: TestProduct;
let client: TestClient;
let planId: string;

// A client that cannot ask: its plans wait for a person elsewhere.
beforeEach(async () => {
  product = await startProduct();
  client = await product.connect({ sdk: "v2", era: "legacy", transport: "memory" });
  const reply = await client.call("remove_from_workspace", {
    workspace,
    member,
    reason: "left",
    ticket: "HR-1",
  });
  planId = String(reply.structured["planId"]);
});
afterEach(() => product.close());

/** The commands need the store alone, no credentials. */
function approvals(...args: readonly string[]) {
  return runCommand(["approvals", ...args], { env: STORE_ONLY(product) });
}

const isMember = () =>
  product.sandbox.world.trello.workspaces
    .get(workspace)
    ?.memberships.some(({ idMember }) => idMember === SEED.leaver.id);

test("a waiting plan is listed and shown in full", async () => {
  expect(planId).toMatch(/^plan_/);
  const listed = await approvals("list");
  expect(listed.code).toBe(0);
  expect(listed.stdout).toContain(planId);
  const { stdout } = await approvals("show", planId);
  expect(stdout).toMatch(/^Plan plan_\w+: Remove /);
  for (const fact of [
    SEED.leaver.fullName,
    "Meridian Corporation",
    "reason       left",
    "ticket       HR-1",
    "state        waiting",
  ]) {
    expect(stdout).toContain(fact);
  }
  const json = JSON.parse((await approvals("show", planId, "--json")).stdout) as { plan: { id: string } };
  expect(json.plan.id).toBe(planId);
});

test("nobody at a terminal is not a yes", async () => {
  const { stdout } = await approvals("show", planId, "--json");
  const { plan } = JSON.parse(stdout) as { plan: { digest: string } };
  for (const stdin of ["", "y\n", "yes\n", `${plan.digest.slice(-4)}\n`, `${plan.digest}\n`]) {
    const ended = await runCommand(["approvals", "approve", planId], { env: STORE_ONLY(product), stdin });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^CONFIRMATION_PENDING: Only a person can decide/);
  }
  for (const flag of ["--yes", "--by=Ada", "--typed=x", "-y"]) {
    expect((await approvals("approve", planId, flag)).code).toBe(2);
  }
  expect((await client.call("apply_plan", { planId })).structured["status"]).toBe("awaiting_confirmation");
  expect(isMember()).toBe(true);
});

test("a rejected plan is never applied", async () => {
  expect((await approvals("reject", planId)).code).toBe(0);
  const reply = await client.call("apply_plan", { planId });
  expect(reply.isError || reply.structured["status"] === "declined").toBe(true);
  expect(isMember()).toBe(true);
  expect((await approvals("list")).stdout).toBe("No plan waits for a decision.\n");
});

test("a withdrawn plan is never applied, and its state is told", async () => {
  const { code, stdout } = await approvals("withdraw", planId);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Withdrawn, nothing was changed: /),
  });
  const { stderr } = await approvals("withdraw", planId);
  expect(stderr).toMatch(/^CONFIRMATION_DECLINED: This plan was withdrawn\. Next: /);
  const reply = await client.call("apply_plan", { planId });
  expect(reply.text).toContain("withdrawn");
  expect(isMember()).toBe(true);
});

test("where the policy of the server names approvers, no terminal can approve, with the policy or without; all can reject", async () => {
  const policy = join(product.folder, "policy.yaml");
  await writeFile(policy, "confirmation: { default: approval }\napprovers: { emails: [boss@example.com] }\n");
  const strict = await product.connect(
    { sdk: "v2", era: "modern", transport: "memory" },
    { env: { IDENTITY_POLICY_FILE: policy } },
  );
  const { structured } = await strict.call("remove_from_workspace", { workspace, member });
  expect(structured).toMatchObject({ status: "awaiting_confirmation" });
  const id = String(structured["planId"]);
  for (const env of [STORE_ONLY(product), { ...STORE_ONLY(product), IDENTITY_POLICY_FILE: policy }]) {
    const refused = await runCommand(["approvals", "approve", id], { env });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^POLICY_DENIED: .*approvers/);
  }
  expect((await strict.call("apply_plan", { planId: id })).structured["status"]).toBe(
    "awaiting_confirmation",
  );
  expect((await approvals("reject", id)).code).toBe(0);
  expect(isMember()).toBe(true);
});

test("where a second person has to be signed in, no terminal is offered, and none can approve", async () => {
  // No setting asks for it in this version; a plan of another version can.
  const store = await openStoreAt(join(product.folder, "identity.db"));
  const stored = await store.plans.get(planId);
  if (!stored) throw new Error("the plan is not in the store");
  await store.plans.put({ ...stored.plan, id: "plan_strict", requires: "four_eyes" });
  await store.close();
  const { structured } = await client.call("apply_plan", { planId: "plan_strict" });
  expect(structured).toMatchObject({ status: "awaiting_confirmation", plan: { requires: "four_eyes" } });
  expect(structured["next"]).not.toContain("approvals approve");
  expect(structured["next"]).toContain("IDENTITY_CONFIRMATION");
  const refused = await approvals("approve", "plan_strict");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^POLICY_DENIED: .*second person.* Next: .*IDENTITY_CONFIRMATION/);
  expect(isMember()).toBe(true);
});

test("an unknown plan, and a store that cannot be opened, say what to do", async () => {
  expect((await approvals("show", "plan_none")).stderr).toMatch(/^NOT_FOUND: .* Next: .*IDENTITY_STORE_URL/);
  const broken = await runCommand(["approvals", "list"], {
    env: { IDENTITY_STORE_URL: "sqlite:/dev/null/identity.db" },
  });
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/^STORE_FAILED: .* Next: /);
});
