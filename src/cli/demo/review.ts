import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { factsOf } from "../../domain/audit.ts";
import { plural } from "../../domain/text.ts";
import { wireStore } from "../support/product.ts";
import { configure } from "../support/settings.ts";
import type { OpenPage } from "./browser.ts";
import type { DemoClient } from "./client.ts";
import { approveAsPerson, type Job, type JobIo } from "./job.ts";
import { decideAll, signOff } from "./reviewer.ts";
import type { Screen } from "./screen.ts";
import { pause, PAUSE_LINE, untilApplied } from "./steps.ts";

/**
 * The kinds of findings for which the agent proposes a removal. The agent only proposes, because only the reviewer
 * decides.
 */
const TAKEN: ReadonlySet<string> = new Set(["not_in_roster", "stale_invitation"]);

/**
 * A whole access review: the list of people, the proposals of an agent, and a person's decisions and signature. Then
 * the removals, the list of people after them, and the review's package (one document with all of this).
 */
export function reviewing(screen: Screen): Job {
  let open: (page: OpenPage) => void = () => {};
  const opened = new Promise<OpenPage>((resolve) => {
    open = resolve;
  });
  return {
    env: { IDENTITY_TOOLSETS: "directory,reviews" },
    async answer(page) {
      if (page.place().includes("/reviews/")) open(page);
      else await approveAsPerson(page, screen);
    },
    run: (io) => review(io, opened),
  };
}

async function review(io: JobIo, opened: Promise<OpenPage>) {
  const { client, screen, folder } = io;
  let step = 0;
  const heading = (text: string) => screen.heading(`${++step}. ${text}`);
  heading("The list: who has access now, stored for the review");
  const { reviewId, items, findings, reviewers } = await client.call(
    "start_review",
    { name: "Access review of the fourth quarter", period: "2026-Q4", rosters: ["scim"] },
    started,
  );
  screen.lines(
    `${reviewId}: ${plural(items, "item")} to decide, ${plural(findings, "finding")}; the reviewer is ${reviewers.map(nameOf).join(", ")}`,
  );
  heading("The agent proposes, and decides nothing");
  const proposed = await propose(client, screen, reviewId);
  heading("The reviewer decides about each person and signs, on the server's page alone");
  if (io.isActing) {
    const page = await opened;
    screen.lines(
      "the demo answers in your place, with the requests of a browser (run it with --browser to decide yourself)",
    );
    screen.lines(...(await decideAll(page)));
    screen.lines(...(await signOff(page)));
  }
  const signed = await untilPlanned(client, reviewId);
  screen.lines(`${signed.counts.keep} keep, ${signed.counts.change} change, ${signed.counts.remove} remove`);
  screen.lines(...signed.signed.map(({ by, hash }) => `signed by ${by}, SHA-256 ${hash}`));
  heading("Act: at the sign-off, the removals became one plan, and this plan needs its own approval");
  const planId = signed.removals?.planId;
  if (signed.removals?.problem) screen.lines(signed.removals.problem);
  const waiting = { status: "awaiting_confirmation", summary: "", planId: planId ?? "" };
  const report = planId ? await untilApplied(client, screen, waiting) : null;
  heading("Verify: read everything again, and add the result to the review's package");
  screen.lines(PAUSE_LINE);
  const closing = await client.call("get_review", { reviewId, afterwards: true }, closed);
  const { list, hash } = closing.closed;
  screen.lines(`the list afterwards is ${list}; the package has the SHA-256 ${hash}`);
  const files = await writePackage(client, folder, reviewId);
  screen.lines(`package: ${files.join(", ")}`);
  const isWhole = await isInAudit(io, reviewId, hash);
  screen.lines(
    `audit verify: ${isWhole ? "the log is unbroken and has this hash" : "the log is broken or changed, or it does not have this hash"}`,
  );
  const isDone = report === null ? signed.counts.remove === 0 : report.result === "PASS";
  const isPassed = isWhole && isDone;
  return {
    verdict: `Review: ${isPassed ? "PASS" : (report?.result ?? "INCOMPLETE")}; ${plural(proposed, "proposal")}, ${plural(signed.counts.remove, "removal")}`,
    isPassed,
  };
}

