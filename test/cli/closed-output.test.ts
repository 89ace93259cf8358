import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAIN } from "../support/product.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { openStoreAt } from "../support/wiring.ts";

let folder: string;
let tmp: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
  tmp = await mkdtemp(join(folder, "tmp-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the built program and stops reading its output: at once, or after the first piece of it. */
function leave(args: readonly string[], after: "nothing" | "a piece", stdin = "") {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: tmp },
    cwd: folder,
    // What does not end by itself is ended, so that a failing test leaves nothing behind.
    timeout: 60_000,
  });
  if (after === "nothing") child.stdout.destroy();
  else child.stdout.once("data", () => child.stdout.destroy());
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {}).write(stdin);
  if (stdin === "") child.stdin.end();
  return new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stderr }));
  });
}

const HELLO = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "gone", version: "1" } },
})}\n`;

/** `npm test` takes one command of a kind: the rest are `npm run test:every-way`, because each starts the program. */
const some = <T>(all: readonly T[], ...sample: readonly number[]) =>
  EVERY_WAY ? all : all.filter((_each, index) => sample.includes(index));

describe("a reader that leaves ends the command without a word, and nothing is left behind", () => {
  const LINES = [
    ["help"],
    ["version"],
    ["doctor --sandbox"],
    ["sandbox"],
    ["demo"],
    ["approvals list"],
    ["approvals list --json"],
    ["audit verify"],
    ["init --client claude-desktop"],
    ["stdio --sandbox --identity-log-level=error", HELLO],
  ] as const;
  test.each(some(LINES, 0, 2, 9))("%s, before the first line", async (line, stdin = "") => {
    const ended = await leave(line.split(" "), "nothing", stdin);
    expect(ended.stderr.replace(/^Put this into .*\n/, "")).toBe("");
    expect(ended.code).toBe(141);
    expect(await readdir(tmp)).toEqual([]);
  });

  test.each(some(["doctor --sandbox", "demo"], 0))("%s, after the first lines", async (line) => {
    const ended = await leave(line.split(" "), "a piece");
    expect(ended).toEqual({ code: 141, stderr: "" });
    expect(await readdir(tmp)).toEqual([]);
  });

  test("audit export of more than a pipe holds", async () => {
    const path = join(folder, "identity.db");
    const store = await openStoreAt(path);
    const record = { event: "plan.held", principal: "p", client: "c", tool: "t", subject: "s" } as const;
    for (let n = 0; n < 1200; n += 1)
      await store.audit.append({
        ...record,
        at: "2026-01-01T00:00:00.000Z",
        facts: { text: "x".repeat(500) },
      });
    await store.close();
    const ended = await leave(["audit", "export", `--identity-store-url=sqlite:${path}`], "a piece");
    expect(ended).toEqual({ code: 141, stderr: "" });
  });

  test("in a real pipe of a shell", async () => {
    const shell = spawn(
      "sh",
      ["-c", '{ "$@"; echo "code $?" >&2; } | head -1', "sh", process.execPath, MAIN, "doctor", "--sandbox"],
      { env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: tmp }, timeout: 60_000 },
    );
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      shell[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
    await new Promise((resolve) => shell.once("close", resolve));
    expect(texts.stdout).toMatch(/^ok +Settings .*\n$/);
    expect(texts.stderr).toMatch(/^code (0|141)\n$/);
    expect(await readdir(tmp)).toEqual([]);
  });
});

test("an output that cannot be written is said, and is exit code 1", async () => {
  const child = spawn("sh", ["-c", '"$@" > /dev/full', "sh", process.execPath, MAIN, "help"], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, stderr }).toEqual({ code: 1, stderr: "The output cannot be written (ENOSPC).\n" });
});
