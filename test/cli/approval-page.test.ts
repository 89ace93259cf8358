import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run as approvals } from "../../src/cli/approvals.ts";
import type { CommandIo } from "../../src/cli/support/command.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { formsIn, send, visit } from "../approvals/desk-harness.ts";
import type { TestClient } from "../support/client.ts";
import { failure } from "../support/failure.ts";
import { type Access, startProduct, type TestProduct } from "../support/product.ts";
import { writesIn } from "../support/stack.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { runCommand } from "./run-command.ts";

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const SPAWNED: Access = { sdk: "v1", era: "legacy", transport: "stdio" };
/** `npm run test:every-way` starts the built program; `npm test` serves in this process. */
const OLD: Access = { ...SPAWNED, transport: EVERY_WAY ? "stdio" : "memory" };
const NEW: Access = { sdk: "v2", era: "modern", transport: EVERY_WAY ? "http" : "memory" };

let product: TestProduct;
afterEach(() => product.close());

/** A program in the folder of the store's neighbour that keeps its arguments and its environment. */
async function browserIn(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" >> "${path}.calls"\nenv > "${path}.env"\n`);
  await chmod(path, 0o755);
  return path;
}

async function callsOf(browser: string, count: number): Promise<readonly string[]> {
  return await vi.waitFor(
    async () => {
      const lines = (await readFile(`${browser}.calls`, "utf8")).trimEnd().split("\n");
      expect(lines).toHaveLength(count * 2);
      // One argument each time.
      expect(lines.filter((_line, index) => index % 2 === 0)).toEqual(Array(count).fill("1"));
      return lines.filter((_line, index) => index % 2 === 1);
    },
    { timeout: 20_000, interval: 30 },
  );
}

async function start(access: Access = OLD): Promise<{ client: TestClient; browser: string }> {
  product = await startProduct();
  const browser = await browserIn(product.folder, "browser");
  const client = await product.connect(access, { env: { IDENTITY_OPEN_BROWSER: "true", BROWSER: browser } });
  return { client, browser };
}

describe.each<Access>([OLD, NEW])("a client without elicitation, $sdk over $transport", (access) => {
  it("takes the person one click: the page opens, the run starts, apply_plan and get_run answer with the outcome", async () => {
    const { client, browser } = await start(access);
    const waiting = await client.call("remove_from_workspace", leaver);
    expect(waiting.structured).toMatchObject({ status: "awaiting_confirmation" });
    expect(waiting.text).toContain("the page that was opened in their browser");
    const planId = String(waiting.structured["planId"]);
    const [address = ""] = await callsOf(browser, 1);
    // The agent calls at once, and its call waits for the person.
    const outcome = client.call("apply_plan", { planId });
    const visitor = await visit(address);
    const forms = formsIn((await visitor.get(visitor.landed)).text);
    expect(writesIn(product.sandbox)).toEqual([]);
    expect((await visitor.submit(forms["approve"] ?? { action: "", fields: {} })).status).toBe(303);
    const answer = await outcome;
    expect(answer.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
    expect((await client.call("get_run", { runId: planId })).structured).toMatchObject({
      id: answer.structured["runId"],
      level: "approval",
    });

    // The key is in nothing that an agent, a log, a file or a process without that browser can read.
    const told = [waiting, answer, await client.call("list_runs", {})].map((reply) => JSON.stringify(reply));
    const names = (await readdir(product.folder)).filter((name) => !name.startsWith("browser"));
    const files = await Promise.all(names.map((name) => readFile(join(product.folder, name), "latin1")));
    const secrets = [address.split("/open/")[1], visitor.cookie.split("=")[1], visitor.landed.split("/")[2]];
    for (const secret of secrets) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      for (const text of [...told, ...files, product.stderr()]) expect(text).not.toContain(secret);
    }
    expect(files.join("")).toContain(planId);
    expect(await readFile(`${browser}.env`, "utf8")).not.toMatch(/^(TRELLO|ATLASSIAN|IDENTITY)_/m);
  });
});

