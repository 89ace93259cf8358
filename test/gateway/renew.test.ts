import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toAppError } from "../../src/domain/error.ts";
import type { RenewableGateway } from "../../src/gateway/create.ts";
import { type FaultSchedule, type Sandbox, SEED, startSandbox } from "../../src/sandbox/index.ts";
import { gatewayTo, hastyClock } from "./harness.ts";

const NEW = "sandbox-token-of-tomorrow";
const pass = { priority: "interactive" } as const;

let sandbox: Sandbox;
let gateway: RenewableGateway;
let faults: FaultSchedule;
let refusals: number;
/** What the server does after a 401. */
let whenRefused: () => void;
beforeEach(async () => {
  faults = [];
  refusals = 0;
  whenRefused = () => {};
  sandbox = await startSandbox({ rateLimits: false, faults });
  const { tokens } = sandbox.world.trello;
  const full = tokens.get(SEED.tokens.full);
  if (full) tokens.set(NEW, { ...full, token: NEW });
  const refused = async () => {
    refusals++;
    whenRefused();
  };
  ({ gateway } = await gatewayTo(sandbox.env, { clock: hastyClock, refused }));
});
afterEach(async () => {
  await gateway.close();
  await sandbox.close();
});

const trello = (apiToken: string) => ({
  baseUrl: sandbox.trelloUrl,
  apiKey: SEED.app.key,
  apiToken,
});
const revoke = () => {
  const token = sandbox.world.trello.tokens.get(SEED.tokens.full);
  if (token) token.revoked = true;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (thrown: unknown) => toAppError(thrown).code,
  );
const statuses = () => sandbox.requests.map(({ status }) => status);

describe("a read that is refused", () => {
  test("is made again once with credentials that came meanwhile", async () => {
    revoke();
    whenRefused = () => gateway.renew({ trello: trello(NEW) });
    expect(await codeOf(gateway.reads(pass).trello.workspaces())).toBe("ok");
    expect(statuses()).toEqual([401, 200]);
    expect(refusals).toBe(1);
  });

  test("is made no third time if the new credentials are refused too", async () => {
    revoke();
    whenRefused = () => gateway.renew({ trello: trello(`wrong-${refusals}-token`) });
    expect(await codeOf(gateway.reads(pass).trello.workspaces())).toBe("UNAUTHENTICATED");
    expect(statuses()).toEqual([401, 401]);
  });

  test("is not made again without new credentials, and not if only others are new", async () => {
    revoke();
    expect(await codeOf(gateway.reads(pass).trello.workspaces())).toBe("UNAUTHENTICATED");
    const scim = { baseUrl: sandbox.atlassianUrl, directoryId: SEED.atlassian.idDirectory, token: "another" };
    whenRefused = () => gateway.renew({ scim });
    expect(await codeOf(gateway.reads(pass).trello.workspaces())).toBe("UNAUTHENTICATED");
    expect(statuses()).toEqual([401, 401]);
  });

  test("because of a missing right makes no one look for new credentials", async () => {
    const { boards } = sandbox.world.trello;
    gateway.renew({ trello: trello(SEED.tokens.readOnly) });
    const [board] = boards.values();
    const { trello: writes } = gateway.writes(pass);
    expect(await codeOf(writes.removeBoardMember(board?.id ?? "", SEED.leaver.id))).toBe(
      "UPSTREAM_FORBIDDEN",
    );
    expect(refusals).toBe(0);
  });

  test.each(["scim", "organization"] as const)("of %s is made again too", async (upstream) => {
    faults.push({ operation: "*", attempt: 1, kind: "empty", status: 401 });
    const scim = {
      baseUrl: sandbox.atlassianUrl,
      directoryId: SEED.atlassian.idDirectory,
      token: SEED.atlassian.scimToken,
    };
    const { env } = sandbox;
    const organization = {
      baseUrl: sandbox.atlassianUrl,
      orgId: env["ATLASSIAN_ORG_ID"] ?? "",
      apiKey: env["ATLASSIAN_ORG_API_KEY"] ?? "",
    };
    whenRefused = () => gateway.renew(upstream === "scim" ? { scim } : { organization });
    const reads = gateway.reads(pass);
    const asked =
      upstream === "scim"
        ? reads.scim?.users({ count: 1 })
        : reads.organization?.accountByEmail("a@b.example");
    expect(await codeOf(asked ?? Promise.reject(new Error("not connected")))).toBe("ok");
    expect(statuses()).toEqual([401, 200]);
  });
});

test("a write that is refused is never sent again here: the run reads the state first", async () => {
  revoke();
  whenRefused = () => gateway.renew({ trello: trello(NEW) });
  const [board] = sandbox.world.trello.boards.values();
  const failed = await gateway
    .writes(pass)
    .trello.removeBoardMember(board?.id ?? "", SEED.leaver.id)
    .then(() => null, toAppError);
  expect(failed).toMatchObject({ code: "UNAUTHENTICATED", applied: "no", details: { isReplaced: true } });
  expect(statuses()).toEqual([401]);
});

test("a new token has budgets of its own and shares that of the key; the owner stays known", async () => {
  await gateway.reads(pass).trello.me();
  const left = async () => new Map((await gateway.budgets()).map(({ id, remaining }) => [id, remaining]));
  const before = await left();
  gateway.renew({ trello: trello(NEW) });
  const after = await left();
  const ids = (all: ReadonlyMap<string, number>, kind: string) =>
    [...all.keys()].filter((id) => id.startsWith(kind));
  expect(ids(after, "trello-key")).toEqual(ids(before, "trello-key"));
  expect(ids(after, "trello-token")).not.toEqual(ids(before, "trello-token"));
  expect(after.get(ids(after, "trello-key")[0] ?? "")).toBe(before.get(ids(before, "trello-key")[0] ?? ""));
  expect(before.get(ids(before, "trello-token")[0] ?? "")).toBe(99);
  expect(after.get(ids(after, "trello-token")[0] ?? "")).toBe(100);
  expect(await gateway.owner()).toBe(SEED.admin.id);
});

test("a request that waits for its turn when the token is replaced is counted and sent by the new one", async () => {
  const waiting = Promise.all(Array.from({ length: 5 }, () => gateway.reads(pass).trello.workspaces()));
  revoke();
  gateway.renew({ trello: trello(NEW) });
  await waiting;
  expect(statuses()).toEqual([200, 200, 200, 200, 200]);
  const budgets = await gateway.budgets();
  expect(budgets.find(({ id }) => id.startsWith("trello-token"))?.remaining).toBe(95);
  expect(refusals).toBe(0);
});
