import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { anEvent } from "../store/fixtures.ts";
import { MAIN } from "../support/product.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { openStoreAt } from "../support/wiring.ts";
import { runCommand } from "./run-command.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "audit-tail-"));
  store = await openStoreAt(join(folder, "identity.db"));
  await store.audit.append(anEvent({ subject: "plan_old" }));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** The built program, once it waits for records. */
async function tail(...args: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(
    process.execPath,
    [MAIN, "audit", "tail", `--identity-store-url=sqlite:${join(folder, "identity.db")}`, ...args],
    { env: { PATH: process.env["PATH"] ?? "", HOME: folder }, cwd: folder, timeout: 60_000 },
  );
  const [line] = (await once(createInterface({ input: child.stderr }), "line")) as [string];
  expect(line).toBe("Waiting for records after number 1. Ctrl-C ends it.");
  return child;
}

const FORMATS = ["jsonl", "ocsf", "cef"] as const;

test.each(EVERY_WAY ? FORMATS : FORMATS.slice(0, 1))(
  "audit tail prints what other processes record from then on, as %s, and ends when it is interrupted",
  async (format) => {
    const child = await tail("--format", format);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const subject of ["plan_one", "plan_two"]) {
      await store.audit.append(anEvent({ subject }));
      const { value } = await lines.next();
      expect(value).toContain(subject);
      expect(value).not.toContain("plan_old");
    }
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([0, null]);
    expect(await lines.next()).toMatchObject({ done: true });
  },
);

test("audit tail ends without a word when nobody reads its output any more", async () => {
  const child = await tail();
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  child.stdout.destroy();
  const closed = once(child, "close");
  await store.audit.append(anEvent({ subject: "plan_new" }));
  expect(await closed).toEqual([141, null]);
  expect(stderr).toBe("");
});

test.each([
  ["jsonl", /^\{"at":.*"event":"run.started".*"seq":1/],
  ["ocsf", /^\{"activity_id":99,.*"class_uid":3003,/],
  ["cef", /^CEF:0\|trello-identity-mcp\|trello-identity-mcp\|\d+\.\d+\.\d+\|run\.started\|/],
])("audit export --format %s writes a line for each record", async (format, line) => {
  const url = `sqlite:${join(folder, "identity.db")}`;
  const { code, stdout } = await runCommand(["audit", "export", "--format", format], {
    env: { IDENTITY_STORE_URL: url },
  });
  expect({ code, lines: stdout.split("\n").length }).toEqual({ code: 0, lines: 2 });
  expect(stdout).toMatch(line);
});
