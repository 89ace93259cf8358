import { isDone } from "../../domain/run.ts";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { plural } from "../../domain/text.ts";
import { type EvidenceReport, evidenceReport } from "../../report/record.ts";
import type { DemoClient } from "./client.ts";
import type { Screen } from "./screen.ts";

/** The line that explains a pause of some seconds. It is printed before each step in which the server may pause. */
export const PAUSE_LINE =
  "Trello allows 100 requests in any 10 s, so the server may pause here for some seconds";
const SHOWN = 2;
/**
 * How long (ms) to wait between two calls of `apply_plan`. The pause is needed if the server could open no browser,
 * because a call then returns at once.
 */
const PAUSE_MS = 500;
export const pause = (): Promise<void> => wait(PAUSE_MS);
/**
 * The reason and the ticket that the audit log gets for a change. They are used if the call's arguments name no others.
 */
const WHY = { reason: "Left the company", ticket: "HR-1042" } as const;

/** Prints what a person can access, in Trello and with the Atlassian account. */
export async function showAccess(client: DemoClient, screen: Screen, email: string) {
  const seen = await client.call("get_member_access", { member: email }, access);
  screen.lines(
    ...(seen.workspaces.length === 0 ? ["Trello: in no workspace and on no board"] : []),
    ...seen.workspaces.map(
      ({ name, role, boardCount }) => `${name}: ${role}, on ${plural(boardCount, "board")}`,
    ),
    `Atlassian account: ${seen.scimUser ? (seen.scimUser.active ? "active" : "not active") : "unknown to SCIM"}, ` +
      `products ${seen.atlassian?.products.map(({ product }) => product).join(", ") || "none known"}`,
    ...seen.blindSpots.slice(0, 2).map((spot) => `not visible: ${spot}`),
  );
  return seen;
}

/** Finds the person who owns this email. Throws if no person is proven to own this email. */
export async function findLeaver(client: DemoClient, screen: Screen, email: string): Promise<string> {
  const { candidates } = await client.call("find_member", { member: email }, found);
  const [person] = candidates.filter(({ confidence }) => confidence === "certain");
  if (!person) throw new Error(`no member is proven to own ${email}`);
  screen.lines(`${email} is ${person.name} [${person.id}], certain: ${person.reason}`);
  return person.name;
}

/** Prints the plan of a change by a dry run, which stores nothing. */
export async function showPlan(
  client: DemoClient,
  screen: Screen,
  tool: string,
  args: Record<string, unknown>,
) {
  const { summary, plan } = await client.call(tool, { ...WHY, ...args, dryRun: true }, planned);
  const more = plan.effects.length - SHOWN;
  screen.lines(
    summary,
    ...(more > 0 ? [`- ${more} cards and memberships first, then`] : []),
    // Shows only the last effects of the plan, because the last effects take the most access away.
    ...plan.effects.slice(-SHOWN).map(({ description }) => `- ${description}`),
    `needs: ${plan.requires} confirmation; digest ${plan.digest.slice(0, 12)}`,
  );
}

/**
 * Makes a change and reads its evidence. A person decides on the page. `apply_plan` waits for the decision and for the
 * run.
 */
export async function change(
  client: DemoClient,
  screen: Screen,
  tool: string,
  args: Record<string, unknown>,
): Promise<EvidenceReport> {
  const reply = await client.call(tool, { ...WHY, ...args }, changed);
  if (reply.next) screen.lines(`the server answers ${reply.status}: ${reply.next}`);
  return await untilApplied(client, screen, reply);
}

/** Waits for the decision on a plan and for the run, and reads the evidence. */
export async function untilApplied(
  client: DemoClient,
  screen: Screen,
  first: z.infer<typeof changed>,
): Promise<EvidenceReport> {
  screen.lines(PAUSE_LINE);
  const progress = screen.progress();
  let reply = first;
  try {
    while (reply.status === "awaiting_confirmation" || reply.status === "running") {
      await pause();
      reply = await client.call("apply_plan", { planId: reply.planId ?? "" }, changed, (done, total) =>
        progress.update(done, total),
      );
    }
    const { status, runId = "" } = reply;
    const text = await client.read(`trello-identity://runs/${runId}/evidence.json`);
    const report = evidenceReport.parse(JSON.parse(text));
    const effects = report.runs.flatMap((run) => run.effects);
    // The last progress notification may arrive after the result of the call. The client no longer listens then, so the
    // progress bar is completed here.
    progress.update(effects.filter(isDone).length, effects.length);
    progress.end();
    screen.lines(`${status}; ${plural(effects.length, "write")}; evidence ${report.result}`);
    return report;
  } finally {
    progress.end();
  }
}

/** Whether the SCIM directory shows that the person's account is inactive. */
export async function isDeactivated(client: DemoClient, screen: Screen, user: string): Promise<boolean> {
  const { active } = await client.call("scim_get_user", { user }, scimUser);
  screen.lines(`Atlassian account: ${active ? "still active" : "deactivated"}`);
  return !active;
}

// The parts of the tools' answers that the demo uses.

const found = z.object({
  candidates: z.array(
    z.object({ id: z.string(), name: z.string(), confidence: z.string(), reason: z.string() }),
  ),
});

const access = z.object({
  member: z.object({ name: z.string() }),
  workspaces: z.array(
    z.object({ id: z.string(), name: z.string(), role: z.string(), boardCount: z.number() }),
  ),
  scimUser: z.object({ userName: z.string(), active: z.boolean() }).optional(),
  atlassian: z
    .object({ products: z.array(z.object({ product: z.string(), lastActive: z.string().nullable() })) })
    .optional(),
  blindSpots: z.array(z.string()),
});

const planned = z.object({
  status: z.literal("planned"),
  summary: z.string(),
  plan: z.object({
    effects: z.array(z.object({ description: z.string() })),
    requires: z.string(),
    digest: z.string(),
  }),
});

const changed = z.object({
  status: z.string(),
  summary: z.string(),
  planId: z.string().optional(),
  runId: z.string().optional(),
  next: z.string().optional(),
});

const scimUser = z.object({ userName: z.string(), active: z.boolean() });
