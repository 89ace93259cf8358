import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { AppError } from "../../../src/domain/error.ts";
import type { Gateway } from "../../../src/gateway/gateway.ts";
import { gatewayTo, hastyClock, type LogLine, realClock } from "../harness.ts";

const KEY = "k3y-that-is-a-secret";
const TOKEN = "ATTA-t0ken/with+odd=characters-that-is-a-secret";
const SCIM_TOKEN = "scim-t0ken-that-is-a-secret";

let server: Server | undefined;
let gateway: Gateway | undefined;
let log: LogLine[] = [];
/** How many requests have arrived. */
const arrived = { count: 0 };
const heard: string[] = [];

afterEach(async () => {
  await gateway?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  arrived.count = 0;
  heard.length = 0;
});

/** A gateway onto a server of our own, for what the sandbox never says. */
async function against(listener: RequestListener, overrides: Parameters<typeof gatewayTo>[1] = {}) {
  server = createServer((request, response) => {
    arrived.count++;
    heard.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    TRELLO_API_BASE_URL: `${base}/1`,
    TRELLO_API_KEY: KEY,
    TRELLO_API_TOKEN: TOKEN,
    ATLASSIAN_API_BASE_URL: base,
    ATLASSIAN_SCIM_TOKEN: SCIM_TOKEN,
  };
  const made = await gatewayTo(env, { clock: hastyClock, ...overrides });
  gateway = made.gateway;
  log = made.log;
  return {
    reads: gateway.reads({ priority: "interactive" }),
    writes: gateway.writes({ priority: "interactive" }),
  };
}

async function failure(promise: Promise<unknown> | undefined): Promise<AppError> {
  try {
    await promise;
  } catch (thrown) {
    return thrown as AppError;
  }
  return expect.unreachable("it should have failed");
}

const everythingOf = (error: AppError) =>
  JSON.stringify([error.message, error.next, error.details, String(error.cause), log]);

describe("replies that break the contract", () => {
  it("name the member that was missing and show nothing of the body", async () => {
    const { reads } = await against((_request, response) => {
      response.end(JSON.stringify([{ id: 7, displayName: "SECRET PLANS", name: "secret" }]));
    });
    const error = await failure(reads.trello.workspaces());
    expect(error.code).toBe("UPSTREAM_CONTRACT");
    expect(error.details).toMatchObject({
      upstream: "trello",
      operation: "GET /members/{id}/organizations",
      members: ["[].id"],
    });
    expect(everythingOf(error)).not.toContain("SECRET PLANS");
    expect(arrived.count).toBe(1);
  });

  it("are told from JSON that is none", async () => {
    const { reads } = await against((_request, response) => response.end("<html>SECRET PLANS</html>"));
    const error = await failure(reads.scim?.users({}));
    expect(error).toMatchObject({ code: "UPSTREAM_CONTRACT", details: { upstream: "scim" } });
    expect(everythingOf(error)).not.toContain("SECRET PLANS");
  });

  it("include a batch that answers for fewer than it was asked", async () => {
    const { reads } = await against((_request, response) => response.end(JSON.stringify([{ 200: {} }])));
    expect((await failure(reads.trello.workspace("x"))).code).toBe("UPSTREAM_CONTRACT");
  });

  it("include a redirect, which is not followed with credentials", async () => {
    const { reads } = await against((_request, response) =>
      response.writeHead(302, { location: "https://elsewhere.example/" }).end(),
    );
    expect(await failure(reads.trello.workspaces())).toMatchObject({
      code: "UPSTREAM_CONTRACT",
      details: { status: 302 },
    });
    expect(arrived.count).toBe(1);
  });

  it("include one that is larger than is read", async () => {
    const { reads } = await against((_request, response) => response.end(JSON.stringify("x".repeat(5_000))), {
      http: { maxBytes: 1_000 },
    });
    expect((await failure(reads.trello.workspaces())).code).toBe("UPSTREAM_CONTRACT");
    expect(arrived.count).toBe(1);
  });
});

/** How a read of that Trello fails. */
async function unreachable(address: string): Promise<AppError> {
  const env = { TRELLO_API_BASE_URL: address, TRELLO_API_KEY: KEY, TRELLO_API_TOKEN: TOKEN };
  gateway = (await gatewayTo(env, { clock: hastyClock })).gateway;
  return failure(gateway.reads({ priority: "interactive" }).trello.workspaces());
}

describe("an upstream that cannot be reached", () => {
  it.each([
    [
      "http://127.0.0.1:9/1",
      /at http:\/\/127\.0\.0\.1:9: the connection was refused \(ECONNREFUSED\)\. Nothing/,
    ],
    [
      "https://no-such-host.invalid/1",
      /at https:\/\/no-such-host\.invalid: the name is not known to DNS \(E\w+\)\./,
    ],
  ])("%s is named with the cause", async (address, sentence) => {
    const error = await unreachable(address);
    expect(error).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retry: "later", applied: "no" });
    expect(error.message).toMatch(sentence);
    expect(error.next).not.toBe("");
  });

  it("that does not speak TLS is named, and no secret is", async () => {
    await against((_request, response) => response.end());
    await gateway?.close();
    const address = server?.address() as AddressInfo | undefined;
    const error = await unreachable(`https://127.0.0.1:${address?.port}/1`);
    expect(error.message).toMatch(
      /: the server at that address does not use TLS \(\w+\)\. Nothing was sent\.$/,
    );
    expect(everythingOf(error)).not.toContain(TOKEN);
  });
});

