import { mkdir, rmdir } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../domain/error.ts";
import { openPage, startStandIn } from "./demo/browser.ts";
import { connect, type DemoClient } from "./demo/client.ts";
import type { Job } from "./demo/job.ts";
import { offboarding } from "./demo/offboarding.ts";
import { reviewing } from "./demo/review.ts";
import { createScreen, type Screen } from "./demo/screen.ts";
import type { Command } from "./support/command.ts";
import { startSandboxed } from "./support/sandboxed.ts";
import { readFlags } from "./support/settings.ts";

/**
 * Does a whole job (such as an offboarding) on the sandbox, with a real MCP client and a real server process. The exit
 * code is 0 only if the result is PASS.
 */
export const run: Command = async (io) => {
  const { values, verb } = readFlags("demo", io.args);
  const screen = createScreen(io.stdout, io.env);
  const job = JOBS[verb](screen);
  const folder = resolve(io.machine.folder, values.out ?? "evidence");
  const isNew = await makeFolder(folder);
  screen.lines("Starting the sandbox, which emulates Trello and Atlassian, and the server ...");
  // The user's environment variables are not used, so that the demo is the same on every machine.
  const sandboxed = await startSandboxed({});
  const { sandbox, env } = sandboxed;
  let client: DemoClient | undefined;
  const standIn = values.browser ? null : await startStandIn((address) => answer(address, job, screen));
  try {
    client = await connect({
      program: io.program,
      env: definedOnly({
        ...env,
        ...job.env,
        ...(standIn ? { BROWSER: standIn.program } : screenOf(io.env)),
        IDENTITY_LOG_LEVEL: "error",
      }),
    });
    if (io.stop.aborted) await client.close();
    io.stop.addEventListener("abort", () => void client?.close());
    screen.lines(`${client.server}, ${client.tools} tools, over stdio`);
    const { verdict, isPassed } = await job.run({
      client,
      screen,
      folder,
      sandbox,
      env,
      isActing: standIn !== null,
    });
    screen.verdict(isPassed, verdict);
    return isPassed ? 0 : 1;
  } catch (thrown) {
    // If the user stopped the demo, the demo ended its server, and so the current tool call failed. This error is
    // expected and is not shown.
    if (!io.stop.aborted) throw thrown;
    screen.verdict(false, "Stopped.");
    return 130;
  } finally {
    await client?.close();
    await standIn?.close();
    await sandboxed.close();
    // If the demo is stopped, its folder is removed only if it is empty.
    if (isNew) await rmdir(folder).catch(() => {});
  }
};

const JOBS: Readonly<Record<"offboard" | "review", (screen: Screen) => Job>> = {
  offboard: offboarding,
  review: reviewing,
};

/** Opens the page that the server wanted to open in a browser, and acts there as the person. */
async function answer(address: string, job: Job, screen: Screen): Promise<void> {
  try {
    await job.answer(await openPage(address));
  } catch (thrown) {
    screen.lines(`the demo could not answer on the page: ${(thrown as Error).message}`);
  }
}

/**
 * The environment variables for the user's browser. The browser gets no other variables, because they can contain
 * secrets.
 */
function screenOf(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const needed = [
    "BROWSER",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_CURRENT_DESKTOP",
  ];
  return Object.fromEntries([...needed, "DBUS_SESSION_BUS_ADDRESS"].map((name) => [name, env[name]]));
}

/**
 * Makes the folder for the report at the start, so that a wrong path is reported at once. Returns true if the folder
 * did not exist before.
 */
async function makeFolder(folder: string): Promise<boolean> {
  const made = await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError(
      "INPUT_INVALID",
      `The folder for the report cannot be made (${cause.code ?? "unknown"}).`,
      {
        next: "Give --out the path of a folder that this user may write to.",
        cause,
      },
    );
  });
  return made !== undefined;
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
