/** A large directory: as few requests as its page size allows, and no more of it held than a page. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { requireScim } from "../../../src/domain/reads.ts";
import { startSandbox } from "../../../src/sandbox/index.ts";
import { boundless } from "../../support/boundless.ts";
import { gatewayTo, hastyClock, operations } from "../harness.ts";
import { IN_FULL } from "../../support/suites.ts";

const PEOPLE = IN_FULL ? 20_000 : 4_000;

async function open() {
  const sandbox = await startSandbox({ rateLimits: false });
  onTestFinished(() => sandbox.close());
  const { users } = sandbox.world.atlassian.directory;
  const [model] = users.values();
  if (!model) throw new Error("the seed has no SCIM user");
  for (let n = users.size; n < PEOPLE; n += 1) {
    const userName = `person${n}@example.com`;
    const emails = [{ value: userName, type: "work", primary: true }];
    users.set(`id-${n}`, { ...model, id: `id-${n}`, userName, externalId: `idp-${n}`, emails });
  }
  const { gateway } = await gatewayTo(sandbox.env, { clock: hastyClock, ledger: boundless });
  onTestFinished(() => gateway.close());
  return { sandbox, scim: requireScim(gateway.reads({ priority: "bulk" })) };
}

/** The engine's own collector, which is hidden unless it is asked for by name. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

test("is read in one request for each hundred, and pages that were read can be forgotten", async () => {
  const { sandbox, scim } = await open();
  const collect = collector();
  const pages: WeakRef<object>[] = [];
  const seen = new Set<string>();
  let most = 0;
  for await (const page of scim.userPages()) {
    pages.push(new WeakRef(page));
    for (const { id } of page) seen.add(id);
    if (pages.length % 20 === 0) {
      // References are kept until the end of the turn that made or looked at them.
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      most = Math.max(most, pages.filter((each) => each.deref() !== undefined).length);
    }
  }
  expect(seen.size).toBe(PEOPLE);
  expect(operations(sandbox)).toEqual(
    Array.from({ length: PEOPLE / 100 }, () => "GET /scim/directory/{directoryId}/Users"),
  );
  expect(pages).toHaveLength(PEOPLE / 100);
  expect(most).toBeLessThanOrEqual(3);
}, 120_000);

test("is searched by name in one request, and a page of it is one request", async () => {
  const { sandbox, scim } = await open();
  const filter = { attribute: "userName", value: `person${PEOPLE - 1}@example.com` } as const;
  expect((await scim.users({ filter })).Resources.map(({ id }) => id)).toEqual([`id-${PEOPLE - 1}`]);
  const last = await scim.users({ startIndex: PEOPLE - 99, count: 100 });
  expect([last.totalResults, last.Resources.length]).toEqual([PEOPLE, 100]);
  expect(sandbox.requests).toHaveLength(2);
}, 120_000);
