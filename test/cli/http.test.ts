import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { SEED, startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { MEMORY } from "../support/memory.ts";
import { call, send } from "../transport/authorization/guarded.ts";
import { startIssuer } from "../transport/authorization/issuer.ts";
import { startCommand as startIn } from "./http-command.ts";

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  folder = await mkdtemp(join(MEMORY, "http-command-"));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const startCommand = (...rest: Rest) => startIn(folder, ...rest);
type Rest = Parameters<typeof startIn> extends [string, ...infer Others] ? Others : never;

const status = async (url: string, token: string | null) => {
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
  };
  const params = {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "raw", version: "0" },
  };
  const body = { jsonrpc: "2.0", id: 1, method: "initialize", params };
  return (await send(url, { method: "POST", headers, body })).status;
};

const store = (name: string) => ({
  ...sandbox.env,
  IDENTITY_STORE_URL: `sqlite:${join(folder, name, "identity.db")}`,
});

test("without an issuer and a token, one is made, shown once on a terminal, and asked for", async () => {
  const first = await startCommand(store("made"), { isTTY: true });
  const token = (await readFile(join(folder, "made", "http-token"), "utf8")).trim();
  expect(first.stderr().split(token)).toHaveLength(2);
  expect([
    await status(first.url, null),
    await status(first.url, "wrong"),
    await status(first.url, token),
  ]).toEqual([401, 401, 200]);
  await first.end();
  const second = await startCommand(store("made"), { isTTY: true });
  expect(second.stderr()).not.toContain(token);
  expect(await status(second.url, token)).toBe(200);
});

test("without a terminal the token is not shown, only its file", async () => {
  const { stderr } = await startCommand(store("quiet"));
  const file = join(folder, "quiet", "http-token");
  expect(stderr()).toContain(file);
  expect(stderr()).not.toContain((await readFile(file, "utf8")).trim());
});

test("the token of the settings is asked for, and nothing is made", async () => {
  const { url, stderr } = await startCommand({
    ...store("given"),
    IDENTITY_HTTP_TOKEN: "given-by-the-administrator",
  });
  expect([await status(url, null), await status(url, "given-by-the-administrator")]).toEqual([401, 200]);
  expect(stderr()).not.toContain("given-by-the-administrator");
  await expect(readFile(join(folder, "given", "http-token"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("Host and Origin are checked before the token", async () => {
  const { url } = await startCommand({
    ...store("given"),
    IDENTITY_HTTP_TOKEN: "given-by-the-administrator",
  });
  for (const headers of [{ host: "evil.example" }, { origin: "https://evil.example" }])
    expect((await send(url, { method: "POST", headers })).status).toBe(403);
});

test("the sandbox asks for no token", async () => {
  const { url } = await startCommand({}, { args: ["--sandbox"] });
  expect(await status(url, null)).toBe(200);
});

test("with an issuer, people sign in; the kept token is worth nothing", async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const { url, stderr } = await startCommand({
    ...store("made"),
    IDENTITY_AUTH_ISSUER: issuer.url,
    IDENTITY_AUTH_AUDIENCE: "api://identity",
    IDENTITY_AUTH_SUBJECT_CLAIM: "oid,tid",
  });
  const exp = Math.floor(Date.now() / 1000) + 60;
  const claims = { iss: issuer.url, aud: "api://identity", exp, oid: "o", tid: "t", scp: "identity:read" };
  const token = await issuer.sign(claims);
  const kept = await readFile(join(folder, "made", "http-token"), "utf8");
  expect([await status(url, null), await status(url, kept.trim()), await status(url, token)]).toEqual([
    401, 401, 200,
  ]);
  expect(await status(url, await issuer.sign({ ...claims, tid: undefined }))).toBe(401);
  expect(stderr()).toContain('"claim":"oid,tid"');
  // What Trello was asked has the server's own token, never the person's.
  expect(JSON.stringify(sandbox.requests)).not.toContain(token);
});

describe("metrics", () => {
  const sample = (body: string, line: string) =>
    Number(
      body
        .split("\n")
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1),
    );

  test("tell calls, requests, budgets, runs, plans and sessions, and name no person", async () => {
    const { url } = await startCommand({}, { args: ["--sandbox"] });
    const at = url.replace("/mcp", "/metrics");
    const workspace = SEED.workspaces.standard.displayName;
    const member = `@${SEED.leaver.username}`;
    await call(url, null, "list_workspaces", {});
    await call(url, null, "list_workspaces", { nonsense: true });
    await call(url, null, "remove_from_workspace", { workspace, member });
    const { status: code, body } = await send(at);
    expect(code).toBe(200);
    expect(sample(body, 'identity_tool_calls_total{tool="list_workspaces",outcome="ok"}')).toBe(1);
    expect(sample(body, 'identity_tool_calls_total{tool="list_workspaces",outcome="INPUT_INVALID"}')).toBe(1);
    expect(sample(body, 'identity_tool_call_seconds_count{tool="list_workspaces"}')).toBe(2);
    expect(sample(body, 'identity_upstream_requests_total{upstream="trello",status="200"}')).toBeGreaterThan(
      1,
    );
    expect(body).toMatch(/^identity_rate_budget_free\{budget="[^"]+"\} \d+$/m);
    expect(sample(body, "identity_sessions")).toBe(0);
    expect(body).toMatch(/^identity_plans_waiting \d+$/m);
    for (const name of [workspace, SEED.leaver.username, "@"]) expect(body).not.toContain(name);
  });

  test.each([
    ["a proxy's header", {}, { "x-forwarded-for": "203.0.113.9" }, 403],
    ["no token", { IDENTITY_METRICS_TOKEN: "scrape" }, {}, 401],
    ["a wrong token", { IDENTITY_METRICS_TOKEN: "scrape" }, { authorization: "Bearer scraper" }, 401],
    ["the token", { IDENTITY_METRICS_TOKEN: "scrape" }, { authorization: "Bearer scrape" }, 200],
    [
      "the token through a proxy",
      { IDENTITY_METRICS_TOKEN: "scrape" },
      { authorization: "Bearer scrape", via: "1.1 proxy" },
      200,
    ],
  ])("%s", async (_what, env, headers, expected) => {
    const { url } = await startCommand(env, { args: ["--sandbox"] });
    const answer = await send(url.replace("/mcp", "/metrics"), { headers });
    expect(answer.status).toBe(expected);
    if (expected !== 200) expect(answer.body).not.toContain("identity_runs");
  });
});
