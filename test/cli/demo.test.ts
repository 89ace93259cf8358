import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../src/domain/json.ts";
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
      "the demo answers in your place",
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

  test("is the picture of the README, which scripts/demo-picture.mjs draws", async () => {
    const picture = await readFile(new URL("../../docs/demo.svg", import.meta.url), "utf8");
    const drawn = [...picture.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) =>
      text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").trim(),
    );
    const printed = ended.stdout.replace(/\s+/g, " ");
    expect(drawn.length).toBeGreaterThan(25);
    expect(drawn.slice(1).filter((text) => !printed.includes(text))).toEqual([]);
    const steps = ended.stdout.split("\n").filter((line) => /^(?:\d+\. |Evidence: )/.test(line));
    expect(steps.length).toBeGreaterThan(4);
    expect(steps.filter((step) => !drawn.join(" ").includes(step))).toEqual([]);
    expect(await readFile(new URL("../../README.md", import.meta.url), "utf8")).toContain("](docs/demo.svg)");
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

describe("demo review", () => {
  let review: Ended;
  let json: {
    readonly signed: { readonly list: { readonly id: string } };
    readonly signOffs: readonly { readonly hash: string; readonly by: string }[];
    readonly afterwards: {
      readonly runs: readonly {
        readonly result: string;
        readonly changes: readonly { confirmed: boolean }[];
      }[];
      readonly list: {
        readonly id: string;
        readonly access: { readonly people: readonly { name: string }[] };
      };
    };
    readonly closed: { readonly hash: string };
  };
  let markdown: string;
  beforeAll(async () => {
    review = await runProgram(["demo", "review", "--out", "review"], { cwd: folder, env: { TMPDIR: tmp } });
    const file = (ending: string) => readFile(join(folder, "review", `review-package.${ending}`), "utf8");
    json = JSON.parse(await file("json"));
    markdown = await file("md");
  }, 120_000);

  test("ends with PASS, after the list, proposals, decisions, sign-off, removals and the list afterwards", async () => {
    expect(review).toMatchObject({ code: 0, stderr: "" });
    for (const said of [
      "demo presses: Sign off",
      "as the agent proposed",
      "94 of 94 decided",
      "demo presses: Approve",
      "evidence PASS",
      "audit verify: the log is unbroken and has this hash",
      "\nReview: PASS; 3 proposals, 3 removals\n",
    ])
      expect(review.stdout).toContain(said);
    expect(review.stdout.split("\n").length).toBeLessThanOrEqual(62);
    expect(await readdir(tmp)).toEqual([]);
  });

  test("leaves a package whose hashes can be computed again from it", () => {
    const hashOf = (content: unknown) =>
      createHash("sha256")
        .update(canonicalJson(content as Json))
        .digest("hex");
    const { signed, signOffs, afterwards, closed } = json;
    expect(signOffs.map(({ hash }) => hash)).toEqual([hashOf(signed)]);
    expect(closed.hash).toBe(hashOf({ signed, signOffs, afterwards }));
    for (const hash of [closed.hash, ...signOffs.map((each) => each.hash)]) {
      expect(review.stdout).toContain(hash);
      expect(markdown).toContain(hash);
    }
  });

  test("says what was changed and verified, and has the list without the people who went", () => {
    const { runs, list } = json.afterwards;
    expect(runs.map(({ result }) => result)).toEqual(["PASS"]);
    expect(runs.flatMap(({ changes }) => changes.map(({ confirmed }) => confirmed))).not.toContain(false);
    expect(list.id).not.toBe(json.signed.list.id);
    expect(list.access.people.map(({ name }) => name)).not.toContain("Nadia Petrova");
    expect(markdown).toMatch(/Nadia Petrova \| Northwind Operations \| none \| remove \| was: Member/);
    expect(markdown).toContain("Nothing is left.");
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
