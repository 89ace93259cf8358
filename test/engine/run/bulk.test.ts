import { expect, onTestFinished, test, vi } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import findMember from "../../../src/tools/directory/find-member.ts";
import type { ReadTool } from "../../../src/tools/define.ts";
import { confirmAndApply, startStack, writesIn } from "../../support/stack.ts";

const PEOPLE = 200;
const { standard } = SEED.workspaces;

test("a run of 200 people gives its place to a person's find_member", async () => {
  const stack = await startStack({ sandbox: { rateLimits: false } });
  onTestFinished(() => stack.close());
  const { sandbox, gateway, engine, caller } = stack;
  // The rate budget: full after 60 requests, until the test makes room again.
  let room = 60;
  let waits = 0;
  vi.spyOn(stack.store.ledger, "take").mockImplementation(async ([charge]) => {
    if (!charge?.budget.id.startsWith("trello")) return 0;
    waits = charge.cost;
    return room-- > 0 ? 0 : 10;
  });
  const emails = Array.from({ length: PEOPLE }, (_, n) => `joiner${n}@example.com`).join(", ");
  const run = confirmAndApply(stack, "invite_members", { workspace: standard.id, emails, role: "normal" });
  await vi.waitFor(() => expect(sandbox.requests).toHaveLength(60), { timeout: 60_000 });
  expect(writesIn(sandbox).length).toBeGreaterThan(0);

  const { read } = findMember as unknown as ReadTool;
  const answering = read(
    { query: `@${SEED.leaver.username}`, workspace: standard.id },
    {
      ...engine.context(caller),
      runs: (page) => engine.runs({ ...page, caller }),
      snapshots: engine.snapshots(caller),
      keepReview: (made) => engine.keepReview(made, caller),
      budgets: () => gateway.budgets(),
    },
  );
  // A batch costs more than one start. It took the run's place at the gate, so the room for one request is for it.
  await vi.waitFor(() => expect(waits).toBeGreaterThan(1));
  room = 1;
  expect(await answering).toMatchObject({ candidates: [{ id: SEED.leaver.id }] });
  const asked = sandbox.requests.slice(60).map(({ operation }) => operation);
  expect(asked).toEqual(["GET /batch"]);

  room = Number.POSITIVE_INFINITY;
  expect(await run).toMatchObject({ state: "applied" });
  expect(writesIn(sandbox)).toHaveLength(PEOPLE);
});
