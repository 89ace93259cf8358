/** The sign-in of OAuth 2.0 in the store: whose turn it is to renew, and what is readable there. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { BACKENDS, newStore, opened } from "./backends.ts";
import { NOON } from "./fixtures.ts";

const at = (ms: number) => new Date(Date.parse(NOON) + ms).toISOString();
const KEY = "a-key-of-this-test-with-more-than-32-characters";
const LEASE = 20_000;
const tokens = (n: number) => ({
  accessToken: `access-token-number-${n}`,
  refreshToken: `refresh-token-number-${n}`,
  expiresInMs: 3_600_000,
  scopes: ["read:board:trello", "read:member:trello"],
});
const by = (holder: string, generation = 0, id = "g1") => ({ id, generation, holder });

describe.each(BACKENDS)("grants in a $name", (backend) => {
  async function signedIn() {
    const store = await newStore(backend);
    const grants = store.grants("client", KEY);
    expect(await grants.signIn({ id: "g1", idMember: "m1", by: "ada" }, tokens(0), NOON)).toBeNull();
    const timeIs = async (ms: number) => {
      await backend.timeIs(at(ms));
      return at(ms);
    };
    return { store, grants, timeIs };
  }
  const SEND = { kind: "send", refreshToken: "refresh-token-number-0" };

  test("a sign-in is read as it was stored, with its age", async () => {
    const { grants, timeIs } = await signedIn();
    expect(await grants.get(await timeIs(60_000))).toEqual({
      id: "g1",
      idMember: "m1",
      scopes: tokens(0).scopes,
      signedInAt: NOON,
      generation: 0,
      accessToken: "access-token-number-0",
      accessAgeMs: 60_000,
      accessLeftMs: 3_540_000,
      ended: null,
    });
  });

  test("each client has its own, and a new sign-in replaces the old one", async () => {
    const { store, grants } = await signedIn();
    expect(await store.grants("another", KEY).get(NOON)).toBeNull();
    await grants.startRenewal(by("a"), LEASE, NOON);
    expect(await grants.signIn({ id: "g2", idMember: "m2", by: "ada" }, tokens(9), NOON)).toBe("m1");
    // A late answer to the old sign-in changes nothing.
    await grants.finishRenewal(by("a"), tokens(1), NOON);
    await grants.abandonRenewal(by("a"), "refused");
    expect(await grants.get(NOON)).toMatchObject({
      id: "g2",
      accessToken: "access-token-number-9",
      ended: null,
    });
  });

  test("one process renews; the others wait, and then see what it stored", async () => {
    const { grants, timeIs } = await signedIn();
    expect(await grants.startRenewal(by("a"), LEASE, NOON)).toEqual(SEND);
    expect(await grants.startRenewal(by("b"), LEASE, await timeIs(LEASE - 1))).toEqual({ kind: "wait" });
    await grants.finishRenewal(by("a"), tokens(1), at(LEASE - 1));
    expect(await grants.startRenewal(by("b"), LEASE, at(LEASE - 1))).toEqual({ kind: "changed" });
    expect(await grants.get(at(LEASE - 1))).toMatchObject({
      generation: 1,
      accessToken: "access-token-number-1",
    });
  });

  test("a token is given out twice: at once to the same process, or to another one later, and never again", async () => {
    const { grants, timeIs } = await signedIn();
    expect(await grants.startRenewal(by("a"), LEASE, NOON)).toEqual(SEND);
    expect(await grants.startRenewal(by("b"), LEASE, await timeIs(LEASE))).toEqual(SEND);
    expect(await grants.startRenewal(by("a"), LEASE, at(LEASE))).toEqual({ kind: "wait" });
    expect(await grants.startRenewal(by("b"), LEASE, at(LEASE))).toEqual({ kind: "changed" });
    expect(await grants.get(at(LEASE))).toMatchObject({
      ended: "lost",
      accessToken: "access-token-number-0",
    });
    // The first answer comes after all.
    await grants.finishRenewal(by("a"), tokens(1), at(LEASE));
    expect(await grants.get(at(LEASE))).toMatchObject({ ended: null, generation: 1 });
  });

  test("of two answers the first is kept", async () => {
    const { grants, timeIs } = await signedIn();
    await grants.startRenewal(by("a"), LEASE, NOON);
    const later = await timeIs(LEASE);
    await grants.startRenewal(by("b"), LEASE, later);
    await grants.finishRenewal(by("b"), tokens(2), later);
    await grants.finishRenewal(by("a"), tokens(1), later);
    await grants.abandonRenewal(by("a"), "refused");
    expect(await grants.get(later)).toMatchObject({
      ended: null,
      generation: 1,
      accessToken: "access-token-number-2",
    });
  });

  test("a try that used nothing does not count", async () => {
    const { grants } = await signedIn();
    for (let n = 0; n < 5; n += 1) {
      expect(await grants.startRenewal(by("a"), LEASE, NOON)).toEqual(SEND);
      await grants.abandonRenewal(by("a"), "unused");
    }
    expect(await grants.startRenewal(by("b"), LEASE, NOON)).toEqual(SEND);
  });

  test("a refusal ends the sign-in, unless another process has the turn", async () => {
    const { grants, timeIs } = await signedIn();
    await grants.startRenewal(by("a"), LEASE, NOON);
    const later = await timeIs(LEASE);
    await grants.startRenewal(by("b"), LEASE, later);
    await grants.abandonRenewal(by("a"), "refused");
    expect(await grants.get(later)).toMatchObject({ ended: null });
    await grants.abandonRenewal(by("b"), "refused");
    expect(await grants.get(later)).toMatchObject({ ended: "refused" });
    expect(await grants.startRenewal(by("c"), LEASE, later)).toEqual({ kind: "changed" });
  });

  test("an answer without a refresh token or scopes keeps those before", async () => {
    const { grants } = await signedIn();
    await grants.startRenewal(by("a"), LEASE, NOON);
    await grants.finishRenewal(by("a"), { ...tokens(1), refreshToken: null, scopes: null }, NOON);
    expect(await grants.get(NOON)).toMatchObject({ scopes: tokens(0).scopes });
    expect(await grants.startRenewal(by("a", 1), LEASE, NOON)).toEqual(SEND);
  });

  test("each sign-in is a record of the audit log, chained like the others and without a token", async () => {
    const { store, grants } = await signedIn();
    await grants.signIn({ id: "g2", idMember: "m2", by: "grace" }, tokens(9), NOON);
    const records = await store.audit.read({ limit: 10 });
    const facts = { way: "OAuth 2.0", scopes: tokens(0).scopes };
    expect(records).toMatchObject([
      { event: "sign_in", principal: "m1", subject: "g1", facts: { ...facts, by: "ada", replaced: null } },
      { event: "sign_in", principal: "m2", subject: "g2", facts: { ...facts, by: "grace", replaced: "m1" } },
    ]);
    expect(JSON.stringify(records)).not.toMatch(/(access|refresh)-token-number/);
    expect(await store.audit.verify()).toMatchObject({ records: 2, broken: null, changed: [] });
  });

  test("forgetting answers the refresh token once, to revoke it", async () => {
    const { grants } = await signedIn();
    expect(await grants.forget()).toEqual({
      id: "g1",
      idMember: "m1",
      refreshToken: "refresh-token-number-0",
    });
    expect(await grants.forget()).toBeNull();
    expect(await grants.get(NOON)).toBeNull();
  });

  test("another key opens nothing, and can forget", async () => {
    const { store } = await signedIn();
    const other = store.grants("client", `${KEY}x`);
    const error = await failure(other.get(NOON));
    expect(error).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("another key") as unknown,
    });
    expect(error.next).toContain("IDENTITY_STORE_KEY");
    expect(await other.forget()).toEqual({ id: "g1", idMember: "m1", refreshToken: null });
    expect(await other.get(NOON)).toBeNull();
  });
});

test.runIf(BACKENDS.some(({ name }) => name.startsWith("SQLite")))(
  "the store's file shows no token, and a row that was moved cannot be opened",
  async () => {
    const [backend] = BACKENDS;
    const url = (await backend?.newUrl()) ?? "";
    const store = await opened(url);
    const grants = store.grants("client", KEY);
    await grants.signIn({ id: "g1", idMember: "m1", by: "ada" }, tokens(0), NOON);
    await grants.startRenewal(by("a"), LEASE, NOON);
    await grants.finishRenewal(by("a"), tokens(1), NOON);
    const path = url.slice("sqlite:".length);
    for (const file of [path, `${path}-wal`]) {
      const bytes = await readFile(file, "latin1").catch(() => "");
      expect(bytes).not.toMatch(/(access|refresh)-token-number/);
    }
    const { default: Database } = await import("libsql");
    const raw = new Database(path);
    raw.prepare("UPDATE trello_grants SET client = 'another'").run();
    raw.close();
    expect(await failure(store.grants("another", KEY).get(NOON))).toMatchObject({ code: "CONFIG_INVALID" });
  },
);
