// A process of its own that uses the sign-in of a store: `sign-in-child STORE API AUTH`. It says `ready`. For each line on its
// standard input, the milliseconds by which its clock is ahead, it reads from Trello and writes a line of JSON: how many
// workspaces it got, or the failure.
import { createInterface } from "node:readline";
import { clock } from "../../../src/cli/support/product.ts";
import { sentenceOf, toAppError } from "../../../src/domain/error.ts";
import { createGateway } from "../../../src/gateway/create.ts";
import { openStore } from "../../../src/store/open.ts";

const [storeUrl = "", baseUrl = "", authUrl = "", clientId = "", clientSecret = "", key = ""] =
  process.argv.slice(2);
let ahead = 0;
const moved = {
  ...clock,
  now: () => clock.now() + ahead,
  monotonic: () => clock.monotonic() + ahead,
};
const store = await openStore(storeUrl, {
  now: moved.now,
  monotonic: moved.monotonic,
  isDestructive: () => false,
  losersOf: () => [],
});
const gateway = createGateway({
  trello: {
    baseUrl,
    oauth2: {
      clientId,
      clientSecret,
      authUrl,
      grants: store.grants(clientId, key),
      holder: String(process.pid),
    },
  },
  scim: null,
  organization: null,
  enterpriseId: null,
  ledger: store.ledger,
  clock: moved,
  random: Math.random,
  log: () => {},
});
process.stdout.write('"ready"\n');
for await (const line of createInterface({ input: process.stdin })) {
  ahead = Number(line);
  const found = await gateway
    .reads({ priority: "interactive" })
    .trello.workspaces()
    .then(
      ({ length }) => length,
      (thrown: unknown) => sentenceOf(toAppError(thrown)),
    );
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
await gateway.close();
await store.close();
