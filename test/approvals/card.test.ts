import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { writesIn } from "../support/stack.ts";
import { startCardServer } from "./card-server.ts";
import { type DeskHarness, formsIn, send, visit } from "./desk-harness.ts";

// A host may show `_meta`, the card's page and its messages to the model, and may let the model send what the card sends.

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const PLANS = [
  ["remove_from_workspace", leaver],
  ["scim_delete_user", { user: SEED.leaver.email }],
  ["offboard_member", { member: SEED.leaver.email, rung: "workspaces" }],
] as const;

let server: Awaited<ReturnType<typeof startCardServer>>;
let desk: DeskHarness;
let client: Client;
beforeEach(async () => {
  server = await startCardServer();
  ({ desk, client } = server);
});
afterEach(() => server.close());

/** Everything of the card that a host has: the list, the page with its `_meta`, and the answers to its calls. */
async function everythingOf(plans: readonly (readonly [string, Readonly<Record<string, string>>])[]) {
  const { tools } = await client.listTools();
  const { contents } = await client.readResource({ uri: "ui://trello-identity/card" });
  const answers = [];
  const ids: string[] = [];
  for (const [name, args] of plans) {
    const answer = await client.callTool({ name, arguments: args });
    const id = String((answer.structuredContent as Readonly<Record<string, unknown>>)["planId"]);
    ids.push(id);
    answers.push(answer, await client.callTool({ name: "get_run", arguments: { runId: id } }));
  }
  return { tools, page: JSON.stringify(contents), ids, told: JSON.stringify([tools, contents, answers]) };
}

async function expectNothingDecided(ids: readonly string[]): Promise<void> {
  expect(writesIn(desk.stack.sandbox)).toEqual([]);
  for (const id of ids)
    expect(await desk.stack.store.plans.get(id)).toMatchObject({
      state: "waiting",
      decision: null,
      runId: null,
    });
}

describe("a host that shows everything of the card to the model", () => {
  it("shows no key: every address in it is fetched in every way, and nothing is decided", async () => {
    const { told, ids } = await everythingOf(PLANS);
    const addresses = new Set(told.match(/https?:\/\/[^\s"'\\)<]+/g));
    expect([...addresses].filter((each) => each.includes("/plans/"))).toHaveLength(PLANS.length);
    for (const address of addresses) {
      const { hostname, origin } = new URL(address);
      if (hostname !== "127.0.0.1") continue;
      for (const method of ["GET", "POST", "PUT"]) {
        for (const end of ["", "/approve", "/reject", "/withdraw", "/stop"]) {
          const answer = await send(address + end, { method, headers: { origin } });
          expect(answer.headers["set-cookie"]).toBeUndefined();
          for (const inner of answer.text.match(/(?:href|action|src)="(\/[^"]*)"/g) ?? [])
            await send(new URL(inner.split('"')[1] ?? "", address).href, { method, headers: { origin } });
        }
      }
    }
    await expectNothingDecided(ids);
    // What the person's browser was opened with is in none of it, and is what decides.
    const key = desk.opened.at(-1)?.split("/").at(-1) ?? "";
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(told).not.toContain(key);
    const visitor = await visit(desk.opened.at(-1) ?? "");
    const forms = formsIn((await visitor.get(visitor.landed)).text);
    expect((await visitor.submit(forms["reject"] ?? { action: "", fields: {} })).status).toBe(303);
    const last = ids.at(-1) ?? "";
    expect((await desk.stack.store.plans.get(last))?.state).toBe("declined");
  });

  it("can send what the card sends: its one tool reads, with any argument of the plan", async () => {
    const { page, ids, tools } = await everythingOf(PLANS.slice(0, 1));
    const named = tools.filter(({ name }) => page.includes(name));
    expect(named.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ["get_run", true],
    ]);
    const [planId = ""] = ids;
    const { plan } = (await desk.stack.store.plans.get(planId)) ?? {};
    for (const args of [
      { runId: planId },
      { runId: planId, confirm: true },
      { runId: planId, decision: "approve", digest: plan?.digest },
      { runId: `${planId}/approve` },
      { runId: desk.opened.at(-1) },
    ])
      await client.callTool({ name: "get_run", arguments: args });
    // The model's own next call only waits.
    const answer = await client.callTool({ name: "apply_plan", arguments: { planId } });
    expect(answer.structuredContent).toMatchObject({ status: "awaiting_confirmation" });
    await expectNothingDecided(ids);
  });
});

it("get_run tells the state of a plan that has no run, to its own principal alone", async () => {
  const { ids } = await everythingOf(PLANS.slice(0, 1));
  const [planId = ""] = ids;
  const read = async (runId: string) =>
    (await client.callTool({ name: "get_run", arguments: { runId } })).structuredContent;
  expect(await read(planId)).toMatchObject({
    error: { code: "CONFIRMATION_PENDING", details: { planId, state: "waiting" } },
  });
  await desk.stack.engine.decide(planId, {
    accepted: false,
    level: "approval",
    by: "it-admin",
    reason: "Wrong Jonas",
  });
  expect(await read(planId)).toMatchObject({
    error: {
      code: "CONFIRMATION_DECLINED",
      message: expect.stringContaining("Wrong Jonas") as string,
      details: { planId, state: "declined" },
    },
  });
  expect(await read("plan_nobody")).toMatchObject({ error: { code: "NOT_FOUND", details: {} } });
  const other = { ...desk.stack.caller, subject: { id: "https://id.example#eve", name: "Eve", email: null } };
  expect(await desk.stack.engine.context(other).notStarted(planId)).toBeNull();
});
