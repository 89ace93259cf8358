import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { startSandbox } from "../../src/sandbox/index.ts";
import { MEMORY } from "../support/memory.ts";
import { openStoreAt } from "../support/wiring.ts";
import { atVendor, company, linkAll, rosterRows, TEAM_BOARDS } from "../tools/reviews/company.ts";
import { startCommand } from "./http-command.ts";

const PEOPLE = 60;

/** A team's chat that keeps what is posted to it. */
async function startChat() {
  const posted: Readonly<Record<string, unknown>>[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.once("end", () => {
      posted.push(JSON.parse(text) as Readonly<Record<string, unknown>>);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { posted, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

it("two processes of the service read the roster of the connections file, and one plan waits", async () => {
  const folder = await mkdtemp(join(MEMORY, "schedule-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ world: company(PEOPLE), rateLimits: false });
  onTestFinished(() => sandbox.close());
  const { vendors } = sandbox.world;
  vendors.people.splice(0, vendors.people.length, ...atVendor(rosterRows(PEOPLE)));
  vendors.pageSize = 25;
  const { rosters } = JSON.parse(sandbox.connections.file) as { rosters: Record<string, object> };
  // A time of day that has just come: the next two hours are still in time.
  const schedule = new Date().toISOString().slice(11, 16);
  await writeFile(
    join(folder, "connections.yaml"),
    JSON.stringify({ rosters: { hr: { ...rosters["entra"], schedule } } }),
  );
  await writeFile(join(folder, "policy.yaml"), JSON.stringify({ team_boards: TEAM_BOARDS }));
  const store = await openStoreAt(join(folder, "identity.db"));
  onTestFinished(() => store.close());
  await linkAll(store, PEOPLE);
  const chat = await startChat();
  const { ATLASSIAN_SCIM_DIRECTORY_ID: _directory, ATLASSIAN_SCIM_TOKEN: _token, ...env } = sandbox.env;
  const service = {
    ...env,
    ...sandbox.connections.env,
    IDENTITY_CONNECTIONS_FILE: join(folder, "connections.yaml"),
    IDENTITY_POLICY_FILE: join(folder, "policy.yaml"),
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    IDENTITY_TOOLSETS: "directory,reviews",
    IDENTITY_NOTIFY_URL: chat.url,
    IDENTITY_NOTIFY_SECRET: "a-secret-for-signatures",
  };
  await Promise.all([startCommand(folder, service), startCommand(folder, service)]);
  await vi.waitFor(() => expect(chat.posted).not.toEqual([]), { timeout: 60_000 });
  const waiting = await store.plans.waiting(new Date().toISOString());
  expect(waiting.map(({ plan }) => plan)).toMatchObject([
    { tool: "plan_roster_changes", summary: "hr: 5 joiners, 4 movers, 6 leavers" },
  ]);
  const [plan] = waiting.map((each) => each.plan);
  expect(chat.posted).toMatchObject([{ event: "plan.waiting", planId: plan?.id }]);
  expect(plan?.principal).toMatchObject({ client: "schedule of hr" });
  // No one decided yet, so nothing was changed.
  const changing = sandbox.requests.filter(
    ({ method, upstream }) => method !== "GET" && upstream === "trello",
  );
  expect(changing).toEqual([]);
});
