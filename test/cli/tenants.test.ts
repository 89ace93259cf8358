import { createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { run as approvals } from "../../src/cli/approvals.ts";
import { run as audit } from "../../src/cli/audit.ts";
import { run as doctor } from "../../src/cli/doctor.ts";
import { run as runs } from "../../src/cli/runs.ts";
import { run as stdio } from "../../src/cli/stdio.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { createPerson, formsOf } from "../approvals/person.ts";
import { writesIn } from "../support/stack.ts";
import { EXAMPLES } from "../tools/examples.ts";
import { send } from "../transport/authorization/guarded.ts";
import { runInProcess } from "./run-in-process.ts";
import { resultOf, startTenants, type TenantHarness, type TenantName } from "./tenants-harness.ts";

const here = { workspace: SEED.workspaces.standard.id };
const OTHER = { acme: "globex", globex: "acme" } as const;

let service: TenantHarness;
/** What one person of each tenant has made before the tests. */
const made: Record<TenantName, Readonly<Record<"runId" | "planId" | "reviewId" | "emails", string>>> = {
  acme: { runId: "", planId: "", reviewId: "", emails: "" },
  globex: { runId: "", planId: "", reviewId: "", emails: "" },
};

beforeAll(async () => {
  service = await startTenants({ acme: "", globex: "" });
  for (const tenant of ["acme", "globex"] as const) {
    const make = async (name: string, args: object, key: string) => {
      const { structured, text } = await service.call(tenant, name, { ...args });
      const id = String(structured[key]);
      if (/^(run|plan|review)_/.test(id)) return id;
      throw new Error(`${name} made nothing: ${text}`);
    };
    const asked = { name: `Q4 of ${tenant}`, workspaces: [here.workspace], reviewers: ["eva@example.com"] };
    made[tenant] = {
      runId: await make("update_my_profile", { bio: `Works for ${tenant}` }, "runId"),
      planId: await make("remove_from_boards", { ...here, member: SEED.leaver.id }, "planId"),
      reviewId: await make("start_review", asked, "reviewId"),
      emails: `waits@${tenant}.example.org`,
    };
  }
});
afterAll(() => service.close());

/** The properties of a tool's input that name something of a store. */
function idsOf({ input }: (typeof catalog)[number]): readonly ("runId" | "planId" | "reviewId")[] {
  return (["runId", "planId", "reviewId"] as const).filter((key) => key in input.shape);
}

const argsOf = (tool: (typeof catalog)[number], ids: (typeof made)[TenantName], isOwn = true) => ({
  ...EXAMPLES[tool.name]?.args,
  ...Object.fromEntries(idsOf(tool).map((key) => [key, ids[key]])),
  ...(/^(resend|revoke)_/.test(tool.name) && { emails: ids.emails }),
  ...(tool.name === "decide_review" && { decisions: [{ item: "x", decision: "keep" }] }),
  // A plan that waits would be waited for.
  ...(tool.name === "apply_plan" && isOwn && { planId: "plan_0" }),
  ...(tool.name === "start_review" && { reviewers: ["eva@example.com"] }),
  ...(tool.name === "remediate_review" && { findings: ["x"] }),
});

/** What must not change if another tenant is at work. */
async function stateOf(tenant: TenantName) {
  const { audit, runs, plans } = service.stores[tenant];
  return [
    await audit.head(),
    await runs.counts(),
    (await plans.waiting(new Date().toISOString())).length,
    service.sandboxes[tenant].requests.length,
  ];
}

describe.each(["acme", "globex"] as const)("a person of %s", (own) => {
  test.each(catalog.map((tool) => [tool.name, tool] as const))(
    "reaches by %s nothing of the other tenant",
    async (name, tool) => {
      const other = OTHER[own];
      const before = await stateOf(other);
      const asked = service.sandboxes[own].requests.length;
      const { text } = await service.call(own, name, argsOf(tool, made[own]));
      expect(text).not.toMatch(/INTERNAL|no tenant/);
      if (own === "acme") expect(text).not.toMatch(/globex/i);
      if (idsOf(tool).length === 0) {
        if (!/^(list_runs|list_membership_changes|\w+_webhooks?)$/.test(name))
          expect(service.sandboxes[own].requests.length).toBeGreaterThan(asked);
      }
      expect(await stateOf(other)).toEqual(before);
    },
  );

  test.each(catalog.filter((tool) => idsOf(tool).length > 0).map((tool) => [tool.name, tool] as const))(
    "gets from %s for an id of the other tenant what an unknown id gets",
    async (name, tool) => {
      const other = OTHER[own];
      const unknown = (id: string) => id.replace(/_.*/, (rest) => rest.replaceAll(/[0-9a-f]/g, "0"));
      const ids = made[other];
      const none = {
        ...ids,
        runId: unknown(ids.runId),
        planId: unknown(ids.planId),
        reviewId: unknown(ids.reviewId),
      };
      const before = await stateOf(other);
      const theirs = await service.call(own, name, argsOf(tool, ids, false));
      const nobodys = await service.call(own, name, argsOf(tool, none, false));
      const plain = (text: string) => text.replaceAll(/(run|plan|review)_[0-9a-f]+/g, "$1_x");
      expect(plain(theirs.text)).toBe(plain(nobodys.text));
      expect(theirs.text).toMatch(/NOT_FOUND/);
      expect(await stateOf(other)).toEqual(before);
    },
  );

  test("lists and reads resources of the own tenant only", async () => {
    const other = made[OTHER[own]];
    const { body } = await service.send(own, "resources/list");
    expect(body).toContain(made[own].runId);
    for (const id of Object.values(other)) expect(body).not.toContain(id);
    const uris = [...body.matchAll(/"uri":"([^"]+)"/g)].map(([, uri = ""]) => uri);
    expect(uris.length).toBeGreaterThan(0);
    for (const uri of uris) {
      const read = async (each: string) => (await service.send(own, "resources/read", { uri: each })).body;
      expect(resultOf(await read(uri))).toHaveProperty("result");
      const theirs = uri.replace(made[own].runId, other.runId).replace(made[own].reviewId, other.reviewId);
      if (theirs !== uri) expect(resultOf(await read(theirs))).toHaveProperty("error");
    }
  });

  test("sees on the pages the plans of the own tenant only", async () => {
    const person = createPerson();
    const page = (id: string) => `${service.publicUrl}/approvals/plans/${id}`;
    const name = own === "acme" ? "eva" : "gustav";
    const to = encodeURIComponent(`/plans/${made[own].planId}`);
    const shown = await person.signIn(`${service.publicUrl}/approvals/sign-in?to=${to}`, name);
    expect(shown.status).toBe(200);
    expect(Object.keys(formsOf(shown))).toContain("approve");
    const list = await person.get(`${service.publicUrl}/approvals/`);
    expect(list.text).toContain(made[own].planId);
    expect(list.text).not.toContain(made[OTHER[own]].planId);
    const theirs = await person.get(page(made[OTHER[own]].planId));
    const nobodys = await person.get(
      page(made[OTHER[own]].planId.replace(/_.*/, "_000000000000000000000000")),
    );
    expect(theirs.status).toBe(404);
    expect(theirs.text).toBe(nobodys.text);
    for (const path of [`/runs/${made[OTHER[own]].runId}`, `/reviews/${made[OTHER[own]].reviewId}`])
      expect((await person.get(`${service.publicUrl}/approvals${path}`)).status).toBe(404);
    // A form of the own page, sent to the plan of the other tenant.
    const before = await stateOf(OTHER[own]);
    const form = formsOf(shown)["approve"]!;
    const moved = { ...form, action: form.action.replace(made[own].planId, made[OTHER[own]].planId) };
    expect((await person.submit(page(made[own].planId), moved)).status).toBe(404);
    expect(await stateOf(OTHER[own])).toEqual(before);
  });
});

test("one person with tokens of both tenants sees with each what belongs to it", async () => {
  for (const tenant of ["acme", "globex"] as const) {
    const { text } = await service.call(tenant, "list_runs", {});
    expect(text).toContain(made[tenant].runId);
    expect(text).not.toContain(made[OTHER[tenant]].runId);
  }
});

test("a question that one tenant asked cannot be answered at the other", async () => {
  const asking = (tenant: TenantName, more = {}) =>
    service.send(tenant, "tools/call", {
      name: "remove_from_boards",
      arguments: { ...here, member: SEED.guest.username },
      ...more,
    });
  const canAsk = {
    _meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } },
  };
  const { result } = resultOf((await asking("acme", canAsk)).body);
  const state = result?.["requestState"];
  expect(result).toMatchObject({ resultType: "input_required" });
  const writes = writesIn(service.sandboxes.globex).length;
  const answered = {
    ...canAsk,
    requestState: state,
    inputResponses: { confirm: { action: "accept", content: { confirm: true } } },
  };
  expect(resultOf((await asking("globex", answered)).body)).toHaveProperty("error");
  expect(writesIn(service.sandboxes.globex)).toHaveLength(writes);
});

