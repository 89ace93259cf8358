/** One offboarding through two SCIM servers that are not ours: found, planned, applied, read again, given back. */
import { expect, onTestFinished, test, vi } from "vitest";
import type { ApplicationConnection, ApplicationForm, Deactivation } from "../../src/domain/application.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { failure } from "../support/failure.ts";
import { confirmAndApply, hastyClock, type Stack, startStack } from "../support/stack.ts";
import { startBetterAuthServer } from "./better-auth-server.ts";
import { startScimServer } from "./scim-server.ts";

const { email, fullName, id: member } = SEED.leaver;
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

interface Way {
  readonly form?: Partial<ApplicationForm>;
  readonly deactivate?: Deactivation;
}

interface Server {
  readonly name: string;
  readonly baseUrl: string;
  readonly token: string;
}

const asked = async ({ baseUrl, token }: Server, path: string, body?: object) => {
  const response = await fetch(`${baseUrl}${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as { readonly [key: string]: unknown } };
};

/** Both servers, each with the leaver and 120 others, and a stack that is connected to them. */
async function open({ form, deactivate = "patch" }: Way) {
  const scimmy = await startScimServer();
  const betterAuth = await startBetterAuthServer();
  const servers: readonly Server[] = [
    {
      name: "scimmy",
      baseUrl: `${scimmy.env["ATLASSIAN_API_BASE_URL"]}/scim/directory/${scimmy.env["ATLASSIAN_SCIM_DIRECTORY_ID"]}`,
      token: scimmy.env["ATLASSIAN_SCIM_TOKEN"] ?? "",
    },
    { name: "better-auth", ...betterAuth },
  ];
  for (const server of servers) {
    // More than a page of others comes first where that is cheap to make.
    const others = server.name === "scimmy" ? 120 : 3;
    const people = Array.from({ length: others }, (_, n) => `other${n}@example.com`);
    for (const address of [...people, email]) {
      const { status } = await asked(server, "/Users", {
        schemas: [USER],
        userName: address,
        displayName: address === email ? fullName : address,
        name: { givenName: "Some", familyName: "One" },
        emails: [{ value: address, type: "work", primary: true }],
        title: "Engineer",
        active: true,
      });
      expect(status).toBe(201);
    }
  }
  const applications = servers.map(
    ({ name, baseUrl, token }): ApplicationConnection => ({
      name,
      baseUrl,
      token: { reveal: () => token },
      write: true,
      deactivate,
      undo: deactivate !== "delete",
      form: { filter: "userName", paging: "index", patch: "path", activeAsText: false, ...form },
    }),
  );
  const stack = await startStack({
    sandbox: { rateLimits: false },
    clock: hastyClock,
    random: () => 0,
    applications,
  });
  onTestFinished(() => stack.close());
  vi.spyOn(stack.store.ledger, "take").mockResolvedValue(0);
  /** What each server itself says about the leaver. */
  const leavers = () =>
    Promise.all(
      servers.map(async (server) => {
        const { body } = await asked(server, `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`);
        const [user] = (body["Resources"] ?? []) as readonly { active: boolean; title: string }[];
        return user ? `${user.active ? "active" : "not active"}, ${user.title}` : "not there";
      }),
    );
  return { stack, leavers, betterAuth };
}

async function offboard(stack: Stack) {
  const plan = await stack.engine.propose("offboard_member", { member, everywhere: true }, stack.caller);
  await stack.engine.storePlan(plan);
  await stack.engine.decide(plan.id, {
    accepted: true,
    level: "approval",
    by: "a person",
    ...(plan.typedName !== null && { typed: plan.typedName }),
  });
  return plan;
}

const BOTH = ["active, Engineer", "active, Engineer"];
const NEITHER = ["not active, Engineer", "not active, Engineer"];

test.each<[string, Way]>([
  ["PATCH with a path, found by userName", {}],
  ["PATCH without a path, found by emails.value", { form: { patch: "no_path", filter: "emails.value" } }],
  ["PUT, found among all users", { deactivate: "put", form: { filter: null } }],
])("%s", async (_what, way) => {
  const { stack, leavers } = await open(way);
  expect(await leavers()).toEqual(BOTH);
  const plan = await offboard(stack);
  expect(plan.effects.flatMap(({ target }) => target["application"] ?? [])).toEqual([
    "scimmy",
    "better-auth",
  ]);
  const run = await stack.engine.apply(plan.id, stack.caller);
  expect(run.evidence).toMatchObject({ result: "PASS", unfinished: [] });
  expect(await leavers()).toEqual(NEITHER);
  const back = await confirmAndApply(stack, "restore_member", { runId: run.id });
  expect(
    back.effects.flatMap(({ effect, state }) => (effect.target["application"] === undefined ? [] : [state])),
  ).toEqual(["applied", "applied"]);
  expect(await leavers()).toEqual(BOTH);
});

test("DELETE leaves no user, and is not undone", async () => {
  const { stack, leavers } = await open({ deactivate: "delete" });
  const plan = await offboard(stack);
  expect(plan.typedName).toBe(email);
  const run = await stack.engine.apply(plan.id, stack.caller);
  expect(run.evidence).toMatchObject({ result: "PASS" });
  expect(await leavers()).toEqual(["not there", "not there"]);
  const back = await stack.engine.propose("restore_member", { runId: run.id }, stack.caller);
  expect(back.warnings.filter((line) => /^Cannot be undone: Delete .* for good$/.test(line))).toHaveLength(2);
});

test("one of them is down: the rest is done, and the run ends by itself when it is back", async () => {
  const { stack, leavers, betterAuth } = await open({});
  const plan = await offboard(stack);
  betterAuth.isDown = true;
  const error = await failure(stack.engine.apply(plan.id, stack.caller));
  expect(error.message).toContain("The application better-auth");
  betterAuth.isDown = false;
  expect(await leavers()).toEqual([NEITHER[0], BOTH[1]]);
  const [run] = await stack.another().recover();
  expect(run).toMatchObject({ id: error.details["runId"], evidence: { result: "PASS" } });
  expect(await leavers()).toEqual(NEITHER);
});
