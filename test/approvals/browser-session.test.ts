import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { type BrowserSessions, createBrowserSessions } from "../../src/approvals/browser-session.ts";
import type { PageSession } from "../../src/domain/sign-in.ts";
import { send } from "./desk-harness.ts";

const proven = { person: { id: "https://id.example#eva", name: "Eva", email: null }, mayApprove: false };
const kept = { state: "s", nonce: "n", verifier: "v", to: "/" };

/** A service at that address, whose requests begin, find and end sessions. */
async function start(pagesUrl: string) {
  const stored = new Map<string, PageSession>();
  let keys = ["k1"];
  let later = 0;
  const sessions: BrowserSessions = createBrowserSessions({
    sessions: {
      put: async (id, session) => void stored.set(id, session),
      get: async (id, now) => {
        const found = stored.get(id);
        return found && found.expiresAt > now ? found : null;
      },
      remove: async (id) => void stored.delete(id),
    },
    keys: async () => keys,
    pagesUrl: new URL(pagesUrl),
    now: () => Date.now() + later,
  });
  const app = express();
  const answer = (path: string, work: (...of: Parameters<express.Handler>) => Promise<unknown>) =>
    app.get(path, (request, response, next) =>
      work(request, response, next).then((value) => void response.json(value ?? null)),
    );
  answer("/begin", (request, response) => sessions.begin(request, response, proven));
  answer("/find", (request) => sessions.find(request));
  answer("/end", (request, response) => sessions.end(request, response));
  answer("/keep", (_request, response) => sessions.keep(response, kept));
  answer("/take", (request, response) => sessions.take(request, response));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (path: string, cookie = "") => {
    const { headers, text } = await send(origin + path, { headers: { cookie } });
    const [set = ""] = [headers["set-cookie"] ?? []].flat();
    return { set, cookie: set.split(";")[0] ?? "", value: JSON.parse(text) as unknown };
  };
  return {
    get,
    stored,
    rotate: (...next: string[]) => {
      keys = next;
    },
    pass: (ms: number) => {
      later += ms;
    },
  };
}

test.each([
  [
    "https://identity.example/tools/approvals",
    /^__Host-identity_approver=[\w-]{43}; Max-Age=1800; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
  ],
  [
    "http://localhost:8723/approvals",
    /^identity_approver=[\w-]{43}; Max-Age=1800; Path=\/approvals; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  ],
])("the session's cookie at %s", async (pagesUrl, cookie) => {
  const { get } = await start(pagesUrl);
  expect((await get("/begin")).set).toMatch(cookie);
});

test("a session is found by its secret alone, is replaced at the next sign-in, and ends by itself", async () => {
  const { get, stored, pass } = await start("https://identity.example/approvals");
  const first = await get("/begin");
  expect((await get("/find", first.cookie)).value).toMatchObject(proven);
  expect([...stored.keys()].join("")).not.toContain(first.cookie.split("=")[1]);
  for (const cookie of ["", "__Host-identity_approver=", "__Host-identity_approver=x", first.cookie.slice(2)])
    expect((await get("/find", cookie)).value).toBeNull();
  const second = await get("/begin", first.cookie);
  expect((await get("/find", first.cookie)).value).toBeNull();
  pass(30 * 60_000);
  expect((await get("/find", second.cookie)).value).toBeNull();
  expect(stored.size).toBe(1);
  await get("/end", second.cookie);
  expect(stored.size).toBe(0);
});

test("what belongs to a sign-in is good with a key of the store, for ten minutes, unchanged", async () => {
  const { get, rotate, pass } = await start("https://identity.example/approvals");
  const { cookie } = await get("/keep");
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  const [text = "", signature = ""] = value.split(".");
  rotate("k2", "k1");
  expect((await get("/take", cookie)).value).toMatchObject(kept);
  const forged = Buffer.from(
    JSON.stringify({ ...kept, to: "/plans/x", until: Number.MAX_SAFE_INTEGER }),
  ).toString("base64url");
  for (const other of [
    "",
    ".",
    text,
    `${text}.`,
    `.${signature}`,
    `${forged}.${signature}`,
    `${text}.${signature}x`,
    "%00.x",
  ])
    expect((await get("/take", `${name}=${other}`)).value).toBeNull();
  rotate("k3", "k2");
  expect((await get("/take", cookie)).value).toBeNull();
  rotate("k1");
  pass(10 * 60_000);
  expect((await get("/take", cookie)).value).toBeNull();
});