test.each([
  ["nadia", "initech"],
  ["ada", undefined],
])("%s, whose tenant is not served, is refused at every door and nothing is done", async (sub, org) => {
  const before = [await stateOf("acme"), await stateOf("globex")];
  for (const tool of catalog) {
    const params = { name: tool.name, arguments: argsOf(tool, made.acme) };
    const { status, body } = await service.send("acme", "tools/call", params, { sub, org });
    expect([tool.name, status]).toEqual([tool.name, 403]);
    expect(body).toMatch(/belongs to no tenant of this service\. Nothing was done\. Next: /);
  }
  const page = await createPerson().signIn(`${service.publicUrl}/approvals/sign-in`, "nadia");
  expect(page.status).toBe(403);
  expect(page.text).toMatch(/belongs to no tenant/);
  expect([await stateOf("acme"), await stateOf("globex")]).toEqual(before);
});

test("the metrics and the log name the tenant of every figure and line, and no secret", async () => {
  const headers = { authorization: `Bearer ${service.env["IDENTITY_METRICS_TOKEN"]}` };
  const { body } = await send(`${service.replica.origin}/metrics`, { headers });
  for (const tenant of ["acme", "globex"])
    for (const name of ["tool_calls_total", "upstream_requests_total", "runs", "plans_waiting"])
      expect(body).toMatch(new RegExp(`^identity_${name}\\{[^}]*tenant="${tenant}"`, "m"));
  const own = body.split("\n").filter((line) => /^identity_(?!sessions)/.test(line));
  expect(own.filter((line) => !/tenant="(acme|globex)"/.test(line))).toEqual([]);
  for (const secret of [SEED.app.key, SEED.tokens.full]) {
    expect(body).not.toContain(secret);
    expect(service.replica.log()).not.toContain(secret);
  }
  expect((await send(`${service.replica.origin}/readyz`)).status).toBe(200);
});

