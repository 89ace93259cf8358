/** The world of the sandbox is chosen by a flag of the real program. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../support/connect.ts";
import { startHttpProcess } from "../support/http-process.ts";
import { MAIN } from "../support/product.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { runCommand } from "./run-command.ts";

/** Who the token of a world belongs to. */
const OWNERS: readonly (readonly [flags: readonly string[], owner: string])[] = [
  [[], "Priya Raman"],
  [["--world", "clean"], "Priya Raman"],
  [["--world=messy"], "Adele Abbott"],
];
const KIND = { sdk: "v2", era: "modern" } as const;

/** What the sandbox command prints, as settings. */
async function printedSettings(args: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const child = spawn(process.execPath, [MAIN, "sandbox", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000,
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const settings = new Map<string, string>();
  for await (const line of createInterface(child.stdout)) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings.set(name, value);
    if (line === "# Ctrl+C ends it.") break;
  }
  return settings;
}

/** `npm test` starts each command once, with another spelling of the flag. */
const chosen = (which: number) => (EVERY_WAY ? OWNERS : OWNERS.slice(which, which + 1));

describe("the world that is chosen", () => {
  test.each(chosen(0))("sandbox %j", async (flags, owner) => {
    const settings = await printedSettings(flags);
    const query = new URLSearchParams({
      key: settings.get("TRELLO_API_KEY") ?? "",
      token: settings.get("TRELLO_API_TOKEN") ?? "",
    });
    const reply = await fetch(`${settings.get("TRELLO_API_BASE_URL")}/members/me?${query.toString()}`);
    expect(await reply.json()).toHaveProperty("fullName", owner);
  });

  test.each(chosen(1))("stdio --sandbox %j", async (flags, owner) => {
    const client = await connect(KIND, {
      kind: "spawn",
      args: [MAIN, "stdio", "--sandbox", ...flags],
      env: {},
    });
    onTestFinished(() => client.close());
    expect((await client.call("check_connection", {})).text).toContain(owner);
  });

  test.each(chosen(2))("http --sandbox %j", async (flags, owner) => {
    const server = await startHttpProcess([MAIN, "http", "--sandbox", ...flags], {});
    onTestFinished(async () => {
      await server.stop();
    });
    const client = await connect(KIND, { kind: "url", url: server.url });
    onTestFinished(() => client.close());
    expect((await client.call("check_connection", {})).text).toContain(owner);
  });
});

test("doctor --sandbox checks the messy world", async () => {
  const { stdout } = await runCommand(["doctor", "--sandbox", "--world", "messy"]);
  expect(stdout).toContain("Adele Abbott");
});

describe("a world that there is not is refused with one line", () => {
  test.each([
    "sandbox --world tidy",
    "sandbox --world=",
    "stdio --sandbox --world Messy",
    "http --sandbox --world constructor",
    "doctor --sandbox --world dirty",
    "stdio --world dirty",
  ])("%s", async (line) => {
    const ended = await runCommand(line.split(" "));
    expect(ended).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^--world takes clean or messy\.( Did you mean messy\?)? See `[^`]+`\.\n$/,
      ) as string,
    });
  });

  test.each(["stdio --world messy", "http --world clean", "doctor --world messy"])("%s", async (line) => {
    const ended = await runCommand(line.split(" "));
    expect(ended).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^--world chooses the company of the sandbox, so it needs --sandbox\. See `[^`]+`\.\n$/,
      ) as string,
    });
  });
});