describe("reads that fail", () => {
  it("are tried four times, then UPSTREAM_UNAVAILABLE", async () => {
    const { reads } = await against((_request, response) => response.writeHead(502).end("bad gateway"));
    expect(await failure(reads.trello.workspaces())).toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
      applied: "no",
      retry: "later",
      details: { status: 502 },
    });
    expect(arrived.count).toBe(4);
  });

  it("succeed where a later attempt does, whatever broke the first", async () => {
    const { reads } = await against((request, response) => {
      if (arrived.count === 1) request.socket.resetAndDestroy();
      else if (arrived.count === 2) {
        response.writeHead(200, { "content-length": "50" });
        response.write("[", () => request.socket.destroySoon());
      } else response.end("[]");
    });
    await expect(reads.trello.workspaces()).resolves.toEqual([]);
    expect(arrived.count).toBe(3);
  });

  it("end at once where the caller gave up, queued or under way", async () => {
    await against(() => undefined);
    const abort = new AbortController();
    const reads = gateway?.reads({ priority: "interactive", signal: abort.signal });
    const all = Array.from({ length: 12 }, (_, index) =>
      failure(reads?.trello.searchMembers(`name ${index}`)),
    );
    while (arrived.count < 8) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    for (const error of await Promise.all(all)) {
      expect(error).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", details: { cancelled: true } });
    }
    expect(arrived.count).toBe(8);
  });

  it("are handed to the caller where the upstream asks for a longer wait than a minute", async () => {
    const { reads } = await against((_request, response) =>
      response.writeHead(429, { "retry-after": "300" }).end("{}"),
    );
    expect(await failure(reads.trello.workspaces())).toMatchObject({
      code: "RATE_LIMITED",
      next: "Try again in 300 seconds.",
    });
    // The budget rests as long, so the next caller is told without a request.
    expect(await failure(reads.trello.board("abcd1234"))).toMatchObject({ code: "RATE_LIMITED" });
    expect(arrived.count).toBe(1);
  });
});

describe("closing", () => {
  it("ends what waits, lets a write under way finish, and sends nothing more", async () => {
    const soon = () => new Promise((resolve) => setImmediate(resolve));
    let answer = () => {};
    const { writes, reads } = await against(
      (request, response) => {
        if (request.method === "GET") response.writeHead(503).end();
        else answer = () => void response.end("{}");
      },
      // A wait that only closing ends.
      { clock: { ...realClock, sleep: (_ms, signal) => realClock.sleep(3_600_000, signal) } },
    );
    const write = writes.trello.removeBoardMember("b", "m");
    const read = failure(reads.trello.workspaces());
    while (arrived.count < 2) await soon();
    const closing = gateway?.close();
    await soon();
    answer();
    await closing;
    await expect(write).resolves.toBeUndefined();
    expect(await read).toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
    expect(await failure(writes.trello.removeBoardMember("b", "m"))).toMatchObject({ applied: "no" });
    expect(arrived.count).toBe(2);
  });
});

describe("secrets", () => {
  it("are in no address, log line or error, even where an upstream repeats them", async () => {
    const { reads, writes } = await against((request, response) => {
      response.writeHead(400).end(`bad: ${request.headers.authorization} ${TOKEN} ${SCIM_TOKEN}`);
    });
    const errors = [
      await failure(reads.trello.workspaces()),
      await failure(reads.trello.workspace("x")),
      await failure(reads.scim?.users({})),
      await failure(writes.trello.removeBoardMember("b", "m")),
      await failure(writes.scim?.patchUser("u", [])),
    ];
    const told = errors.map(everythingOf).join("\n");
    for (const secret of [KEY, TOKEN, SCIM_TOKEN, encodeURIComponent(TOKEN)]) {
      expect(told).not.toContain(secret);
      expect(heard.join("\n")).not.toContain(secret);
    }
    expect(log.length).toBeGreaterThan(0);
  });
});
