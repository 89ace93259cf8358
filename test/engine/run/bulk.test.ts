import { expect, onTestFinished, test, vi } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import findMember from "../../../src/tools/directory/find-member.ts";
import { namedReviewsOf } from "../../../src/server/call/named-reviews.ts";
import type { ReadTool } from "../../../src/tools/define.ts";
import { boundless } from "../../support/boundless.ts";
import { confirmAndApply, startStack, writesIn } from "../../support/stack.ts";

const PEOPLE = 200;
const { standard } = SEED.workspaces;

test("a run of 200 people gives its place to a person's find_member", async () => {
  const stack = await startStack({ sandbox: { rateLimits: false } });
  onTestFinished(() => stack.close());
  const { sandbox, gateway, engine, caller } = stack;
  // The rate budget: full after 60 requests, until the test makes room again.
  let room = 60;
  let asks = 0;
  let waits = 0;
  const take = vi.spyOn(boundless, "take").mockImplementation(async (charges) => {
    if (!charges[0]?.budget.id.startsWith("trello")) return 0;
    asks += 1;
    waits = charges[0].cost;
    return room-- > 0 ? 0 : 10;
  });
  onTestFinished(() => take.mockRestore());
  const emails = Array.from({ length: PEOPLE }, (_, n) => `joiner${n}@example.com`).join(", ");
  const run = confirmAndApply(stack, "invite_members", { workspace: standard.id, emails, role: "normal" });
  // Requests to the Atlassian organization have a budget of their own.
  const toTrello = () => sandbox.requests.filter(({ upstream }) => upstream === "trello");
  await vi.waitFor(() => expect(toTrello()).toHaveLength(60), { timeout: 60_000 });
  expect(writesIn(sandbox).length).toBeGreaterThan(0);

  const { read } = findMember as unknown as ReadTool;
  const answering = read(
    { member: `@${SEED.leaver.username}`, workspace: standard.id },
    {
      ...engine.context(caller),
      runs: (page) => engine.runs({ ...page, caller }),
      snapshots: engine.snapshots(caller),
      keepReview: (made) => engine.keepReview(made, caller),
      namedReviews: namedReviewsOf(engine, caller, undefined),
      budgets: () => gateway.budgets(),
    },
  );
  // It takes the run's place at the gate, so the room for one request is for it.
  const before = asks;
  await vi.waitFor(() => expect(asks).toBeGreaterThan(before + 2));
  room = 1;
  await vi.waitFor(() => expect(toTrello()).toHaveLength(61));
  // So it is with its next request, a batch, which costs more than one start.
  await vi.waitFor(() => expect(waits).toBeGreaterThan(1));
  room = 1;
  await vi.waitFor(() => expect(toTrello()).toHaveLength(62));
  const asked = toTrello()
    .slice(60)
    .map(({ operation }) => operation);
  expect(asked).toEqual(["GET /members/{id}/organizations", "GET /batch"]);

  room = Number.POSITIVE_INFINITY;
  expect(await answering).toMatchObject({ candidates: [{ id: SEED.leaver.id }] });
  expect(writesIn(sandbox).length).toBeLessThan(PEOPLE);
  expect(await run).toMatchObject({ state: "applied" });
  expect(writesIn(sandbox)).toHaveLength(PEOPLE);
});
