import { afterAll, beforeAll, expect, it } from "vitest";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { gatewayTo } from "./harness.ts";

/** A tenth of Trello's; the limits are Trello's own. */
const WINDOW_MS = 1_000;

let sandbox: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimits: { windowMs: WINDOW_MS } });
  const { env } = sandbox;
  const trello = {
    baseUrl: env["TRELLO_API_BASE_URL"] ?? "",
    apiKey: env["TRELLO_API_KEY"] ?? "",
    apiToken: env["TRELLO_API_TOKEN"] ?? "",
    windowMs: WINDOW_MS,
  };
  ({ gateway } = await gatewayTo(env, { trello }));
});
afterAll(async () => {
  await gateway.close();
  await sandbox.close();
});

// Real time: 500 at 100 a window take five windows.
it("a burst of 500 queued requests is answered in full and gets no 429", { timeout: 120_000 }, async () => {
  const { trello } = gateway.writes({ priority: "bulk" });
  const idBoard = [...sandbox.world.trello.boards.values()].find(
    ({ idOrganization }) => idOrganization === SEED.workspaces.standard.id,
  )?.id;
  const names = Array.from({ length: 500 }, (_, index) => `burst${index}@example.com`);
  await Promise.all(
    names.map((email, index) =>
      index % 2 === 0
        ? trello.inviteWorkspaceMember(SEED.workspaces.standard.id, email, `Burst ${index}`, "normal")
        : trello.inviteBoardMember(idBoard ?? "", email, `Burst ${index}`, "normal"),
    ),
  );
  expect(sandbox.requests).toHaveLength(500);
  expect(sandbox.requests.filter(({ status }) => status !== 200)).toEqual([]);
  const invited = [...sandbox.world.trello.members.values()].filter(({ email }) => email.startsWith("burst"));
  expect(invited).toHaveLength(500);
});
