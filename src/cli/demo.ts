import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { AppError } from "../domain/error.ts";
import { plural } from "../domain/text.ts";
import { EVIDENCE_FORMS } from "../report/forms.ts";
import { type EvidenceReport, joinReports } from "../report/record.ts";
import { SEED, type World } from "../sandbox/index.ts";
import { connect, type DemoClient } from "./demo/client.ts";
import { approveOnPage, startStandIn } from "./demo/browser.ts";
import { createScreen, type Screen } from "./demo/screen.ts";
import { change, findLeaver, isDeactivated, showAccess, showPlan } from "./demo/steps.ts";
import type { Command } from "./support/command.ts";
import { startSandboxed } from "./support/sandboxed.ts";
import { readFlags } from "./support/settings.ts";

/** Does the main job on the sandbox through a real client and a real server process. The exit code is 0 only for PASS. */
export const run: Command = async (io) => {
  const { values } = readFlags("demo", io.args);
  const screen = createScreen(io.stdout, io.env);
  const folder = resolve(io.machine.folder, values.out ?? "evidence");
  const isNew = await makeFolder(folder);
  // The environment is not used, so that the demo is the same on every machine.
  const sandboxed = await startSandboxed({});
  const { sandbox, env } = sandboxed;
  let client: DemoClient | undefined;
  const standIn = values.browser ? null : await startStandIn((address) => answer(address, screen));
  try {
    client = await connect({
      program: io.program,
      env: definedOnly({
        ...env,
        ...(standIn ? { BROWSER: standIn.program } : screenOf(io.env)),
        IDENTITY_LOG_LEVEL: "error",
      }),
    });
    if (io.stop.aborted) await client.close();
    io.stop.addEventListener("abort", () => void client?.close());
    screen.lines(
      `${client.server}, ${client.tools} tools, over stdio; Trello and Atlassian are emulated by the sandbox`,
    );
    const { report, clean } = await offboard(client, screen, SEED.leaver.email);
    const left = countMemberships(sandbox.world);
    const refused = sandbox.requests.filter(({ status }) => status === 429).length;
    screen.lines(
      `in the sandbox's own data: ${left === 0 ? "no trace of a membership" : `${plural(left, "membership")} remain`}`,
      `${sandbox.requests.length} upstream requests in all, ${refused} refused; pauses come from the rate budget of 100 requests in any 10 s`,
    );
    const files = await writeReport(folder, report);
    screen.lines(`report: ${files.join(", ")}`);
    const passed = report.result === "PASS" && clean && left === 0;
    screen.verdict(passed, `Evidence: ${passed || report.result !== "PASS" ? report.result : "INCOMPLETE"}`);
    return passed ? 0 : 1;
  } catch (thrown) {
    // If a person stopped the demo, the call failed because the demo ended its server. That error is not shown.
    if (!io.stop.aborted) throw thrown;
    screen.verdict(false, "Stopped.");
    return 130;
  } finally {
    await client?.close();
    await standIn?.close();
    await sandboxed.close();
    // If the demo is stopped, an empty folder is removed and a folder with a report is kept.
    if (isNew) await rmdir(folder).catch(() => {});
  }
};

async function offboard(client: DemoClient, screen: Screen, email: string) {
  let step = 0;
  const heading = (text: string) => screen.heading(`${++step}. ${text}`);
  heading(`Who is ${email}?`);
  const name = await findLeaver(client, screen, email);
  heading("What can this person reach?");
  await showAccess(client, screen, email);
  // One ticket, one call: boards, workspaces and the account are one plan and one decision.
  const args = { member: email, rung: "account", reassignTo: SEED.successor.username };
  heading("What would offboarding do? A dry run");
  await showPlan(client, screen, "offboard_member", args);
  heading(
    "The client cannot ask a person, so a person decides on the server's page. The run then starts by itself",
  );
  const run = await change(client, screen, "offboard_member", args);
  heading("Verify: read everything again");
  const after = await showAccess(client, screen, email);
  const off = await isDeactivated(client, screen, email);
  screen.lines(...untouchedLines(run));
  return {
    report: joinReports(`Offboarding of ${name}`, [run]),
    clean: off && after.workspaces.length === 0,
  };
}

/** Answers on the page as the person would, and prints the answer. */
async function answer(address: string, screen: Screen): Promise<void> {
  try {
    const said = await approveOnPage(address);
    screen.lines(
      "the demo acts as your browser (--browser: decide yourself); the page says:",
      ...said.map((line) => `| ${line}`),
      "demo presses: Approve",
    );
  } catch (thrown) {
    screen.lines(`the demo could not answer on the page: ${(thrown as Error).message}`);
  }
}

/** The environment variables that the person's browser gets. It gets no others. */
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

function untouchedLines({ runs }: EvidenceReport): readonly string[] {
  const lines = runs.at(-1)?.untouched ?? [];
  return lines.length === 0 ? [] : [`stays: ${lines.join("; ")}`];
}

/** Counts the memberships that the leaver still has, in the sandbox's own data instead of through the product. */
function countMemberships({ trello }: World): number {
  const places = [...trello.workspaces.values(), ...trello.boards.values()];
  return places.filter(({ memberships }) => memberships.some(({ idMember }) => idMember === SEED.leaver.id))
    .length;
}

/** Makes the folder for the report first, so that a wrong path ends the demo at its start. True if the folder is new. */
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

/** Writes a file for each form. Returns the path of the first file and the endings of the others. */
async function writeReport(folder: string, report: EvidenceReport): Promise<readonly string[]> {
  const name = join(folder, report.title.toLowerCase().replace(/[^a-z0-9]+/g, "-"));
  const files = Object.values(EVIDENCE_FORMS).map(({ ending, write }) => ({
    path: `${name}.${ending}`,
    text: write(report),
  }));
  await Promise.all(files.map(({ path, text }) => writeFile(path, text)));
  const [first = "", ...others] = files.map(({ path }) => path);
  return [first, ...others.map((path) => extname(path))];
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
