import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import { expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { createClock, open, trello } from "./support.ts";

const CALLBACK = "http://127.0.0.1:9/callback/a";

interface Pair {
  readonly key: string;
  readonly secret: string;
}

/** A step signed by an independent client, at the sandbox's time. */
async function step(
  sandbox: Sandbox,
  name: "OAuthGetRequestToken" | "OAuthGetAccessToken",
  more: Record<string, string>,
  token?: Pair,
  consumer: Pair = SEED.app,
) {
  const client = new OAuth({
    consumer,
    signature_method: "HMAC-SHA1",
    hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
  });
  client.getTimeStamp = () => Math.floor(sandbox.world.now() / 1_000);
  const url = `${sandbox.trelloUrl}/${name}`;
  const authorization = client.toHeader(
    client.authorize({ url, method: "POST", data: more }, token),
  ).Authorization;
  const send = async (header = authorization) => {
    const response = await fetch(url, { method: "POST", headers: { authorization: header } });
    return { status: response.status, text: await response.text() };
  };
  return { authorization, send };
}

function pair(reply: { readonly status: number; readonly text: string }): Pair {
  expect(reply.status).toBe(200);
  const given = new URLSearchParams(reply.text);
  return { key: given.get("oauth_token") ?? "", secret: given.get("oauth_token_secret") ?? "" };
}

async function requestToken(sandbox: Sandbox, callback = CALLBACK): Promise<Pair> {
  return pair(await (await step(sandbox, "OAuthGetRequestToken", { oauth_callback: callback })).send());
}

async function exchange(sandbox: Sandbox, token: Pair, verifier: string) {
  return (await step(sandbox, "OAuthGetAccessToken", { oauth_verifier: verifier }, token)).send();
}

const address = (sandbox: Sandbox, { key }: Pair, wish: string) =>
  `${sandbox.trelloUrl}/OAuthAuthorizeToken?oauth_token=${key}&name=Identity&${wish}`;

/** The person presses a button of the page; answers where they are sent back to. */
async function press(sandbox: Sandbox, token: Pair, decision: string, wish = "scope=read&expiration=1day") {
  const body = new URLSearchParams({ decision });
  const response = await fetch(address(sandbox, token, wish), { method: "POST", body, redirect: "manual" });
  return new URL(response.headers.get("location") ?? `none:${await response.text()}`);
}

test("the flow makes a token with the scopes and the expiry that the person allowed", async () => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const request = await requestToken(sandbox);
  const location = await press(sandbox, request, "allow", "scope=read,account&expiration=1hour");
  expect(location.href.startsWith(CALLBACK)).toBe(true);
  expect(location.searchParams.get("oauth_token")).toBe(request.key);
  const access = pair(await exchange(sandbox, request, location.searchParams.get("oauth_verifier") ?? ""));

  const call = trello(sandbox, access.key);
  expect((await call("GET", "/members/me")).json).toHaveProperty("email", SEED.admin.email);
  expect((await call("GET", `/tokens/${access.key}`)).json).toMatchObject({
    identifier: "Identity",
    dateExpires: new Date(clock() + 3_600_000).toISOString(),
  });
  const board = `/boards/${SEED.boards.guests.id}/members/${SEED.leaver.id}?type=normal`;
  expect((await call("PUT", board)).status).toBe(401);
  clock.advance(3_600_001);
  expect((await call("GET", "/members/me")).text).toBe("expired token");
});

test("the page says who asks for what, as text", async () => {
  const sandbox = await open();
  const request = await requestToken(sandbox);
  const url = address(sandbox, request, "scope=read,write&expiration=never").replace("Identity", "%3Cb%3EX");
  const response = await fetch(url);
  const html = await response.text();
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(html).toContain("<li>read</li><li>write</li>");
  expect(html).toContain("Expires: never");
  expect(html).toContain(SEED.admin.fullName);
  expect(html).not.toContain("<b>X");
});

test("a refusal goes back without a verifier and ends the request token", async () => {
  const sandbox = await open();
  const request = await requestToken(sandbox);
  const location = await press(sandbox, request, "deny");
  expect(location.searchParams.get("oauth_verifier")).toBeNull();
  expect(await exchange(sandbox, request, "")).toEqual({ status: 401, text: "invalid token" });
});

test("without a callback the person is shown the verifier", async () => {
  const sandbox = await open();
  const request = await requestToken(sandbox, "oob");
  const response = await fetch(address(sandbox, request, ""), {
    method: "POST",
    body: new URLSearchParams({ decision: "allow" }),
  });
  const verifier = /<pre>(\w+)<\/pre>/.exec(await response.text())?.[1] ?? "";
  expect((await exchange(sandbox, request, verifier)).status).toBe(200);
});

test("a callback outside the app's allowed origins is refused, as are unknown scopes and expirations", async () => {
  const sandbox = await open();
  const elsewhere = await requestToken(sandbox, "https://evil.example.com/x");
  expect((await press(sandbox, elsewhere, "allow")).href).toMatch(/^none:Invalid return_url/);
  const request = await requestToken(sandbox);
  expect((await press(sandbox, request, "allow", "scope=read,root")).href).toMatch(/value for scope$/);
  expect((await press(sandbox, request, "allow", "expiration=1year")).href).toMatch(/value for expiration$/);
});

test("the exchange wants the verifier, once, in time, and only after somebody allowed it", async () => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const request = await requestToken(sandbox);
  expect(await exchange(sandbox, request, "x")).toEqual({ status: 401, text: "token is not authorized" });
  const verifier = (await press(sandbox, request, "allow")).searchParams.get("oauth_verifier") ?? "";
  expect(await exchange(sandbox, request, "guess")).toEqual({ status: 401, text: "invalid verifier" });
  const wrong = { ...request, secret: "guess" };
  expect(await exchange(sandbox, wrong, verifier)).toEqual({ status: 401, text: "invalid signature" });
  expect((await exchange(sandbox, request, verifier)).status).toBe(200);
  expect(await exchange(sandbox, request, verifier)).toEqual({ status: 401, text: "invalid token" });

  const late = await requestToken(sandbox);
  const lateVerifier = (await press(sandbox, late, "allow")).searchParams.get("oauth_verifier") ?? "";
  clock.advance(15 * 60_000);
  expect(await exchange(sandbox, late, lateVerifier)).toEqual({ status: 401, text: "expired token" });
});

test("a request for a token that was altered, replayed, stale or signed by a stranger is refused", async () => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const more = { oauth_callback: CALLBACK };
  const { send, authorization } = await step(sandbox, "OAuthGetRequestToken", more);
  const altered = authorization.replace("127.0.0.1", "127.0.0.2");
  expect(altered).not.toBe(authorization);
  expect(await send(altered)).toEqual({ status: 401, text: "invalid signature" });
  expect((await send()).status).toBe(200);
  expect(await send()).toEqual({ status: 401, text: "nonce already used" });
  const stale = await step(sandbox, "OAuthGetRequestToken", more);
  clock.advance(301_000);
  expect(await stale.send()).toEqual({ status: 401, text: "invalid timestamp" });
  const stranger = await step(sandbox, "OAuthGetRequestToken", more, undefined, {
    key: "other",
    secret: SEED.app.secret,
  });
  expect(await stranger.send()).toEqual({ status: 401, text: "invalid key" });
  const guess = await step(sandbox, "OAuthGetRequestToken", more, undefined, {
    key: SEED.app.key,
    secret: "guess",
  });
  expect(await guess.send()).toEqual({ status: 401, text: "invalid signature" });
  expect(sandbox.world.trello.requestTokens.size).toBe(1);
});
