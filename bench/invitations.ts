import { SEED } from "../src/sandbox/index.ts";
import type { Measurement } from "./measurement.ts";
import { brokenOf, ratio } from "./measurement.ts";
import { startServer } from "./server.ts";

const GOOD = 480;
const BAD = 20;
/** 100 requests in any 10 s for a token: https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits */
const BUDGET = 100;
const WINDOW_MS = 10_000;

/** 500 lines of CSV, some of them wrong, at the speed of Trello's budget. */
export async function invitations(): Promise<Measurement> {
  const server = await startServer();
  const { sandbox } = server;
  const workspace = sandbox.world.trello.workspaces.get(SEED.workspaces.standard.id);
  if (!workspace) throw new Error("the seed has no standard workspace");
  try {
    const before = workspace.memberships.length;
    let progress = 0;
    const onProgress = () => {
      progress += 1;
    };
    let { structured } = await server.call(
      "invite_members",
      { workspace: workspace.id, csv: csv() },
      onProgress,
    );
    // A call answers before its client gives up, and the run goes on.
    while (structured["status"] === "running")
      ({ structured } = await server.call("apply_plan", { planId: structured["planId"] }, onProgress));
    const invited = workspace.memberships.length - before;
    const requests = sandbox.requests.filter(({ upstream }) => upstream === "trello");
    const refused = requests.filter(({ status }) => status === 429).length;
    const writes = requests
      .filter(({ method, status }) => method === "PUT" && status === 200)
      .map(({ at }) => at);
    const { achieved, most } = speedOf(
      requests.map(({ at }) => at),
      writes,
    );
    return {
      title: `${GOOD} good and ${BAD} wrong lines by CSV, over stdio, rate limits on`,
      lines: [
        `requests in 10 s / budget: ${ratio(achieved, BUDGET, "requests")}`,
        `most requests in any 10 s / budget: ${ratio(most, BUDGET, "requests")}`,
        `requests / invitations: ${ratio(requests.length, GOOD, "requests")}`,
        `answered with 429: ${refused}; progress notifications: ${progress}`,
      ],
      broken: brokenOf({
        "the run is applied": structured["status"] === "applied",
        "everybody is invited, once": invited === GOOD && writes.length === GOOD,
        "within 10% of the budget": achieved >= BUDGET * 0.9,
        "never over the budget": most <= BUDGET,
        "no 429": refused === 0,
        "progress is told": progress >= GOOD / 2,
      }),
    };
  } finally {
    await server.close();
  }
}

/** Wrong in several ways, spread over the list. */
function csv(): string {
  const wrong = ["not-an-email,normal,", "@example.org,normal,", "role@example.org,emperor,", ",normal,"];
  const lines = ["email,role,team,fullName"];
  for (let n = 0; n < GOOD + BAD; n += 1) {
    const every = (GOOD + BAD) / BAD;
    const bad = n % every === every - 1 ? wrong[Math.floor(n / every) % wrong.length] : undefined;
    lines.push(bad === undefined ? `newcomer${n}@example.org,normal,,Newcomer ${n}` : `${bad},Wrong ${n}`);
  }
  return lines.join("\n");
}

/**
 * Requests in 10 s: the mean over the whole windows from the first write on (the last, not full, one is left out), and the
 * most in any window.
 */
function speedOf(
  starts: readonly number[],
  writes: readonly number[],
): { readonly achieved: number; readonly most: number } {
  const first = Math.min(...writes);
  const windows = Math.floor((Math.max(...writes) - first) / WINDOW_MS);
  const within = (from: number, ms: number) => starts.filter((at) => at >= from && at < from + ms).length;
  return {
    achieved: within(first, windows * WINDOW_MS) / windows,
    most: Math.max(...starts.map((at) => within(at, WINDOW_MS))),
  };
}
