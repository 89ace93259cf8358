import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planningNames } from "../../src/server/tool-facts.ts";
import { toolFacts, toolListing } from "../../src/server/tool-list.ts";
import { catalog, enabledTools, plannedTools } from "../../src/tools/catalog.ts";
import { MAIN } from "../support/product.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the built program, sends requests one after the other, and answers what came back and how it ended. */
async function talk(env: Record<string, string>, methods: readonly string[], endInput: boolean) {
  const child = spawn(process.execPath, [MAIN, "stdio"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      TRELLO_API_KEY: "key",
      TRELLO_API_TOKEN: "token",
      ...env,
    },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answers: Record<string, unknown>[] = [];
  for (const [at, method] of methods.entries()) {
    const params =
      method === "initialize"
        ? { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } }
        : {};
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: at, method, params })}\n`);
    const { value } = await lines.next();
    answers.push((JSON.parse(String(value)) as { result: Record<string, unknown> }).result);
  }
  if (endInput) child.stdin.end();
  const [code] = (await ended) as [number | null];
  return { answers, code, stderr };
}

const LISTED = { toolsets: ["directory", "scim"], readOnly: true, enterpriseId: null };

test("what the built program lists is the catalog's, and the program ends with its input", async () => {
  const env = {
    IDENTITY_TOOLSETS: "directory,scim",
    IDENTITY_READ_ONLY: "true",
    IDENTITY_STORE_URL: "sqlite::memory:",
  };
  const { answers, code, stderr } = await talk(env, ["initialize", "tools/list"], true);
  expect(answers[1]).toEqual({ tools: toolListing(enabledTools(catalog, LISTED), "client") });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("lists are answered before the store is opened, and a store that cannot be opened ends the program", async () => {
  const env = { IDENTITY_STORE_URL: "sqlite:/dev/null/identity.db" };
  const { answers, code, stderr } = await talk(env, ["initialize", "tools/list"], false);
  expect(answers[0]).toMatchObject({ serverInfo: { name: "trello-identity-mcp" } });
  expect(answers[1]?.["tools"]).not.toHaveLength(0);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^STORE_FAILED: [^\n]+\n$/);
});

test("wrong settings end the program before anything is answered", async () => {
  const { code, stderr } = await talk({ IDENTITY_LOG_LEVEL: "loud" }, [], false);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^CONFIG_INVALID: IDENTITY_LOG_LEVEL [^\n]+\n$/);
});

test("a policy file can name the tools that plan something, and no other", () => {
  const planning = plannedTools(catalog);
  expect(planningNames(toolFacts(catalog))).toEqual(planning);
  expect(planning.length).toBeGreaterThan(15);
});
