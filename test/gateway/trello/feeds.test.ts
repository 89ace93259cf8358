import { expect, onTestFinished, test } from "vitest";
import { SEED, startSandbox, tell } from "../../../src/sandbox/index.ts";
import { boundless } from "../../support/boundless.ts";
import { freshWorld } from "../../support/fresh-world.ts";
import { gatewayTo } from "../../support/wiring.ts";

const { standard, free } = SEED.workspaces;
const SINCE = "2026-01-01T00:00:00.000Z";

test.each([
  [0, 1],
  [999, 1],
  [1_000, 2],
  [2_300, 3],
])("reads all %i events of a feed since a time, in %i requests", async (count, requests) => {
  const sandbox = await startSandbox({ rateLimits: false, world: freshWorld() });
  const gateway = gatewayTo(sandbox.env, { ledger: boundless });
  onTestFinished(async () => {
    await gateway.close();
    await sandbox.close();
  });
  sandbox.world.trello.actions.splice(0);
  const ids = Array.from({ length: count }, () => {
    const data = { idMember: SEED.leaver.id, organization: { id: standard.id } };
    return tell(sandbox.world, {
      type: "addMemberToOrganization",
      idMemberCreator: SEED.deputy.id,
      idOrganization: standard.id,
      data,
    }).id;
  });
  const { trello } = gateway.reads({ priority: "interactive" });
  sandbox.resetRequests();
  const places = [{ idOrganization: standard.id }, { idOrganization: free.id }];
  const events = await trello.membershipEvents(places, SINCE);
  expect(events.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(sandbox.requests).toHaveLength(requests);
});
