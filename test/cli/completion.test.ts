import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { run as completion } from "../../src/cli/completion.ts";
import { runInProcess } from "./run-in-process.ts";

test("bash completes commands, verbs, flags and the values of a flag", async () => {
  const { stdout } = await runInProcess(completion, ["bash"]);
  const lines = [
    ["do"],
    ["approvals", "re"],
    ["doctor", "--wor"],
    ["doctor", "--world", ""],
    ["init", "--client", "cu"],
    ["http", "--identity-http-p"],
  ];
  const asked = lines.map(
    (words) =>
      `COMP_WORDS=(trello-identity-mcp ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _trello_identity_mcp; echo "\${COMPREPLY[@]}"`,
  );
  const answers = execFileSync("bash", ["-c", [stdout, ...asked].join("\n")], { encoding: "utf8" });
  expect(answers.trimEnd().split("\n")).toEqual([
    "doctor",
    "reject",
    "--world",
    "clean messy",
    "cursor",
    "--identity-http-port",
  ]);
});

test.each(["bash", "zsh", "fish"])("no secret is completed as a flag in %s", async (shell) => {
  const { stdout } = await runInProcess(completion, [shell]);
  expect(stdout).toMatch(/identity-read-only/);
  expect(stdout).not.toMatch(/api-token|scim-token|api-key/);
});