it("an agent that fetches everything it is told, and calls everything again, decides nothing", async () => {
  const { client } = await start();
  const replies = [
    await client.call("remove_from_workspace", leaver),
    await client.call("scim_delete_user", { user: SEED.leaver.email }),
  ];
  const command = await runCommand(["approvals", "list", "--json"], {
    env: { IDENTITY_STORE_URL: product.env["IDENTITY_STORE_URL"] ?? "" },
  });
  const files = await Promise.all(
    (await readdir(product.folder)).map((name) =>
      readFile(join(product.folder, name), "latin1").catch(() => ""),
    ),
  );
  const shown = [...replies.map((reply) => JSON.stringify(reply)), command.stdout, product.stderr()];
  // What the person's browser was started with is no file of the server.
  const told = [...shown, ...files.filter((text) => !text.includes("/open/"))].join("\n");
  const addresses = new Set(told.match(/https?:\/\/127\.0\.0\.1:\d+[^\s"'\\)]*/g));
  expect(addresses.size).toBeGreaterThan(1);
  for (const address of [...addresses].filter((each) => each.includes("/plans/"))) {
    for (const method of ["GET", "POST"]) {
      for (const end of ["", "/approve", "/reject"]) {
        const answer = await send(address + end, { method, headers: { origin: new URL(address).origin } });
        for (const inner of answer.text.match(/(?:href|action|src)="(\/[^"]*)"/g) ?? []) {
          await send(new URL(inner.split('"')[1] ?? "", address).href, { method });
        }
      }
    }
  }
  const commands = replies.map(
    (reply) => /approvals (?:approve|open) (plan_\w+)/.exec(reply.text)?.[1] ?? "",
  );
  for (const verb of ["approve", "open"]) {
    for (const id of commands) {
      const env = { IDENTITY_STORE_URL: product.env["IDENTITY_STORE_URL"] ?? "", BROWSER: "/bin/echo" };
      const ended = await runCommand(["approvals", verb, id], { env, stdin: "yes\n" });
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toMatch(/^CONFIRMATION_PENDING: Only a person can decide/);
    }
  }
  expect(writesIn(product.sandbox)).toEqual([]);
});

it("`approvals open` opens the page again with the browser of the server, never with that of the shell", async () => {
  // The page ends with the program.
  const { client, browser } = await start(SPAWNED);
  const reply = await client.call("remove_from_workspace", leaver);
  const planId = String(reply.structured["planId"]);
  const [first] = await callsOf(browser, 1);
  const shells = await browserIn(product.folder, "shells-browser");
  const output = new PassThrough();
  const io: CommandIo = {
    args: ["open", planId],
    env: { IDENTITY_STORE_URL: product.env["IDENTITY_STORE_URL"], BROWSER: shells },
    machine: { platform: "linux", home: "/nonexistent", folder: product.folder },
    program: "",
    stdin: Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream,
    stdout: Object.assign(output, { isTTY: true }) as unknown as NodeJS.WriteStream,
    stderr: process.stderr,
    stop: new AbortController().signal,
  };
  expect(await approvals(io)).toBe(0);
  const [, second = ""] = await callsOf(browser, 2);
  expect(second).not.toBe(first);
  expect((await visit(second)).landed).toContain(planId);
  const shown = String(output.read());
  expect(shown).not.toContain("/open/");
  expect(await readdir(product.folder)).not.toContain("shells-browser.calls");
  expect(await failure(approvals({ ...io, args: ["open", "plan_none"] }))).toMatchObject({
    code: "NOT_FOUND",
  });
  await client.close();
  expect(await failure(approvals(io))).toMatchObject({ code: "NOT_FOUND" });
});

it("opens nothing where that is forbidden, and a browser that fails is not said to be open", async () => {
  product = await startProduct();
  const browser = await browserIn(product.folder, "browser");
  const silent = await product.connect(OLD, { env: { BROWSER: browser } });
  const failing = await product.connect(OLD, {
    env: { IDENTITY_OPEN_BROWSER: "true", BROWSER: "/bin/false" },
  });
  const missing = await product.connect(OLD, {
    env: { IDENTITY_OPEN_BROWSER: "true", BROWSER: "/no/such/program" },
  });
  for (const client of [silent, failing, missing]) {
    const reply = await client.call("remove_from_workspace", leaver);
    expect(reply.structured).toMatchObject({ status: "awaiting_confirmation" });
    expect(reply.text).not.toContain("the page that was opened");
    expect(reply.text).toContain("approvals approve");
    expect((await send(String(reply.structured["approvalUrl"]))).status).toBe(200);
  }
  expect(await readdir(product.folder)).not.toContain("browser.calls");
});
