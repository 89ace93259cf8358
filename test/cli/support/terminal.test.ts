import { userInfo } from "node:os";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../../src/cli/approvals.ts";
import type { CommandIo } from "../../../src/cli/support/command.ts";
import type { StoredPlan } from "../../../src/domain/decision-rules.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import type { TestClient } from "../../support/client.ts";
import { failure } from "../../support/failure.ts";
import { startProduct, type TestProduct } from "../../support/product.ts";
import { openStoreAt } from "../../support/wiring.ts";
import { runCommand } from "../run-command.ts";

let product: TestProduct;
let client: TestClient;
let plan: StoredPlan["plan"];
const path = () => `${product.folder}/identity.db`;

beforeEach(async () => {
  product = await startProduct();
  client = await product.connect({ sdk: "v2", era: "legacy", transport: "memory" });
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

/** Runs `approvals approve` in this process at a terminal, or with one of its ends not a terminal; a person types `typed`. */
async function approve(id: string, typed: string, terminal: { in?: boolean; out?: boolean } = {}) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const io: CommandIo = {
    args: ["approve", id],
    env: { IDENTITY_STORE_URL: `sqlite:${path()}` },
    machine: { platform: "linux", home: "/nonexistent", folder: product.folder },
    program: "",
    stdin: Object.assign(stdin, { isTTY: terminal.in ?? true }) as unknown as NodeJS.ReadStream,
    stdout: Object.assign(stdout, { isTTY: terminal.out ?? true }) as unknown as NodeJS.WriteStream,
    stderr: process.stderr,
    stop: new AbortController().signal,
  };
  stdin.end(typed);
  const code = await run(io);
  return { code, shown: String(stdout.read()) };
}

const end = () => plan.digest.slice(-4);

test("the end of the digest on the screen is a yes, by the system's user; the plan is applied once", async () => {
  const { code, shown } = await approve(plan.id, `${end().toUpperCase()}\n`);
  expect(code).toBe(0);
  expect(shown).toContain(`digest       ${plan.digest}`);
  expect(shown).toContain("type the last 4 characters of the digest");
  // The server of this plan starts its run by itself, so the plan may be used already.
  expect(await stored(plan.id)).toMatchObject({
    state: expect.stringMatching(/^(accepted|used)$/) as string,
    decision: { level: "approval", accepted: true, by: userInfo().username },
  });
  expect((await client.call("apply_plan", { planId: plan.id })).structured["status"]).toBe("applied");
  expect(await failure(approve(plan.id, `${end()}\n`))).toMatchObject({ code: "CONFLICT" });
  const env = { IDENTITY_STORE_URL: `sqlite:${path()}` };
  const audit = await runCommand(["audit", "export", "--format", "jsonl"], { env });
  const records = audit.stdout
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as { event: string; facts: { by?: string } });
  expect(records.filter(({ event }) => event === "plan.decided").map(({ facts }) => facts.by)).toEqual([
    userInfo().username,
  ]);
  expect(await runCommand(["audit", "verify"], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      `^The chain of ${records.length} records is unbroken: each record matches the record before it\\.\nThe head of the chain is ${records.length}:`,
    ),
  });
});

test.each(["y\n", "yes\n", "n\n", "\n", "", "0\n"])("%j is not, and the plan still waits", async (typed) => {
  const { code, shown } = await approve(plan.id, typed);
  expect(code).toBe(1);
  expect(shown).toContain("Not approved");
  expect((await stored(plan.id)).state).toBe("waiting");
});

test("the whole digest, or its end with more, is not: it was not read off the screen", async () => {
  for (const typed of [plan.digest, `${end()}0`, end().slice(1), `y\n${end()}`]) {
    expect((await approve(plan.id, `${typed}\n`)).code).toBe(1);
  }
  expect((await stored(plan.id)).state).toBe("waiting");
});

test.each([{ in: false }, { out: false }])(
  "without a terminal on both ends (%j) it is refused",
  async (ends) => {
    expect(await failure(approve(plan.id, `${end()}\n`, ends))).toMatchObject({
      code: "CONFIRMATION_PENDING",
      next: expect.stringContaining("in a terminal"),
    });
    expect((await stored(plan.id)).state).toBe("waiting");
  },
);

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
