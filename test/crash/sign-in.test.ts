/** Many processes share one sign-in by OAuth 2.0 while answers to renewals are lost. */
import { expect, onTestFinished, test } from "vitest";
import { type FaultSchedule, startSandbox } from "../../src/sandbox/index.ts";
import { CLIENT, createMovingClock, signInTo, STORE_KEY, usesOfRefreshTokens } from "../support/oauth2.ts";
import { newFolder, opened, SQLITE } from "../store/backends.ts";
import { bundleChild, startChild } from "../store/processes.ts";

const HOUR_MS = 3_600_000;
const PROCESSES = 20;
const RENEWALS = 50;
/** Half of the answers are lost, in every way in which they can be. */
const LOST = [
  { kind: "reset_after" },
  { kind: "reset_before" },
  { kind: "truncated" },
  { kind: "html", status: 502, handled: true },
] as const;

test("20 processes share one sign-in over 50 renewals: no token is used twice but for the one repetition, and no call is lost", async () => {
  const faults: FaultSchedule = [];
  const clock = createMovingClock();
  const sandbox = await startSandbox({ now: clock.now, faults, rateLimits: false });
  onTestFinished(() => sandbox.close());
  const url = await SQLITE.newUrl();
  const store = await opened(url, { now: clock.now, monotonic: clock.monotonic });
  const grants = store.grants(CLIENT.id, STORE_KEY);
  const grant = await signInTo(sandbox, grants, clock);
  sandbox.resetRequests();
  for (let n = 0; n < RENEWALS; n += 1)
    faults.push({ operation: "POST /oauth/token", attempt: 2 * n + 1, ...LOST[n % LOST.length] } as never);

  const program = await bundleChild(await newFolder(), "sign-in-child");
  const args = [url, sandbox.trelloUrl, sandbox.atlassianUrl, CLIENT.id, CLIENT.secret, STORE_KEY];
  const children = await Promise.all(Array.from({ length: PROCESSES }, () => startChild(program, args)));
  for (let round = 1; round <= RENEWALS; round += 1) {
    clock.advance(HOUR_MS);
    for (const child of children) child.tell(String(round * HOUR_MS));
    await Promise.all(children.map((child) => child.saidLines(round)));
  }
  const said = children.flatMap((child) => child.said);
  expect(said).toHaveLength(PROCESSES * RENEWALS);
  expect(said.filter((found) => typeof found !== "number" || found === 0)).toEqual([]);
  expect(usesOfRefreshTokens(sandbox).filter((uses) => uses > 2)).toEqual([]);
  expect(sandbox.requests.filter(({ path }) => path === "/oauth/token")).toHaveLength(2 * RENEWALS);
  expect(grant.revoked).toBe(false);
  expect(await grants.get(new Date(clock.now()).toISOString())).toMatchObject({
    generation: RENEWALS,
    ended: null,
  });
}, 300_000);
