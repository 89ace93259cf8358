import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { run as completion } from "../../../src/cli/completion.ts";
import { run as help } from "../../../src/cli/help.ts";
import { UsageError } from "../../../src/cli/support/command.ts";
import { COMMAND_NAMES, commandFacts, unknownCommand } from "../../../src/cli/support/commands.ts";
import { readFlags } from "../../../src/cli/support/settings.ts";
import { runInProcess } from "../run-in-process.ts";

test("the table has every command that the program loads, and no other", () => {
  const main = readFileSync(
    fileURLToPath(new URL("../../../src/cli/load-command.ts", import.meta.url)),
    "utf8",
  );
  const loaded = [...main.matchAll(/^ {2}(\w+): \(\) => .*import\("\.\//gm)].map(([, name]) => name);
  expect(new Set(loaded)).toEqual(new Set<string>(COMMAND_NAMES));
});

describe.each(COMMAND_NAMES)("%s", (name) => {
  const facts = commandFacts(name);

  test("has examples that it takes", () => {
    expect(facts.examples.length).toBeGreaterThan(0);
    for (const example of facts.examples) {
      const [command, ...args] = words(example.replace(/ > .*$/, ""));
      expect(command).toBe(name);
      if (name !== "help") expect(() => readFlags(name, args)).not.toThrow();
    }
  });

  test("has help with each of its flags, verbs and examples", async () => {
    const { code, stdout } = await runInProcess(help, [name], { program: "/usr/bin/trello-identity-mcp" });
    expect(code).toBe(0);
    for (const flag of Object.keys(facts.flags)) expect(stdout).toContain(`--${flag}`);
    for (const verb of Object.keys(facts.verbs ?? {})) expect(stdout).toContain(`  ${verb}`);
    for (const example of facts.examples) expect(stdout).toContain(`  trello-identity-mcp ${example}\n`);
  });

  test.each([60, 80, 200])(
    "has help that fits a terminal of %i columns, and says no value twice",
    async (columns) => {
      const program = "/usr/bin/trello-identity-mcp";
      const { stdout } = await runInProcess(help, [name], { program, columns });
      const [text = ""] = stdout.split("\nExamples:\n");
      for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
      for (const { choices = [] } of Object.values(facts.flags))
        if (choices.length > 1)
          expect(text.replaceAll(/\s+/g, " ").split(choices.join(", ")).length).toBeLessThan(3);
    },
  );

  test("completes for every shell", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout } = await runInProcess(completion, [shell]);
      expect(stdout).toContain(name);
      for (const flag of Object.keys(facts.flags))
        expect(stdout).toContain(shell === "fish" ? `-l ${flag} ` : `--${flag}`);
    }
  });
});

test.each([
  ["doctor", ["--sandbx"], /no flag --sandbx\. Did you mean --sandbox\?/],
  ["doctor", ["--identity-read-olny"], /Did you mean --identity-read-only\?/],
  ["login", ["--scope=read"], /no flag --scope\. Did you mean --scopes\?/],
  ["sandbox", ["--world", "mesy"], /--world takes clean or messy\. Did you mean messy\?$/],
  ["sandbox", ["--port"], /--port needs a value/],
  ["sandbox", ["--port", "--world", "clean"], /--port needs a value/],
  ["login", ["--expiry", "30day"], /--expiry takes 1hour, 1day, 30days or never\. Did you mean 30days\?$/],
  ["init", ["--client", "cursr"], /or codex\. Did you mean cursor\?$/],
  ["init", ["--client", "claude"], /or codex\.( Did you mean [\w-]+\?)?$/],
  ["audit", ["export", "--format", "csv"], /--format takes jsonl, ocsf or cef\.( Did you mean \w+\?)?$/],
  [
    "approvals",
    ["lst"],
    /approvals takes list, show, open, approve, reject or withdraw\. Did you mean list\?/,
  ],
  ["approvals", [], /approvals takes list, show, open, approve, reject or withdraw\.$/],
  ["approvals", ["show"], /approvals show takes a plan's id\.$/],
  ["runs", ["list", "x"], /runs list takes no id/],
  ["runs", ["stop", "a", "b"], /more arguments than runs stop takes/],
  ["doctor", ["now"], /more arguments than doctor takes/],
  ["audit", ["verfy"], /Did you mean verify\?/],
  ["demo", ["--identity-read-only"], /no flag --identity-read-only/],
  ["demo", ["reviews"], /demo takes offboard or review\. Did you mean review\?/],
  ["demo", ["review", "now"], /demo review takes no id/],
  ["completion", ["powershell"], /completion takes bash, zsh or fish/],
] as const)("%s %j is typed wrong", (name, args, sentence) => {
  expect(() => readFlags(name, args)).toThrow(UsageError);
  expect(() => readFlags(name, args)).toThrow(sentence);
});

test.each([
  ["docter", " Did you mean doctor?"],
  ["Demo", " Did you mean demo?"],
  ["approval", " Did you mean approvals?"],
  ["comp", " Did you mean completion?"],
  ["wat\u001b[31m", ""],
])("there is no command %j", (typed, meant) => {
  const { message } = unknownCommand(typed);
  expect(message).toMatch(/^There is no command \S+( \S+)?\./);
  expect(message.endsWith(`.${meant}`)).toBe(true);
  expect(message).not.toContain("\u001b");
});

test.each([
  ["policy", "policy check FILE | explain TOOL [--SETTING ...]"],
  ["runs", "runs list | show ID | stop ID [--json]"],
  ["completion", "completion bash|zsh|fish"],
  ["demo", "demo [offboard|review] [--out FOLDER]"],
  ["help", "help [COMMAND]"],
] as const)("the usage of %s says what follows each word", async (name, usage) => {
  const { stdout } = await runInProcess(help, [name], { program: "/usr/bin/trello-identity-mcp" });
  expect(stdout).toContain(`\nUsage: trello-identity-mcp ${usage}`);
  expect(stdout).not.toContain("[ID]");
});

test.each([40, 60, 80, 120])("the whole help fits a terminal of %i columns", async (columns) => {
  const { stdout } = await runInProcess(help, [], { program: "/usr/bin/trello-identity-mcp", columns });
  const tooLong = stdout.split("\n").filter((line) => line.length > columns && / .* /.test(line.trim()));
  expect(tooLong).toEqual([]);
});

/** The words of an example; quotes keep words together. */
function words(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
