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