test("the service's own store holds no plan, no run and no audit record", async () => {
  expect(await service.service.audit.verify()).toMatchObject({ records: 0, broken: null });
  expect(await service.service.runs.list({ limit: 5 })).toEqual([]);
  for (const tenant of ["acme", "globex"] as const)
    expect(await service.stores[tenant].audit.verify()).toMatchObject({ broken: null, changed: [] });
});

describe("the command line", () => {
  const commands = [
    ["runs", runs, ["list"]],
    ["approvals", approvals, ["list"]],
    ["audit", audit, ["export"]],
  ] as const;
  // No secret is set: these commands use no upstream.
  const env = () =>
    Object.fromEntries(Object.entries(service.env).filter(([name]) => !name.startsWith("T_")));

  test.each(commands)("%s works on the store of the tenant that is named", async (name, command, args) => {
    for (const tenant of ["acme", "globex"] as const) {
      const { code, stdout } = await runInProcess(command, [...args, "--tenant", tenant], { env: env() });
      const key = name === "approvals" ? "planId" : "runId";
      expect(code).toBe(0);
      expect(stdout).toContain(made[tenant][key]);
      expect(stdout).not.toContain(made[OTHER[tenant]][key]);
    }
  });

  test.each(commands)("%s asks for a tenant that there is", async (_name, command, args) => {
    for (const more of [[], ["--tenant", "initech"], ["--tenant", "ACME"]]) {
      const { code, stdout, stderr } = await runInProcess(command, [...args, ...more], { env: env() });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/Add --tenant with one of acme, globex/);
    }
    const alone = { IDENTITY_STORE_URL: `sqlite:${service.folder}/alone.db` };
    const { code, stderr } = await runInProcess(command, [...args, "--tenant", "acme"], { env: alone });
    expect(code).toBe(2);
    expect(stderr).toMatch(/--tenant works only for a service with tenants/);
  });

  test("stdio is refused, because no one signs in there", async () => {
    const { code, stderr } = await runInProcess(stdio, [], { env: service.env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/over stdio no one signs in, so no tenant could be found.*Run `http`/s);
  });

  test("doctor checks every tenant, and names the one that is broken", async () => {
    const tokenFile = join(service.folder, "globex-token");
    const token = await readFile(tokenFile, "utf8");
    onTestFinished(() => writeFile(tokenFile, token));
    await writeFile(tokenFile, "another-token-1234");
    const env = { ...service.env, IDENTITY_HTTP_PORT: "0" };
    const { code, stdout } = await runInProcess(doctor, [], { env });
    const [, acme = "", globex = ""] = stdout.split(/^Tenant \w+$/m);
    expect(code).toBe(1);
    expect(acme).toMatch(/^ok +Trello/m);
    expect(acme).not.toMatch(/^FAIL/m);
    expect(globex).toMatch(/^FAIL +Trello/m);
    expect(globex).toMatch(/^ok +Store/m);
    expect(stdout).not.toContain("another-token-1234");
  });
});

