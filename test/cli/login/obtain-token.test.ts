import { once } from "node:events";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type LoginDeps, obtainToken, openCallback } from "../../../src/cli/login/obtain-token.ts";
import type { AppError } from "../../../src/domain/error.ts";

async function opened(port = 0) {
  const callback = await openCallback(port, "s3cret");
  onTestFinished(() => callback.close());
  return callback;
}

/** One request with the headers given, since fetch does not let the host be chosen. */
async function send(url: string, options: { method?: string; host?: string } = {}): Promise<number> {
  const asked = request(url, {
    method: options.method ?? "GET",
    headers: options.host === undefined ? {} : { host: options.host },
  });
  asked.end();
  const [response] = (await once(asked, "response")) as [NodeJS.ReadableStream & { statusCode: number }];
  response.resume();
  return response.statusCode;
}

describe("the callback", () => {
  test("is on the loopback address and answers once", async () => {
    const { url, answer } = await opened();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\/s3cret$/);
    expect(await send(`${url}?oauth_token=t&oauth_verifier=v`)).toBe(200);
    expect(await send(`${url}?oauth_token=t&oauth_verifier=other`)).toBe(410);
    expect(await answer).toEqual({ token: "t", verifier: "v" });
  });

  test.each([
    ["another state", (url: string) => [url.replace("s3cret", "guess")]],
    ["no state", (url: string) => [url.replace("/s3cret", "")]],
    ["a browser's other questions", (url: string) => [new URL("/favicon.ico", url).href]],
    ["another method", (url: string) => [url, { method: "POST" }]],
    ["a name that leads here", (url: string) => [url, { host: "evil.example.com" }]],
  ] as const)("%s is no answer", async (_what, asking) => {
    const { url, answer } = await opened();
    const [address, options] = asking(`${url}?oauth_token=x&oauth_verifier=x`) as [string, object?];
    expect(await send(address, options)).toBeGreaterThanOrEqual(403);
    expect(await send(`${url}?oauth_token=t&oauth_verifier=v`)).toBe(200);
    expect(await answer).toEqual({ token: "t", verifier: "v" });
  });

  test("nobody listens once it is closed", async () => {
    const { url, close } = await openCallback(0, "s3cret");
    await close();
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  test("a port that is taken is told", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(openCallback(port, "s3cret")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("EADDRINUSE") as unknown,
    } satisfies Partial<Record<keyof AppError, unknown>>);
  });
});

test("nobody decides: after ten minutes the login ends and nobody listens any more", async () => {
  let callbackUrl = "";
  const slept: number[] = [];
  const deps: LoginDeps = {
    flow: {
      requestToken: (url) => {
        callbackUrl = url;
        return Promise.resolve({ token: "t", secret: "s" });
      },
      authorizeUrl: () => new URL("https://trello.com/1/OAuthAuthorizeToken"),
      accessToken: () => Promise.reject(new Error("nobody allowed it")),
    },
    port: 0,
    state: "s3cret",
    clock: { sleep: (ms) => Promise.resolve(void slept.push(ms)) },
    stop: new AbortController().signal,
    show: () => {},
  };
  await expect(obtainToken(deps, { name: "x", scopes: ["read"], expiry: "1day" })).rejects.toMatchObject({
    code: "CONFIRMATION_EXPIRED",
  });
  expect(slept).toEqual([600_000]);
  await expect(fetch(callbackUrl)).rejects.toThrow("fetch failed");
});
