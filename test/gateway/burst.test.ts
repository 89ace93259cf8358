import { afterAll, beforeAll, expect, it } from "vitest";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { gatewayTo } from "./harness.ts";

let sandbox: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox();
  ({ gateway } = gatewayTo(sandbox.env));
});
afterAll(async () => {
  await gateway.close();
  await sandbox.close();
});

// Real time: 500 at 100 in 10 s take four windows.
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
