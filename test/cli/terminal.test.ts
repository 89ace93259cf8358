import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../src/cli/approvals.ts";
import type { CommandIo } from "../../src/cli/command.ts";
import type { StoredPlan } from "../../src/store/store.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { startProduct } from "../support/product.ts";
import type { TestProduct } from "../support/product.ts";
import { openStoreAt } from "../support/wiring.ts";

let product: TestProduct;
let plan: StoredPlan["plan"];
const path = () => `${product.folder}/identity.db`;

beforeEach(async () => {
  product = await startProduct();
  const client = await product.connect({ sdk: "v2", era: "legacy", transport: "stdio" });
  const { structured } = await client.call("scim_deactivate_user", { user: SEED.leaver.email });
  plan = (await stored(String(structured["planId"]))).plan;
});
afterEach(() => product.close());

async function stored(id: string): Promise<StoredPlan> {
  const store = await openStoreAt(path());
  const found = await store.plans.get(id);
  await store.close();
  if (!found) throw new Error("the plan is not in the store");
  return found;
}

/** Runs `approvals approve` in this process at a terminal where a person types `typed`. */
async function approve(id: string, typed: string, stop = new AbortController()) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const io: CommandIo = {
    args: ["approve", id],
    env: { IDENTITY_STORE_URL: `sqlite:${path()}` },
    machine: { platform: "linux", home: "/nonexistent", folder: product.folder },
    program: "",
    stdin: Object.assign(stdin, { isTTY: true }) as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: process.stderr,
    stop: stop.signal,
  };
  stdin.end(typed);
  const code = await run(io);
  return { code, shown: String(stdout.read()) };
}

test.each(["y\n", "YES\n"])("%j is a yes", async (typed) => {
  const { code, shown } = await approve(plan.id, typed);
  expect(code).toBe(0);
  expect(shown).toContain("Approve? [y/N]");
  expect(await stored(plan.id)).toMatchObject({
    state: "accepted",
    decision: { level: "approval", accepted: true },
  });
});

test.each(["n\n", "\n", "", "yep\n", "no y\n"])("%j is not, and the plan still waits", async (typed) => {
  const { code, shown } = await approve(plan.id, typed);
  expect(code).toBe(1);
  expect(shown).toContain("Not approved");
  expect((await stored(plan.id)).state).toBe("waiting");
});

test.each([
  ["Jonas Lindqvist", 0, "accepted"],
  ["jonas lindqvist", 1, "waiting"],
  ["y", 1, "waiting"],
])("where a name must be typed, %j ends with %i", async (typed, code, state) => {
  const store = await openStoreAt(path());
  await store.plans.put({ ...plan, id: "plan_typed", typedName: "Jonas Lindqvist" });
  await store.close();
  const ended = await approve("plan_typed", `${typed}\n`);
  expect(ended.code).toBe(code);
  expect(ended.shown).toContain("Type Jonas Lindqvist to approve");
  expect((await stored("plan_typed")).state).toBe(state);
});
