import { writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { plural } from "../../domain/text.ts";
import { EVIDENCE_FORMS } from "../../report/forms.ts";
import { type EvidenceReport, joinReports } from "../../report/record.ts";
import { SEED, type World } from "../../sandbox/index.ts";
import type { DemoClient } from "./client.ts";
import { approveAsPerson, type Job } from "./job.ts";
import type { Screen } from "./screen.ts";
import { change, findLeaver, isDeactivated, showAccess, showPlan } from "./steps.ts";

/**
 * The offboarding of one person. The steps: find the person, plan, approve on the page, apply, and read everything
 * again.
 */
export function offboarding(screen: Screen): Job {
  return {
    answer: (page) => approveAsPerson(page, screen),
    async run({ client, folder, sandbox }) {
      const { report, clean } = await offboard(client, screen, SEED.leaver.email);
      const left = countMemberships(sandbox.world);
      const refused = sandbox.requests.filter(({ status }) => status === 429).length;
      screen.lines(
        `what the sandbox has stored: ${left === 0 ? "no trace of a membership" : `${plural(left, "membership")} remain`}`,
        `${sandbox.requests.length} upstream requests in all, ${refused} refused`,
      );
      const files = await writeReport(folder, report);
      screen.lines(`report: ${files.join(", ")}`);
      const isPassed = report.result === "PASS" && clean && left === 0;
      const result = isPassed || report.result !== "PASS" ? report.result : "INCOMPLETE";
      return { verdict: `Evidence: ${result}`, isPassed };
    },
  };
}

async function offboard(client: DemoClient, screen: Screen, email: string) {
  let step = 0;
  const heading = (text: string) => screen.heading(`${++step}. ${text}`);
  heading(`Who is ${email}?`);
  const name = await findLeaver(client, screen, email);
  heading("What can this person reach?");
  await showAccess(client, screen, email);
  // One call offboards the person from boards, workspaces and the account, with one plan and one decision.
  const args = { member: email, rung: "account", reassignTo: SEED.successor.username };
  heading("What would offboarding do? A dry run");
  await showPlan(client, screen, "offboard_member", args);
  heading(
    "The client cannot ask a person, so a person decides on a page of the server. After an approval, the server starts the run by itself",
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

function untouchedLines({ runs }: EvidenceReport): readonly string[] {
  const lines = runs.at(-1)?.untouched ?? [];
  return lines.length === 0 ? [] : [`stays: ${lines.join("; ")}`];
}

/** How many memberships the person still has, read from the sandbox's own data. */
function countMemberships({ trello }: World): number {
  const places = [...trello.workspaces.values(), ...trello.boards.values()];
  return places.filter(({ memberships }) => memberships.some(({ idMember }) => idMember === SEED.leaver.id))
    .length;
}

/**
 * Writes the evidence report in each form. Returns the path of the first file, and only the file name endings of the
 * other files.
 */
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
