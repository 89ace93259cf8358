/** Each way in which a SCIM directory can refuse or fail, through a tool: the right code, and what to do next. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FaultKind } from "../../../src/sandbox/index.ts";
import { type FaultSchedule, SEED, type World } from "../../../src/sandbox/index.ts";
import type { ToolReply } from "../../support/client.ts";
import { writesIn } from "../../support/stack.ts";
import { typeTheName, userIn, userNamed } from "../atlassian.ts";
import { expectApplied } from "../changes.ts";
import { errorOf } from "../describe-tool.ts";
import { startHasty } from "../hasty.ts";

const NOBODY = "00000000-0000-4000-a000-000000000000";
const PATH = "/scim/directory/{directoryId}";

let hasty: Awaited<ReturnType<typeof startHasty>>;
let faults: FaultSchedule;
/** The tools that deactivate a User. */
const CLIENTS_YES = [
  ["scim_deactivate_user", "client"],
  ["offboard_member", "client"],
] as const;

beforeEach(async () => {
  faults = [];
  hasty = await startHasty(typeTheName, {
    sandbox: { rateLimits: false, faults },
    rules: { confirmation: { default: null, tools: new Map(CLIENTS_YES) } },
  });
});
afterEach(() => hasty.close());

const world = (): World => hasty.stack.sandbox.world;
const call = (tool: string, args: Record<string, unknown> = {}): Promise<ToolReply> =>
  hasty.client.call(tool, args);
const fail = (operation: string, kind: FaultKind, attempt: number | "every" = "every") =>
  faults.push({ operation: operation.replace(" /", ` ${PATH}/`), kind, attempt });
const writes = () => writesIn(hasty.stack.sandbox).map(({ method }) => method);

describe("a SCIM directory that refuses", () => {
  it("401 {error, traceId}: a token that is not known", async () => {
    world().atlassian.directory.tokens.clear();
    expect(errorOf(await call("scim_list_users"))).toMatchObject({
      code: "UNAUTHENTICATED",
      next: expect.stringContaining("ATLASSIAN_SCIM_TOKEN"),
      details: { status: 401, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
  });

  it("403 {error, traceId}: the key of another API, which is not told", async () => {
    world().atlassian.orgApiKeys.add(SEED.atlassian.scimToken);
    const reply = await call("scim_list_users");
    expect(errorOf(reply)).toMatchObject({
      code: "UPSTREAM_FORBIDDEN",
      details: { status: 403, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(JSON.stringify(reply)).not.toContain(SEED.atlassian.scimToken);
  });

  it.each([
    ["scim_get_user", { user: NOBODY }],
    ["scim_get_user", { user: "nobody@example.com" }],
    ["scim_get_group", { group: NOBODY }],
    ["scim_get_group", { group: "No Such Group" }],
    ["scim_delete_user", { user: NOBODY }],
    ["scim_update_group", { group: "All Staff", add: [NOBODY] }],
  ])("404 {schemas, status, detail}: %s of %j", async (tool, args) => {
    expect(errorOf(await call(tool, args))).toMatchObject({
      code: "NOT_FOUND",
      next: expect.stringMatching(/scim_list_/),
    });
    expect(writes()).toEqual([]);
  });

  it("404: the User is gone while the run is under way", async () => {
    fail("PATCH /Users/{userId}", "slow", 1);
    const asked = call("scim_update_user", { user: SEED.leaver.email, attributes: { title: "Lead" } });
    await vi.waitFor(() => expect(writes()).toEqual(["PATCH"]), { timeout: 20_000, interval: 5 });
    world().atlassian.directory.users.delete(SEED.leaver.idScim ?? "");
    const reply = await asked;
    expect(reply.structured).toMatchObject({ status: "failed", run: { applied: 0 } });
    expect(reply.text).toContain("NOT_FOUND");
  });

  it("an email that somebody has under another userName, and nothing is made", async () => {
    userIn(world(), SEED.leaver.idScim).userName = "renamed.elsewhere@example.com";
    const args = { email: SEED.leaver.email, givenName: "Jonas", familyName: "Lindqvist" };
    const reply = await call("scim_create_user", args);
    // The User is found by its emails, so nothing is sent.
    expect(reply.structured).toMatchObject({ status: "already" });
    expect(reply.text).toContain("already has a User, with the userName renamed.elsewhere@example.com");
    expect(userNamed(world(), SEED.leaver.email)).toBeUndefined();
  });
});

describe("a SCIM directory that fails", () => {
  it.each<readonly [string, FaultKind, string, number]>([
    ["429", "429", "RATE_LIMITED", 6],
    ["500", "500", "UPSTREAM_UNAVAILABLE", 4],
    ["503", "503", "UPSTREAM_UNAVAILABLE", 4],
    ["a connection that is cut", "reset_before", "UPSTREAM_UNAVAILABLE", 4],
    ["a truncated body", "truncated", "UPSTREAM_UNAVAILABLE", 4],
    ["a body of the wrong type", "wrong_body", "UPSTREAM_CONTRACT", 1],
  ])("%s, every time", async (_what, kind, code, attempts) => {
    fail("GET /Users", kind);
    const error = errorOf(await call("scim_list_users"));
    expect(error).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(JSON.stringify(error)).not.toContain("not what you asked");
    expect(hasty.stack.sandbox.requests).toHaveLength(attempts);
  });

  it.each<FaultKind>(["429", "500", "503", "truncated", "reset_before", "reset_after"])(
    "%s, once: it is read again",
    async (kind) => {
      fail("GET /Users/{userId}", kind, 1);
      const reply = await call("scim_get_user", { user: SEED.leaver.idScim });
      expect(reply.structured).toMatchObject({ userName: SEED.leaver.email });
      expect(hasty.stack.sandbox.requests).toHaveLength(2);
    },
  );

  it.each<readonly [FaultKind, string, number]>([
    ["500", "before it was made", 2],
    ["429", "before it was made", 2],
    ["reset_before", "before it was made", 2],
    ["reset_after", "after it was made", 1],
    ["truncated", "after it was made", 1],
    ["wrong_body", "after it was made", 1],
  ])("%s on a write, %s: it is made once", async (kind, _when, sent) => {
    fail("PATCH /Users/{userId}", kind, 1);
    expectApplied(await call("scim_deactivate_user", { user: SEED.leaver.email }), 1);
    expect(writes()).toEqual(Array.from({ length: sent }, () => "PATCH"));
    expect(userIn(world(), SEED.leaver.idScim).active).toBe(false);
  });

  it.each<FaultKind>(["reset_after", "truncated", "wrong_body", "500"])(
    "%s on a creation: there is one, not two",
    async (kind) => {
      fail("POST /Users", kind, 1);
      const args = { email: "only.one@example.com", givenName: "Only", familyName: "One" };
      expectApplied(await call("scim_create_user", args), 1);
      const { users } = world().atlassian.directory;
      expect([...users.values()].filter(({ userName }) => userName === args.email)).toHaveLength(1);
    },
  );
});