/** On one machine, a reviewer is a user of the operating system, written as `user:NAME`. */
function nameOf(reviewer: string): string {
  const [, user] = /^user:(.*)$/.exec(reviewer) ?? [];
  return user === undefined ? reviewer : `${user}, the user of this computer`;
}

/**
 * Proposes to remove each person whose finding says that the person should have no access. Returns the number of
 * proposals.
 */
async function propose(client: DemoClient, screen: Screen, reviewId: string): Promise<number> {
  // Items with findings come first, so they are all on the first page.
  const { items } = await client.call("get_review", { reviewId, limit: 100 }, listed);
  const decisions = items
    .filter((item) => item.findings.some((kind) => TAKEN.has(kind)))
    .map(({ item, findings }) => ({
      item,
      decision: "remove",
      note: `Finding: ${findings.join(", ")}`,
    }));
  await client.call("decide_review", { reviewId, decisions }, z.object({}));
  screen.lines(
    `items with a finding: ${countsText(items.flatMap(({ findings }) => findings))}`,
    `proposes to remove ${plural(decisions.length, "item")}, with the finding as a note: ${countsText(items.flatMap(({ findings }) => findings.filter((kind) => TAKEN.has(kind))))}`,
  );
  return decisions.length;
}

/** How many findings of each kind there are. */
function countsText(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
}

/**
 * Waits until the reviewer has signed. If people are to be removed, also waits until the plan of their removals is
 * ready.
 */
async function untilPlanned(client: DemoClient, reviewId: string) {
  for (;;) {
    const found = await client.call("get_review", { reviewId, limit: 1 }, state);
    if (found.state === "signed" && (found.counts.remove === 0 || found.removals)) return found;
    await pause();
  }
}

/** Writes the package of the review as Markdown and as JSON. Returns the paths. */
async function writePackage(
  client: DemoClient,
  folder: string,
  reviewId: string,
): Promise<readonly string[]> {
  const address = `trello-identity://reviews/${reviewId}/package`;
  const forms = [
    { path: join(folder, "review-package.md"), uri: address },
    { path: join(folder, "review-package.json"), uri: `${address}.json` },
  ];
  for (const { path, uri } of forms) await writeFile(path, await client.read(uri));
  return forms.map(({ path }) => path);
}

/** Whether the audit log is unchanged, agrees with the store, and contains the hash of the review's package. */
async function isInAudit({ env }: JobIo, reviewId: string, hash: string): Promise<boolean> {
  const machine = { platform: process.platform, home: "", folder: "" };
  const store = await wireStore(await configure({ env, machine }, {}, { trello: false }));
  try {
    const { broken, changed } = await store.audit.verify();
    const records = await store.audit.read({ limit: 10_000 });
    const closing = records.findLast(
      ({ event, subject }) => event === "review.checked" && subject === reviewId,
    );
    return (
      broken === null && changed.length === 0 && closing !== undefined && factsOf(closing)["content"] === hash
    );
  } finally {
    await store.close();
  }
}

// The parts of the tools' answers that the demo uses.

const started = z.object({
  reviewId: z.string(),
  items: z.number(),
  findings: z.number(),
  reviewers: z.array(z.string()),
});
const listed = z.object({ items: z.array(z.object({ item: z.string(), findings: z.array(z.string()) })) });
const state = z.object({
  state: z.enum(["open", "signed"]),
  counts: z.object({ keep: z.number(), change: z.number(), remove: z.number() }),
  signed: z.array(z.object({ by: z.string(), hash: z.string() })),
  removals: z.object({ planId: z.string().nullable(), problem: z.string().nullable() }).optional(),
});
const closed = z.object({ closed: z.object({ hash: z.string(), list: z.string() }) });