test("a webhook belongs to the tenant in its address, and its answers tell of no other", async () => {
  const key = "k".repeat(22);
  const base = `${service.publicUrl}/webhooks/trello`;
  const hook = { callbackURL: `${base}/acme/${key}`, idModel: here.workspace, kind: "workspace" as const };
  await service.stores.acme.webhooks.want(hook, new Date().toISOString());
  const deliver = async (to: string, method = "POST") => {
    const body = Buffer.from(JSON.stringify("{}"));
    const signature = createHmac("sha1", SEED.app.secret)
      .update(body)
      .update(hook.callbackURL)
      .digest("base64");
    const sent = { method, headers: { "x-trello-webhook": signature } };
    return (await send(to, method === "POST" ? { ...sent, body: "{}" } : sent)).status;
  };
  expect(await deliver(hook.callbackURL)).toBe(200);
  for (const to of [`globex/${key}`, `initech/${key}`, key, `acme/${"x".repeat(22)}`, `acme/acme/${key}`])
    expect([to, await deliver(`${base}/${to}`)]).toEqual([to, 404]);
  for (const tenant of ["acme", "globex", "initech"])
    expect(await deliver(`${base}/${tenant}/${key}`, "HEAD")).toBe(200);
  expect(await service.stores.acme.webhooks.get(key)).toMatchObject({ heardAt: expect.any(String) });
  expect(await service.stores.globex.webhooks.get(key)).toBeNull();
  // Each tenant's new webhooks have the tenant in their address.
  const { text } = await service.call("globex", "create_webhook", { ...here, dryRun: true });
  expect(text).not.toContain("/acme/");
});
