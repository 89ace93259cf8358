import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { opened } from "../../store/backends.ts";
import { ALL_SCOPES, CLIENT, signInTo, STORE_KEY } from "../../support/oauth2.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { memberIn, workspaceIn } from "../world.ts";

const DAY_MS = 86_400_000;

describeTool("check_connection", (way) => {
  it("tells whose token it is, its scopes and expiry, the budgets left and what answers", async () => {
    // Half a day from either neighbour, however long it takes until somebody looks.
    const dateExpires = new Date(way.world.now() + 89.5 * DAY_MS).toISOString();
    Object.assign(way.world.trello.tokens.get(SEED.tokens.full) ?? {}, { dateExpires });
    const { structured, text } = await way.call("check_connection");
    expect(structured).toMatchObject({
      member: { id: SEED.admin.id, username: SEED.admin.username, name: SEED.admin.fullName },
      token: { scopes: ["read", "write", "account"], expires: dateExpires, daysLeft: 89 },
      upstreams: ["Trello", "SCIM", "organization", "enterprise"].map((name) => ({ name, state: "answers" })),
    });
    expect(structured["budgets"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ limit: 100, windowMs: 10_000 }),
        expect.objectContaining({ limit: 300, windowMs: 10_000 }),
        expect.objectContaining({ limit: 100, windowMs: 900_000 }),
      ]),
    );
    expect(text).toContain("an expiry cannot be changed: make a new token with the `login` command");
  });

  it("shows the plan tier of each workspace, in at most four requests to Trello and a short answer", async () => {
    // A process of its own: the token's owner is asked for once in the life of one.
    const fresh = await way.other({ IDENTITY_READ_ONLY: "true" });
    const { structured, text } = await fresh.call("check_connection");
    expect(structured["workspaces"]).toEqual(
      Object.values(SEED.workspaces).map(({ displayName, tier }) => ({ name: displayName, tier })),
    );
    expect(text).toContain("Northwind Operations (standard)");
    expect(
      way.product.sandbox.requests.filter(({ upstream }) => upstream === "trello").length,
    ).toBeLessThanOrEqual(4);
    expect(text.length).toBeLessThan(1_000);
  });

  it("tells a sign-in by OAuth 2.0, its scopes, and that it renews itself", async () => {
    const { sandbox, env } = way.product;
    const store = await opened(env["IDENTITY_STORE_URL"] ?? "");
    const grants = store.grants(`${sandbox.atlassianUrl} ${CLIENT.id}`, STORE_KEY);
    await signInTo(sandbox, grants, { now: Date.now }, { scopes: ALL_SCOPES.slice(0, 3) });
    const server = await way.other({
      TRELLO_API_KEY: "",
      TRELLO_API_TOKEN: "",
      TRELLO_API_SECRET: "",
      TRELLO_OAUTH2_CLIENT_ID: CLIENT.id,
      TRELLO_OAUTH2_CLIENT_SECRET: CLIENT.secret,
      IDENTITY_STORE_KEY: STORE_KEY,
    });
    const { structured, text } = await server.call("check_connection");
    expect(structured).toMatchObject({
      member: { id: SEED.admin.id },
      token: { scopes: ["read:member", "read:organization", "read:board"], expires: null, renews: true },
    });
    expect(text).toContain("signed in by OAuth 2.0, renewed automatically");
    // A write that the scopes do not allow is refused before a person is asked.
    const args = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
    const refused = errorOf(await server.call("remove_from_workspace", args));
    expect(refused).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
    expect(JSON.stringify(refused)).toContain("write:");
  });

  it("shows twenty of many workspaces and counts the rest", async () => {
    const model = workspaceIn(way.world, SEED.workspaces.free.id);
    const before = way.world.trello.workspaces.size;
    for (let n = 0; n < 30; n += 1) {
      const id = (0xabc0 + n).toString(16).padStart(24, "0");
      way.world.trello.workspaces.set(id, { ...model, id, name: `spare${n}`, displayName: `Spare ${n}` });
    }
    const { structured, text } = await way.call("check_connection");
    expect(structured["workspaces"]).toHaveLength(20);
    expect(structured["moreWorkspaces"]).toBe(before + 10);
    expect(text).toContain(`and ${before + 10} more`);
  });

  it("says which upstream fails, and why, without failing itself", async () => {
    way.world.atlassian.directory.tokens.clear();
    way.world.atlassian.orgApiKeys.clear();
    const { structured, isError } = await way.call("check_connection");
    expect(isError).toBe(false);
    expect(structured["upstreams"]).toEqual([
      { name: "Trello", state: "answers" },
      { name: "SCIM", state: expect.stringMatching(/^UNAUTHENTICATED: /) },
      { name: "organization", state: expect.stringMatching(/^UNAUTHENTICATED: /) },
      { name: "enterprise", state: "answers" },
    ]);
  });

  it("shows no credential, not even as the name of a budget", async () => {
    const { structured, text } = await way.call("check_connection");
    const said = JSON.stringify(structured) + text;
    for (const secret of [SEED.app.key, SEED.app.secret, SEED.tokens.full])
      expect(said).not.toContain(secret);
  });

  it("takes no arguments", async () => {
    expect(errorOf(await way.call("check_connection", { verbose: true }))).toMatchObject({
      code: "INPUT_INVALID",
      details: { fields: ["verbose"] },
    });
  });

  it("cleans the owner's own name", async () => {
    memberIn(way.world, SEED.admin.id).fullName = "\u202EPriya\u0000 Raman";
    const { text } = await way.call("check_connection");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
