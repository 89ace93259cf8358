/** A token without a scope: which one it lacks is said, and a person without the right is told apart. */
import { expect, onTestFinished, test } from "vitest";
import type { Gateway, Pass } from "../../../src/gateway/gateway.ts";
import { SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { gatewayTo } from "../harness.ts";

const PASS: Pass = { priority: "interactive" };
const { standard } = SEED.workspaces;

const OPERATIONS = {
  read: ({ reads }: Gateway) => reads(PASS).trello.workspaces(),
  batch: ({ reads }: Gateway) => reads(PASS).trello.workspace(standard.id),
  write: ({ writes }: Gateway) =>
    writes(PASS).trello.setWorkspaceMember(standard.id, SEED.leaver.id, "admin"),
  account: ({ writes }: Gateway) => writes(PASS).trello.updateMember(SEED.admin.id, { bio: "x" }),
};

test.each([
  [["write", "account"], "read", "read"],
  [["write"], "batch", "read"],
  [["read", "account"], "write", "write"],
  [["read"], "write", "write"],
  [["read", "write"], "account", "account"],
  [["read"], "account", "write"],
] as const)("a token with %j that tries %s lacks %s", async (scopes, operation, lacking) => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const token = sandbox.world.trello.tokens.get(SEED.tokens.full);
  if (!token) throw new Error("the seed has no such token");
  sandbox.world.trello.tokens.set(token.token, { ...token, scopes: new Set(scopes) });
  const { gateway } = await gatewayTo(sandbox.env);
  onTestFinished(() => gateway.close());
  const error = await failure(OPERATIONS[operation](gateway));
  expect(error).toMatchObject({
    code: "UPSTREAM_FORBIDDEN",
    applied: "no",
    details: { reason: "scope_missing", scope: lacking },
  });
  expect(error.message).toContain(`\`${lacking}\``);
  expect(error.next).toContain("by the `login` command");
});

test("somebody else's profile is no question of scopes", async () => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const { gateway } = await gatewayTo(sandbox.env);
  onTestFinished(() => gateway.close());
  const error = await failure(gateway.writes(PASS).trello.updateMember(SEED.leaver.id, { bio: "x" }));
  expect(error).toMatchObject({ code: "UPSTREAM_FORBIDDEN", details: { reason: "not_permitted" } });
});
