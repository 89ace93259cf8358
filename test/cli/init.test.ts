import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CLIENTS } from "../../src/cli/init.ts";
import { MAIN } from "../support/product.ts";
import { runCommand } from "./run-command.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const init = (...args: readonly string[]) =>
  runCommand(["init", ...args], { env: { HOME: home }, cwd: home });
const json = async (path: string) => JSON.parse(await readFile(path, "utf8")) as Record<string, never>;

test.each([
  ["claude-desktop", ".config/Claude/claude_desktop_config.json", "mcpServers"],
  ["claude-code", ".mcp.json", "mcpServers"],
  ["vscode", ".vscode/mcp.json", "servers"],
  ["cursor", ".cursor/mcp.json", "mcpServers"],
])("%s: prints, and writes with --write", async (client, path, section) => {
  const printed = await init("--client", client);
  expect(printed.code).toBe(0);
  const shown = JSON.parse(printed.stdout) as Record<
    string,
    Record<string, { command: string; args: string[] }>
  >;
  expect(shown[section]?.["trello-identity"]).toMatchObject({ command: "node", args: [MAIN, "stdio"] });
  expect(await readdir(home)).toEqual([]);

  expect((await init("--client", client, "--write")).code).toBe(0);
  expect(await json(join(home, path))).toEqual(shown);
  // The person will put secrets there.
  expect((await stat(join(home, path))).mode & 0o077).toBe(0);
});

test("keeps what is there, the settings of an earlier entry too, and a copy of the file", async () => {
  const path = join(home, ".cursor/mcp.json");
  await mkdir(dirname(path));
  const before = JSON.stringify({
    theme: "dark",
    mcpServers: {
      other: { command: "x" },
      "trello-identity": { command: "old", env: { TRELLO_API_KEY: "kept", MINE: "1" } },
    },
  });
  await writeFile(path, before);
  const { stdout } = await init("--client", "cursor", "--write");
  const after = (await json(path)) as unknown as {
    theme: string;
    mcpServers: Record<string, { command: string; env: object }>;
  };
  expect(after.theme).toBe("dark");
  expect(after.mcpServers["other"]).toEqual({ command: "x" });
  expect(after.mcpServers["trello-identity"]).toMatchObject({
    command: "node",
    env: { TRELLO_API_KEY: "kept", MINE: "1", TRELLO_API_TOKEN: "" },
  });
  expect(await readFile(`${path}.backup-1`, "utf8")).toBe(before);
  expect(stdout).toContain(`${path}.backup-1`);
  await init("--client", "cursor", "--write");
  expect((await readdir(dirname(path))).sort()).toEqual([
    "mcp.json",
    "mcp.json.backup-1",
    "mcp.json.backup-2",
  ]);
});

test.each(["{ // comment\n}", "[]", '{"mcpServers": []}', '{"mcpServers":{"trello-identity":1}}'])(
  "leaves a file that it cannot merge into as it is: %s",
  async (text) => {
    const path = join(home, ".mcp.json");
    await writeFile(path, text);
    const { code, stderr } = await init("--client", "claude-code", "--write");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CONFIG_INVALID: .*nothing was changed/);
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await readdir(home)).toEqual([".mcp.json"]);
  },
);

test("--sandbox needs no settings", async () => {
  const { stdout } = await init("--client", "claude-desktop", "--sandbox");
  const entry = (JSON.parse(stdout) as { mcpServers: Record<string, object> }).mcpServers["trello-identity"];
  expect(entry).toEqual({ command: "node", args: [MAIN, "stdio", "--sandbox"] });
});

test.each([
  ["darwin", "/Users/ada/Library/Application Support/Claude/claude_desktop_config.json"],
  ["win32", "\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json"],
] as const)("Claude Desktop on %s", (platform, wanted) => {
  expect(CLIENTS["claude-desktop"].path({ platform, home: "/Users/ada", folder: "/" }, {})).toBe(wanted);
});

test("the shipped mcp.json starts the same program", async () => {
  const shipped = (await json(join(dirname(dirname(MAIN)), "mcp.json"))) as unknown as {
    mcpServers: Record<string, { command: string; args: string[] }>;
  };
  expect(shipped.mcpServers["trello-identity"]).toMatchObject({
    command: "node",
    args: ["dist/main.js", "stdio"],
  });
});
