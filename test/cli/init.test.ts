import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLIENT_NAMES, CLIENTS, clientTarget } from "../../src/cli/init/clients.ts";
import { run } from "../../src/cli/init.ts";
import { MAIN } from "../support/product.ts";
import { runInProcess } from "./run-in-process.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const SECRETS = {
  TRELLO_API_KEY: "key-hush-hush",
  TRELLO_API_TOKEN: "token-hush-hush",
  ATLASSIAN_SCIM_DIRECTORY_ID: "directory-hush-hush",
  ATLASSIAN_SCIM_TOKEN: "scim-hush-hush",
};

function init(line: string, given: { env?: Record<string, string>; typed?: readonly string[] } = {}) {
  return runInProcess(run, line.split(" ").filter(Boolean), { machine: { home, folder: home }, ...given });
}
const text = (path: string) => readFile(join(home, path), "utf8");
const json = async (path: string) => JSON.parse(await text(path)) as Record<string, Record<string, Entry>>;
const modeOf = async (path: string) => (await stat(join(home, path))).mode & 0o777;
interface Entry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const FILES = {
  "claude-desktop": ".config/Claude/claude_desktop_config.json",
  "claude-code": ".mcp.json",
  vscode: ".vscode/mcp.json",
  cursor: ".cursor/mcp.json",
  windsurf: ".codeium/windsurf/mcp_config.json",
  "gemini-cli": ".gemini/settings.json",
  codex: ".codex/config.toml",
} as const;

