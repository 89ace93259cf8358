import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { MAIN } from "../support/product.ts";
import type { Ended } from "./run-command.ts";
import { runProgram } from "./run-command.ts";

let folder: string;
let tmp: string;
let ended: Ended;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
  tmp = await mkdtemp(join(folder, "tmp-"));
  ended = await runProgram(["demo", "--out", "report"], { cwd: folder, env: { TMPDIR: tmp } });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("demo", () => {
  test("ends with evidence PASS and exit code 0", () => {
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/\nEvidence: PASS\n$/);
  });

  test("shows the leaver, the page, the answer, the progress and what is left, on one screen, without colours", () => {
    const { stdout } = ended;
    for (const said of [
      `${SEED.leaver.email} is ${SEED.leaver.fullName}`,
      "the demo acts as your browser",
      "| Offboard Jonas Lindqvist",
      "| How much: 44 changes; Cannot be undone: 0 of 44;",
      "demo presses: Approve",
      "44 of 44 writes done",
      "Trello: in no workspace and on no board",
      "Atlassian account: deactivated",
      "no trace of a membership",
      " 0 refused",
    ]) {
      expect(stdout).toContain(said);
    }
    expect(stdout.split("\n").length).toBeLessThanOrEqual(62);
    // oxlint-disable-next-line no-control-regex -- looking for the escape character is the point
    expect(stdout).not.toMatch(/\u001b/);
  });

  test("leaves the report and nothing else", async () => {
    expect(await readdir(tmp)).toEqual([]);
    const report = join(folder, "report");
    expect((await readdir(report)).sort()).toEqual([
      "offboarding-of-jonas-lindqvist.html",
      "offboarding-of-jonas-lindqvist.json",
      "offboarding-of-jonas-lindqvist.md",
    ]);
    const markdown = await readFile(join(report, "offboarding-of-jonas-lindqvist.md"), "utf8");
    expect(markdown).toContain("**Evidence: PASS**");
    expect(markdown.match(/^\| \d+ \|/gm)).toHaveLength(44);
    const json = JSON.parse(await readFile(join(report, "offboarding-of-jonas-lindqvist.json"), "utf8")) as {
      result: string;
      runs: { result: string }[];
    };
    expect(json.result).toBe("PASS");
    expect(json.runs.map(({ result }) => result)).toEqual(["PASS"]);
    const html = await readFile(join(report, "offboarding-of-jonas-lindqvist.html"), "utf8");
    expect(html).toContain("<strong>PASS</strong>");
  });

  test("shows no credential anywhere", async () => {
    const files = await readdir(join(folder, "report"));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, "report", name), "utf8")));
    const all = [ended.stdout, ended.stderr, ...texts].join("\n");
    for (const secret of [SEED.app.key, SEED.app.secret, SEED.tokens.full]) expect(all).not.toContain(secret);
  });
});

test("stopped in the middle, it ends its server and leaves nothing", async () => {
  const empty = await mkdtemp(join(folder, "stopped-"));
  const child = spawn(process.execPath, [MAIN, "demo"], {
    cwd: empty,
    env: { PATH: process.env["PATH"], TMPDIR: empty },
  });
  let shown = "";
  let stopped = false;
  child.stderr.resume();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    // By now the server runs and its first run is about to start.
    if (!stopped && shown.includes("needs: approval")) stopped = child.kill("SIGINT");
  });
  // The server shares standard error: `close` comes only when it has ended too.
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(130);
  expect(shown).toMatch(/Stopped\.\n$/);
  expect(await readdir(empty)).toEqual([]);
});
