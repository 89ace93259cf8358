/** Webhooks of the sandbox: the check of the address, who is told what, the signature, repeats and ends. */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { SEED, tell } from "../../src/sandbox/index.ts";
import { createClock, open, rows, trello } from "./support.ts";

const { standard, free, enterprise } = SEED.workspaces;
const DAY_MS = 86_400_000;

interface Post {
  readonly path: string;
  readonly body: string;
  readonly signature: string;
}

/** A receiver that answers `statuses` in turn, and then 200. */
async function receiver(head = 200) {
  const posts: Post[] = [];
  const statuses: number[] = [];
  let tellPosted = () => {};
  const posted = new Promise<void>((resolve) => {
    tellPosted = resolve;
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "HEAD") {
        response.writeHead(head, head === 302 ? { location: "/elsewhere" } : {}).end();
        return;
      }
      const signature = String(request.headers["x-trello-webhook"]);
      posts.push({ path: request.url ?? "", body: Buffer.concat(chunks).toString("utf8"), signature });
      response.writeHead(statuses.shift() ?? 200).end();
      tellPosted();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts, statuses, posted };
}

async function watched() {
  const now = createClock();
  const sandbox = await open({ now, postsByHand: true });
  const call = trello(sandbox);
  const target = await receiver();
  const watch = async (idModel: string, path: string) => {
    const answer = await call("POST", "/webhooks/", { callbackURL: `${target.url}${path}`, idModel });
    return answer.json as Record<string, unknown>;
  };
  return { now, sandbox, call, target, watch };
}

const typesOf = (posts: readonly Post[]) =>
  posts.map(({ path, body }) => `${path} ${(JSON.parse(body) as { action: { type: string } }).action.type}`);

describe("making a webhook", () => {
  test.each([404, 403, 405, 500, 204, 302])("needs 200, not %s", async (status) => {
    const sandbox = await open({ postsByHand: true });
    const { url } = await receiver(status);
    const answer = await trello(sandbox)("POST", "/webhooks/", { callbackURL: url, idModel: standard.id });
    expect([answer.status, answer.text]).toEqual([
      400,
      `URL (${url}) did not return 200 status code, got ${status}`,
    ]);
    expect(sandbox.world.trello.webhooks.size).toBe(0);
  });

  test("needs an address that is heard and a model that is seen", async () => {
    const { call, target } = await watched();
    const make = (callbackURL: string, idModel: string) =>
      call("POST", "/webhooks/", { callbackURL, idModel });
    expect((await make("http://127.0.0.1:1/", standard.id)).text).toContain("did not return 200");
    expect((await make("ftp://example.com", standard.id)).text).toBe("invalid value for callbackURL");
    expect((await make(target.url, "0".repeat(24))).text).toBe("invalid value for idModel");
    expect((await make(target.url, SEED.boards.hidden.id)).status).toBe(401);
  });

  test("the same one twice is refused in words", async () => {
    const { sandbox, target, watch, call } = await watched();
    const hook = await watch(standard.id, "/a");
    const again = await call("POST", "/webhooks/", { callbackURL: `${target.url}/a`, idModel: standard.id });
    expect([again.status, again.text]).toEqual([
      400,
      "A webhook with that callback, model, and token already exists",
    ]);
    expect(rows(await call("GET", `/tokens/${SEED.tokens.full}/webhooks`))).toEqual([hook]);
    const others = trello(sandbox, SEED.tokens.normalMember);
    expect((await others("GET", `/webhooks/${String(hook["id"])}`)).status).toBe(404);
    expect((await others("DELETE", `/webhooks/${String(hook["id"])}`)).status).toBe(404);
    expect((await call("PUT", `/webhooks/${String(hook["id"])}?active=false`)).json).toMatchObject({
      active: false,
    });
    expect((await call("DELETE", `/webhooks/${String(hook["id"])}`)).status).toBe(200);
    expect(rows(await call("GET", `/tokens/${SEED.tokens.full}/webhooks`))).toEqual([]);
  });
});

test("a workspace's webhook is told no membership of a board, and each webhook its own", async () => {
  const { sandbox, call, target, watch } = await watched();
  const board = [...sandbox.world.trello.boards.values()].find(
    ({ idOrganization, memberships }) =>
      idOrganization === standard.id && memberships.some(({ idMember }) => idMember === SEED.leaver.id),
  );
  const boardId = String(board?.id);
  await watch(standard.id, "/workspace");
  await watch(boardId, "/board");
  await watch(SEED.admin.id, "/member");
  await watch(free.id, "/other");
  await call("DELETE", `/boards/${boardId}/members/${SEED.leaver.id}`);
  await call("PUT", `/boards/${boardId}/members/${SEED.leaver.id}?type=normal`);
  await call("PUT", `/organizations/${standard.id}/members/${SEED.leaver.id}?type=admin`);
  await call("DELETE", `/organizations/${standard.id}/members/${SEED.leaver.id}`);
  await sandbox.deliver();
  expect(typesOf(target.posts)).toEqual([
    "/board removeMemberFromBoard",
    "/member removeMemberFromBoard",
    "/board addMemberToBoard",
    "/member addMemberToBoard",
    "/workspace makeAdminOfOrganization",
    "/member makeAdminOfOrganization",
    "/workspace removeMemberFromOrganization",
    "/member removeMemberFromOrganization",
  ]);
  // The lists lack three of the four types, and one by one they are all there.
  const filter =
    "removeMemberFromBoard,addMemberToBoard,makeAdminOfOrganization,removeMemberFromOrganization";
  for (const path of [`/boards/${boardId}`, `/organizations/${standard.id}`]) {
    const feed = rows(await call("GET", `${path}/actions?filter=${filter}`));
    expect(feed.map(({ type }) => type)).toEqual(["addMemberToBoard"]);
  }
  for (const { body } of target.posts) {
    const { action } = JSON.parse(body) as { action: { id: string } };
    expect((await call("GET", `/actions/${action.id}`)).json).toEqual(action);
  }
});