describe.each(CLIENT_NAMES)("%s", (client) => {
  test("prints what --write writes, and no secret is in it", async () => {
    const printed = await init(`--client ${client}`, { env: SECRETS });
    expect(printed.code).toBe(0);
    expect(await readdir(home)).toEqual([]);

    const written = await init(`--client ${client} --write`, { env: SECRETS });
    expect(written.code).toBe(0);
    const file = await text(FILES[client]);
    expect(file.trimEnd()).toBe(printed.stdout.trimEnd());
    expect(file).toContain("trello-identity");
    expect(file).toContain(MAIN);
    expect(file + written.stdout).not.toContain("hush");
    expect((await modeOf(FILES[client])) & 0o077).toBe(0);
  });

  test("the sandbox stands beside the real one, whichever comes first", async () => {
    await init(`--client ${client} --write`);
    const real = await text(FILES[client]);
    await init(`--client ${client} --write --sandbox`);
    const both = await text(FILES[client]);
    for (const line of real.split("\n").filter((line) => line.includes("args"))) expect(both).toContain(line);
    expect(both).toMatch(/trello-identity-sandbox/);
    expect(both).toMatch(/"--sandbox"/);
    await rm(join(home, FILES[client]));
    await init(`--client ${client} --write --sandbox`);
    expect(await text(FILES[client])).not.toMatch(/trello-identity["\]]|TRELLO/);
    await init(`--client ${client} --write`);
    expect(await text(FILES[client])).toMatch(/trello-identity["\]]/);
    expect(await text(FILES[client])).toMatch(/"--sandbox"/);
  });

  test("a second time changes nothing and makes no copy", async () => {
    await init(`--client ${client} --write`);
    const before = await text(FILES[client]);
    const again = await init(`--client ${client} --write`);
    expect(again.stdout).toContain("already has the entry for this server. Nothing was changed.");
    expect(await text(FILES[client])).toBe(before);
    const names = await readdir(dirname(join(home, FILES[client])));
    expect(names.filter((name) => name.includes("backup") || name.endsWith(".new"))).toEqual([]);
  });

  test("a copy of the old file is for its owner alone", async () => {
    await init(`--client ${client} --write --sandbox`);
    await chmod(join(home, FILES[client]), 0o644);
    const before = await text(FILES[client]);
    const { stdout } = await init(`--client ${client} --write`);
    const backup = `${FILES[client]}.backup-1`;
    expect(stdout).toContain(join(home, backup));
    expect(await text(backup)).toBe(before);
    expect(await modeOf(backup)).toBe(0o600);
    expect(await modeOf(FILES[client])).toBe(0o644);
  });
});

describe("how each client names secrets", () => {
  test.each([
    ["claude-code", "${TRELLO_API_TOKEN}"],
    ["cursor", "${env:TRELLO_API_TOKEN}"],
    ["windsurf", "${env:TRELLO_API_TOKEN}"],
    ["gemini-cli", "${TRELLO_API_TOKEN}"],
  ] as const)("%s: %s", async (client, reference) => {
    const { stdout } = await init(`--client ${client} --write`);
    const { mcpServers } = await json(FILES[client]);
    expect(mcpServers?.["trello-identity"]?.env).toEqual({
      TRELLO_API_KEY: reference.replace("TOKEN", "KEY"),
      TRELLO_API_TOKEN: reference,
    });
    expect(stdout).toMatch(
      /^Set in the environment from which .* is started: TRELLO_API_KEY, TRELLO_API_TOKEN\.$/m,
    );
  });

  test("VS Code asks for them, hidden", async () => {
    await init("--client vscode --write", { env: SECRETS });
    const file = JSON.parse(await text(FILES.vscode)) as {
      inputs: readonly { id: string; type: string; password: boolean }[];
      servers: Record<string, Entry>;
    };
    expect(file.inputs).toHaveLength(4);
    expect(file.inputs).toContainEqual(
      expect.objectContaining({ type: "promptString", id: "trello-api-token", password: true }),
    );
    expect(file.servers["trello-identity"]?.env?.["TRELLO_API_TOKEN"]).toBe("${input:trello-api-token}");
    const asked = Object.values(file.servers["trello-identity"]?.env ?? {}).map((value) =>
      value.slice(8, -1),
    );
    expect(asked).toEqual(file.inputs.map(({ id }) => id));
  });

  test("VS Code's other inputs stay, and ours are there once", async () => {
    const other = { type: "promptString", id: "other", description: "x", password: true };
    await mkdir(join(home, ".vscode"));
    await writeFile(join(home, FILES.vscode), JSON.stringify({ inputs: [other], servers: {} }));
    await init("--client vscode --write");
    await init("--client vscode --write", { env: SECRETS });
    const { inputs } = JSON.parse(await text(FILES.vscode)) as { inputs: readonly { id: string }[] };
    expect(inputs.map(({ id }) => id)).toEqual([
      "other",
      "trello-api-key",
      "trello-api-token",
      "atlassian-scim-directory-id",
      "atlassian-scim-token",
    ]);
  });

  test("Codex hands over the variables by name", async () => {
    await init("--client codex --write", { env: SECRETS });
    expect(await text(FILES.codex)).toContain(
      'env_vars = ["TRELLO_API_KEY", "TRELLO_API_TOKEN", "ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"]',
    );
  });

  test.each([
    { TRELLO_OAUTH2_CLIENT_ID: "client-1" },
    { TRELLO_OAUTH2_CLIENT_ID: "client-1", TRELLO_OAUTH2_CLIENT_SECRET: "a'b", ATLASSIAN_ORG_ID: "org" },
    { TRELLO_OAUTH2_CLIENT_ID: "client-1", IDENTITY_STORE_KEY: `${"k".repeat(40)}"#` },
    { ...SECRETS, TRELLO_API_SECRET: "#hash", TRELLO_TOKEN_SECRET: "with space" },
  ])("the file for the owner has every setting that is set and named, as it was: %j", async (env) => {
    const { stdout } = await init("--client claude-desktop --write", { env });
    const settings = parseEnv(await text(".local/share/trello-identity-mcp/settings.env"));
    expect(settings).toMatchObject(env);
    expect(stdout).not.toContain("Fill in");
    if ("TRELLO_OAUTH2_CLIENT_ID" in env) expect(settings).not.toHaveProperty("TRELLO_API_TOKEN");
  });

  test.each(CLIENT_NAMES)(
    "%s: an entry of the sandbox that was there already asks for nothing",
    async (client) => {
      const first = await init(`--client ${client} --write --sandbox`);
      expect(first.stdout).toMatch(/^Wrote [^\n]+\.\nRestart [^\n]+ afterwards, if it is running\.\n$/);
      const again = await init(`--client ${client} --write --sandbox`);
      expect(again.stdout).toMatch(
        /^[^\n]+ already has the entry for this server\. Nothing was changed\.\n$/,
      );
    },
  );

  test.each(["--client claude-desktop", "--client claude-code --scope user"])(
    "%s: a file for the owner alone, with what is set now, which stays",
    async (flags) => {
      const { stdout } = await init(`${flags} --write`, { env: { ...SECRETS, TRELLO_API_TOKEN: "" } });
      const settings = ".local/share/trello-identity-mcp/settings.env";
      expect(await modeOf(settings)).toBe(0o600);
      expect(parseEnv(await text(settings))).toMatchObject({ ...SECRETS, TRELLO_API_TOKEN: "" });
      expect(stdout).toContain("Fill in there: TRELLO_API_TOKEN.");
      expect(stdout).not.toContain("hush");
      const before = await text(settings);
      const again = await init(`${flags} --write`);
      expect(again.stdout).toContain("the file existed and was not changed");
      expect(await text(settings)).toBe(before);
    },
  );

  test("a secret that an earlier entry holds is told by its name", async () => {
    const entry = { command: "old", env: { TRELLO_API_KEY: "key-hush", MINE: "1", TRELLO_API_TOKEN: "" } };
    await mkdir(join(home, ".cursor"));
    const before = { theme: "dark", mcpServers: { other: { command: "x" }, "trello-identity": entry } };
    await writeFile(join(home, FILES.cursor), JSON.stringify(before));
    const { stdout } = await init("--client cursor --write");
    expect(stdout).toMatch(
      /is started: TRELLO_API_TOKEN\.\nAn earlier entry in the file contains the secrets TRELLO_API_KEY as readable text/,
    );
    expect(stdout).not.toContain("hush");
    const after = await json(FILES.cursor);
    expect(after["theme"]).toBe("dark");
    expect(after["mcpServers"]?.["other"]).toEqual({ command: "x" });
    expect(after["mcpServers"]?.["trello-identity"]).toMatchObject({
      command: "node",
      env: { TRELLO_API_KEY: "key-hush", MINE: "1", TRELLO_API_TOKEN: "${env:TRELLO_API_TOKEN}" },
    });
  });
});

test.each(["{ // comment\n}", "[]", '{"mcpServers": []}', '{"mcpServers":{"trello-identity":1}}'])(
  "leaves a file that it cannot merge into as it is: %s",
  async (before) => {
    await writeFile(join(home, ".mcp.json"), before);
    const { code, stderr } = await init("--client claude-code --write");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CONFIG_INVALID: .*nothing was changed/);
    expect(await text(".mcp.json")).toBe(before);
    expect(await readdir(home)).toEqual([".mcp.json"]);
  },
);

test("a place that cannot be written is one line", async () => {
  await writeFile(join(home, ".vscode"), "a file");
  const { code, stderr } = await init("--client vscode --write");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^CONFIG_INVALID: .* cannot be (read|written)[^\n]*\n$/);
});

describe("asked at a terminal", () => {
  test("it asks for the client, sandbox or real, and whether to write", async () => {
    const ended = await init("", { typed: ["5", "sand", "yes"] });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("Which client");
    expect((await json(FILES.windsurf))["mcpServers"]).toHaveProperty("trello-identity-sandbox");
  });

  test("an answer that is none is asked for again; Claude Code asks for whom", async () => {
    const ended = await init("", { typed: ["notepad", "claude-code", "u", "real", "y"] });
    expect(ended.code).toBe(0);
    expect(await text(".claude.json")).toContain("--settings-file");
  });

  test.each([[[]], [["codex"]], [["codex", "real"]], [["1", "real", ""]]])(
    "stops after %j",
    async (typed) => {
      const ended = await init("", { typed });
      expect(ended).toMatchObject({ code: 1 });
      expect(ended.stdout).toContain("Nothing was written.");
      expect(await readdir(home)).toEqual([]);
    },
  );

  test("without a terminal the flag is asked for", async () => {
    const { code, stderr } = await init("");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^init needs --client with one of claude-desktop, .*codex, because there is no terminal/,
    );
  });

  test("--scope is for Claude Code", async () => {
    expect(await init("--client cursor --scope user")).toMatchObject({ code: 2, stdout: "" });
  });
});

test.each([
  ["darwin", "/Users/ada/Library/Application Support/Claude/claude_desktop_config.json"],
  ["win32", "\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json"],
] as const)("Claude Desktop on %s", (platform, wanted) => {
  expect(CLIENTS["claude-desktop"].path({ platform, home: "/Users/ada", folder: "/" }, {})).toBe(wanted);
});

test("files of the user follow the variables of their clients", () => {
  const machine = { platform: "linux", home: "/home/ada", folder: "/work" } as const;
  expect(clientTarget("codex", false).path(machine, { CODEX_HOME: "/c" })).toBe("/c/config.toml");
  expect(clientTarget("claude-code", true).path(machine, { CLAUDE_CONFIG_DIR: "/d" })).toBe(
    "/d/.claude.json",
  );
  expect(clientTarget("claude-code", true).path(machine, {})).toBe("/home/ada/.claude.json");
});
