import { describe, expect, test } from "vitest";
import { VARIABLES } from "../../src/config/settings.ts";
import { COMMAND_NAMES } from "../../src/cli/support/commands.ts";
import { MAIN } from "../support/product.ts";
import { runCommand } from "./run-command.ts";

describe("typed wrong: exit code 2 and one line", () => {
  test.each([
    ["nope"],
    ["stdio --bogus"],
    ["--bogus"],
    ["stdio extra"],
    ["http --identity-http-port"],
    ["stdio --identity-read-only=maybe"],
    ["sandbox --port 70000"],
    ["approvals"],
    ["approvals show"],
    ["approvals constructor x"],
    ["approvals list x"],
    ["audit"],
    ["init"],
    ["init --client notepad"],
  ])("%s", async (line) => {
    const ended = await runCommand(line.split(" "));
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    const [command = ""] = line.split(" ");
    const known = COMMAND_NAMES.some((name) => name === command);
    const help = known ? `help ${command}` : command.startsWith("-") ? "help stdio" : "help";
    expect(ended.stderr).toMatch(/^[^\n]+\n$/);
    expect(ended.stderr.endsWith(` See \`node ${MAIN} ${help}\`.\n`)).toBe(true);
  });
});

describe("secrets as flags", () => {
  test.each(["--trello-api-token=hush-hush-hush", "--atlassian-scim-token hush-hush-hush"])(
    "%s is refused with the reason and without the value",
    async (flags) => {
      const { code, stderr } = await runCommand(["stdio", ...flags.split(" ")]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/not accepted: other users of this machine can read a process's arguments/);
      expect(stderr).not.toContain("hush");
    },
  );

  test("a store's password is refused too", async () => {
    const { code, stderr } = await runCommand([
      "stdio",
      "--identity-store-url=postgres://ada:hush@db/identity",
    ]);
    expect(code).toBe(2);
    expect(stderr).not.toContain("hush");
  });
});

test("wrong settings stop the start, one line each", async () => {
  const { code, stdout, stderr } = await runCommand(["stdio"], {
    env: { IDENTITY_TOOLSET: "x", IDENTITY_HTTP_PORT: "x", ATLASSIAN_SCIM_TOKEN: "hush-hush-hush" },
  });
  expect(code).toBe(1);
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(line).toMatch(/^CONFIG_INVALID: [A-Z_]+ .*\.$/);
  expect(stderr).not.toContain("hush");
});

describe("what is not there yet is refused with one line", () => {
  test.each([
    [
      "IDENTITY_STORE_URL",
      "mysql://ada@db/identity",
      /^CONFIG_INVALID: IDENTITY_STORE_URL is not the address of a store; .* Correct it: sqlite:PATH, or postgres:/,
    ],
    [
      "IDENTITY_CONFIRMATION",
      "four_eyes",
      /^CONFIG_INVALID: IDENTITY_CONFIRMATION asks for four_eyes, which needs a second person who signs in/,
    ],
    [
      "IDENTITY_TOOLSETS",
      "webhook",
      /^CONFIG_INVALID: IDENTITY_TOOLSETS cannot be webhook \(did you mean webhooks\?\)\. .*webhooks/,
    ],
  ])("%s=%s", async (variable, value, line) => {
    for (const command of ["stdio", "http"]) {
      const { code, stdout, stderr } = await runCommand([command, "--sandbox"], {
        env: { [variable]: value },
      });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(line);
      expect(stderr.trimEnd()).not.toContain("\n");
    }
    const doctor = await runCommand(["doctor", "--sandbox"], { env: { [variable]: value } });
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(new RegExp(`^FAIL +Settings +${variable} [^\\n]+\\n$`));
  });

  test.each([
    ["leef", ""],
    ["OCSF", " Did you mean ocsf?"],
    ["xml", ""],
  ])("audit export --format %s", async (format, nearest) => {
    const { code, stderr } = await runCommand(["audit", "export", "--format", format]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `--format takes jsonl, ocsf or cef.${nearest} See \`node ${MAIN} help audit\`.\n`,
    });
  });
});

test("a command that does not exist is named", async () => {
  expect((await runCommand(["docter"])).stderr).toBe(
    `There is no command docter. Did you mean doctor? See \`node ${MAIN} help\`.\n`,
  );
});

test("an address that other machines reach is refused", async () => {
  const { code, stderr } = await runCommand(["http", "--sandbox", "--identity-http-host=0.0.0.0"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^CONFIG_INVALID: .*loopback/);
});

test("help names every setting", async () => {
  const { code, stdout } = await runCommand(["help"]);
  expect(code).toBe(0);
  for (const variable of VARIABLES) expect(stdout).toContain(variable);
  expect(stdout).toMatch(/ATLASSIAN_SCIM_DIRECTORY_ID[^]{0,200}Identity providers/);
  const one = await runCommand(["audit", "--help"]);
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(/^audit: [^\n]+\n\nUsage: .*--head HEAD/);
});

test("version is the package's", async () => {
  const { stdout } = await runCommand(["--version"]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("login says where the app's key and secret come from", async () => {
  const { code, stderr } = await runCommand(["login"]);
  expect(code).toBe(1);
  expect(stderr).toContain("https://trello.com/power-ups/admin");
});