test.each([
  ["createBoard", []],
  ["addToOrganizationBoard", ["/workspace addToOrganizationBoard"]],
  ["createBoardInvitation", ["/workspace createBoardInvitation"]],
  ["addMemberToBoard", []],
  ["reactivatedMemberInOrganization", []],
  ["deactivatedMemberInOrganization", ["/workspace deactivatedMemberInOrganization"]],
])("of a new board, the workspace's webhook is told by addToOrganizationBoard: %s", async (type, told) => {
  const { sandbox, target, watch } = await watched();
  await watch(standard.id, "/workspace");
  const data = { board: { id: "5".repeat(24), name: "New" }, organization: { id: standard.id } };
  tell(sandbox.world, { type, idMemberCreator: SEED.deputy.id, idOrganization: standard.id, data });
  await sandbox.deliver();
  expect(typesOf(target.posts)).toEqual(told);
});

test("the signature covers the raw bytes and the address as it was given", async () => {
  const { sandbox, call, target, watch } = await watched();
  const member = sandbox.world.trello.members.get(SEED.leaver.id);
  if (member) member.fullName = "Zoë “Zed” 🦊 Łuk";
  await watch(enterprise.id, "/Path%20a?b=C&d=%C3%A9");
  await call("PUT", `/organizations/${enterprise.id}/members/${SEED.leaver.id}?type=admin`);
  await sandbox.deliver();
  const [post] = target.posts;
  expect(post?.body).toContain("🦊");
  const signed = Buffer.from(`${post?.body}${target.url}/Path%20a?b=C&d=%C3%A9`, "utf8");
  expect(post?.signature).toBe(createHmac("sha1", SEED.app.secret).update(signed).digest("base64"));
});

test("a post is repeated after 30, 60 and 120 s, and then lost", async () => {
  const { now, sandbox, call, target, watch } = await watched();
  const hook = await watch(standard.id, "/a");
  target.statuses.push(500, 500, 500, 500);
  await call("PUT", `/organizations/${standard.id}/members/${SEED.leaver.id}?type=admin`);
  const counts: number[] = [];
  for (const seconds of [0, 29, 1, 60, 120, 600]) {
    now.advance(seconds * 1000);
    await sandbox.deliver();
    counts.push(target.posts.length);
  }
  expect(counts).toEqual([1, 1, 2, 3, 4, 4]);
  expect((await call("GET", `/webhooks/${String(hook["id"])}`)).json).toMatchObject({
    active: true,
    consecutiveFailures: 4,
    firstConsecutiveFailDate: "2026-01-15T09:00:00.000Z",
  });
});

test("ends by 410, with its token, and after 30 days of more than 1,000 failures", async () => {
  const { now, sandbox, call, target, watch } = await watched();
  const { webhooks } = sandbox.world.trello;
  await watch(standard.id, "/gone");
  target.statuses.push(410);
  await call("PUT", `/organizations/${standard.id}/members/${SEED.leaver.id}?type=admin`);
  await sandbox.deliver();
  expect(webhooks.size).toBe(0);

  const failing = await watch(standard.id, "/failing");
  const hook = webhooks.get(String(failing["id"]));
  if (!hook) throw new Error("no hook");
  hook.consecutiveFailures = 1000;
  hook.firstConsecutiveFailDate = new Date(now()).toISOString();
  now.advance(31 * DAY_MS);
  target.statuses.push(500);
  await call("PUT", `/organizations/${standard.id}/members/${SEED.leaver.id}?type=normal`);
  await sandbox.deliver();
  expect(hook.active).toBe(false);

  await watch(standard.id, "/revoked");
  await call("DELETE", `/tokens/${SEED.tokens.full}/`);
  await sandbox.deliver();
  expect(webhooks.size).toBe(0);
});

test("posts come by themselves", async () => {
  const sandbox = await open();
  const target = await receiver();
  const call = trello(sandbox);
  await call("POST", "/webhooks/", { callbackURL: `${target.url}/a`, idModel: standard.id });
  await call("PUT", `/organizations/${standard.id}/members/${SEED.leaver.id}?type=admin`);
  await target.posted;
  expect(typesOf(target.posts)).toEqual(["/a makeAdminOfOrganization"]);
});

test("posts come in another order or twice if a test wants so", async () => {
  const { sandbox, call, target, watch } = await watched();
  await watch(standard.id, "/a");
  for (const type of ["admin", "normal"])
    await call("PUT", `/organizations/${standard.id}/members/${SEED.leaver.id}?type=${type}`);
  await sandbox.deliver((due) => [...due.toReversed(), ...due]);
  expect(typesOf(target.posts).map((line) => line.slice(3))).toEqual([
    "makeNormalMemberOfOrganization",
    "makeAdminOfOrganization",
    "makeAdminOfOrganization",
    "makeNormalMemberOfOrganization",
  ]);
});
