import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import type { Fault, FaultKind, FaultSchedule, Sandbox } from "../../src/sandbox/index.ts";
import { boardsWith, open, START, trello } from "./support.ts";

const OPERATION = "DELETE /boards/{id}/members/{idMember}";
const path = `/boards/${SEED.boards.enterprise.id}/members/${SEED.leaver.id}`;

async function withFault(kind: FaultKind, attempt: Fault["attempt"] = 1): Promise<Sandbox> {
  return open({ faults: [{ operation: OPERATION, attempt, kind, ms: 60 }] });
}

test.each(["429", "500", "503"] as const)("a %s answers without the write", async (kind) => {
  const sandbox = await withFault(kind);
  expect((await trello(sandbox)("DELETE", path)).status).toBe(Number(kind));
  expect(boardsWith(sandbox, SEED.leaver.id)).toBe(36);
  expect((await trello(sandbox)("DELETE", path)).status).toBe(200);
});

test("a reset before leaves the board alone, a reset after has changed it", async () => {
  const before = await withFault("reset_before");
  await expect(trello(before)("DELETE", path)).rejects.toThrow("fetch failed");
  expect(boardsWith(before, SEED.leaver.id)).toBe(36);
  expect(before.requests).toMatchObject([{ operation: OPERATION, status: null }]);

  const after = await withFault("reset_after");
  await expect(trello(after)("DELETE", path)).rejects.toThrow("fetch failed");
  expect(boardsWith(after, SEED.leaver.id)).toBe(35);
  expect((await trello(after)("GET", "/members/me")).status).toBe(200);
});

test("a truncated and a wrong body come after the write", async () => {
  const truncated = await withFault("truncated");
  await expect(trello(truncated)("DELETE", path)).rejects.toThrow("terminated");
  expect(boardsWith(truncated, SEED.leaver.id)).toBe(35);
  const wrong = await withFault("wrong_body");
  const answer = await trello(wrong)("DELETE", path);
  expect([answer.status, answer.json]).toEqual([200, { unexpected: expect.any(Array) as unknown }]);
  expect(boardsWith(wrong, SEED.leaver.id)).toBe(35);
});

test("a slow answer comes late", async () => {
  const sandbox = await withFault("slow", "every");
  const start = performance.now();
  expect((await trello(sandbox)("DELETE", path)).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(50);
});

describe("what stands in front of the upstream", () => {
  const read = "/members/me/organizations";
  const faulty = (fault: Partial<Fault> & { readonly kind: FaultKind }) =>
    open({ faults: [{ operation: "*", attempt: 1, ...fault }] });

  test.each([
    ["449", { status: 401 }, 449, { path: "boards", originalMessage: "Unauthorized", originalStatus: 401 }],
    ["403_size", {}, 403, { error: "API_TOO_MANY_CARDS_REQUESTED" }],
    ["409", {}, 409, { error: "CONFLICT", message: "The request conflicts with another one" }],
    [
      "429",
      { error: "API_TOKEN_DB_LIMIT_EXCEEDED" },
      429,
      { error: "API_TOKEN_DB_LIMIT_EXCEEDED", message: "Rate limit exceeded" },
    ],
  ] as const)("a %s is JSON", async (kind, more, status, body) => {
    const answer = await trello(await faulty({ kind, ...more }))("GET", read);
    expect([answer.status, answer.json]).toEqual([status, body]);
  });

  test.each([
    ["504", {}, 504],
    ["html", {}, 502],
    ["html", { status: 200 }, 200],
  ] as const)("a %s %o is a page", async (kind, more, status) => {
    const answer = await trello(await faulty({ kind, ...more }))("GET", read);
    expect([answer.status, answer.json]).toEqual([status, undefined]);
    expect(answer.text).toMatch(/^<!doctype html>/);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
  });

  test("an empty answer has any status", async () => {
    expect(await trello(await faulty({ kind: "empty" }))("GET", read)).toMatchObject({
      status: 502,
      text: "",
    });
    const answer = await trello(await faulty({ kind: "empty", status: 200 }))("GET", read);
    expect(answer).toMatchObject({ status: 200, text: "" });
  });

  test("Retry-After comes word by word", async () => {
    for (const retryAfter of ["30", "946080000", "Fri, 31 Dec 2055 23:59:59 GMT", "soon"]) {
      const answer = await trello(await faulty({ kind: "503", retryAfter }))("GET", read);
      expect(answer.headers.get("retry-after")).toBe(retryAfter);
    }
  });

  test("a gateway that gave up does not say whether the write was made", async () => {
    const lost = await open({ faults: [{ operation: OPERATION, attempt: 1, kind: "504", handled: true }] });
    expect((await trello(lost)("DELETE", path)).status).toBe(504);
    expect(boardsWith(lost, SEED.leaver.id)).toBe(35);
    const refused = await withFault("504");
    expect((await trello(refused)("DELETE", path)).status).toBe(504);
    expect(boardsWith(refused, SEED.leaver.id)).toBe(36);
  });

  test("each of Atlassian's APIs has a shape of its own", async () => {
    const faults = (kind: FaultKind): Fault[] => [{ operation: "*", attempt: "every", kind }];
    const bodies = async (kind: FaultKind) => {
      const { atlassianUrl } = await open({ faults: faults(kind) });
      const paths = ["/scim/directory/x/Users", "/admin/v2/orgs/x/directories", "/admin/v1/orgs"];
      return Promise.all(paths.map(async (each) => (await fetch(`${atlassianUrl}${each}`)).json()));
    };
    for (const [kind, status] of [
      ["429", "429"],
      ["503", "503"],
    ] as const) {
      expect(await bodies(kind)).toEqual([
        expect.objectContaining({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status }),
        { errors: [expect.objectContaining({ status, code: `ADMIN-${status}-1` })] },
        { code: Number(status), message: expect.any(String) as unknown },
      ]);
    }
  });
});

describe("the schedule", () => {
  test("counts attempts by operation, and starts again with the requests", async () => {
    const faults: FaultSchedule = [{ operation: OPERATION, attempt: 2, kind: "500" }];
    const sandbox = await open({ faults });
    const call = trello(sandbox);
    const statuses = async () => [
      (await call("GET", "/members/me")).status,
      (await call("DELETE", path)).status,
    ];
    expect([await statuses(), await statuses(), await statuses()]).toEqual([
      [200, 200],
      [200, 500],
      [200, 404],
    ]);
    sandbox.resetRequests();
    faults.push({ operation: "*", attempt: 1, kind: "503" });
    expect([await statuses(), await statuses()]).toEqual([
      [503, 404],
      [200, 500],
    ]);
    expect(sandbox.requests).toHaveLength(4);
  });

  test("strikes inside a batch and on the Atlassian side", async () => {
    const faults: FaultSchedule = [
      { operation: "GET /members/{id}", attempt: 1, kind: "503" },
      { operation: "GET /scim/directory/{directoryId}/Users", attempt: 1, kind: "429" },
    ];
    const sandbox = await open({ faults });
    const batch = await trello(sandbox)("GET", "/batch?urls=/members/me,/members/me?fields=id");
    expect(batch.json).toEqual([
      { "503": "Service temporarily unavailable" },
      { "200": { id: SEED.admin.id } },
    ]);
    const users = `${sandbox.atlassianUrl}/scim/directory/${SEED.atlassian.idDirectory}/Users`;
    const headers = { authorization: `Bearer ${SEED.atlassian.scimToken}` };
    expect((await fetch(users, { headers })).status).toBe(429);
    expect((await fetch(users, { headers })).status).toBe(200);
  });
});

test("a client that cuts its connection does no harm", async () => {
  const sandbox = await open({ faults: [{ operation: "*", attempt: "every", kind: "slow", ms: 20 }] });
  const { port } = new URL(sandbox.trelloUrl);
  for (const head of [
    "GET /trello/1/members/me HTTP/1.1\r\nhost: x\r\n\r\n",
    "PUT /trello/1/members/me HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{",
  ]) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => {
        socket.write(head, () => {
          socket.resetAndDestroy();
          resolve();
        });
      });
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect((await trello(sandbox)("GET", "/members/me")).status).toBe(200);
});

test("closing does not wait for a slow answer", async () => {
  // Far longer than the test may take: waiting for it would be its failure.
  const sandbox = await open({ faults: [{ operation: "*", attempt: 1, kind: "slow", ms: 3_600_000 }] });
  const pending = trello(sandbox)("GET", "/members/me").catch((error: unknown) => error);
  while (sandbox.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await sandbox.close();
  expect(await pending).toBeInstanceOf(Error);
  await expect(fetch(sandbox.trelloUrl)).rejects.toThrow("fetch failed");
  expect(sandbox.world.now()).toBe(START);
});
