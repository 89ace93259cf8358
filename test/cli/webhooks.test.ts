/** From a person's change in Trello to the answer of `list_membership_changes`, through a running `http` and real webhooks. */
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SEED, type Sandbox, startSandbox, tell } from "../../src/sandbox/index.ts";
import { MEMORY } from "../support/memory.ts";
import { trello } from "../sandbox/support.ts";
import { call } from "../transport/authorization/guarded.ts";
import { startCommand } from "./http-command.ts";

const { premium } = SEED.workspaces;
const TOKEN = "given-by-the-administrator";
const DEPUTY = "sandbox-token-deputy";

interface Change {
  readonly kind: string;
  readonly place: { readonly id: string };
  readonly person: { readonly idMember: string } | null;
  readonly at?: string;
  readonly by?: { readonly idMember: string };
  readonly inferred?: { readonly from: string; readonly until: string };
}

interface Post {
  readonly path: string;
  readonly body: string;
  readonly signature: string;
}

/** What Trello reaches: a proxy in front of `http`, which can be down, and which keeps what it passed on. */
const proxy = {
  isDown: false,
  target: "",
  heads: 0,
  posts: [] as Post[],
};
const front = createServer((asked, answer) => {
  const chunks: Buffer[] = [];
  asked.on("data", (chunk: Buffer) => chunks.push(chunk));
  asked.on("end", () => passOn(asked, Buffer.concat(chunks), answer));
});

function passOn({ url = "", method, headers }: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  if (proxy.isDown) return void answer.writeHead(502).end();
  if (method === "HEAD") proxy.heads += 1;
  else
    proxy.posts.push({
      path: url,
      body: body.toString("utf8"),
      signature: String(headers["x-trello-webhook"]),
    });
  const passed = request(proxy.target + url, { method, headers, agent: false }, (got) => {
    answer.writeHead(got.statusCode ?? 502);
    got.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  passed.end(body);
}

let ahead = 0;
let sandbox: Sandbox;
let folder: string;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(MEMORY, "webhooks-"));
  sandbox = await startSandbox({ now: () => Date.now() + ahead, postsByHand: true, rateLimits: false });
  const { tokens } = sandbox.world.trello;
  const own = tokens.get(SEED.tokens.full);
  if (own) tokens.set(DEPUTY, { ...own, token: DEPUTY, idMember: SEED.deputy.id });
  await new Promise<void>((resolve) => void front.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

test("a person's change is told with time and author; duplicates, forged and lost posts change nothing of that", async () => {
  const { url } = await startCommand(folder, {
    ...sandbox.env,
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    IDENTITY_HTTP_TOKEN: TOKEN,
    IDENTITY_PUBLIC_URL: origin,
    IDENTITY_TOOLSETS: "reviews,webhooks",
  });
  proxy.target = new URL(url).origin;
  const ask = async (name: string, args: object) => {
    const { body } = await call(url, TOKEN, name, args);
    const { result } = JSON.parse(body.replace(/^[^{]*/s, "").replace(/\n[^]*$/, "")) as {
      result: { structuredContent: Readonly<Record<string, unknown>> };
    };
    return result.structuredContent;
  };
  let cursor: unknown;
  const changes = async () => {
    const answer = await ask("list_membership_changes", {
      workspaces: [premium.id],
      ...(cursor !== undefined && { cursor }),
    });
    cursor = answer["nextCursor"];
    return answer["changes"] as readonly Change[];
  };
  const deputy = trello(sandbox, DEPUTY);
  const board = [...sandbox.world.trello.boards.values()].find(
    ({ idOrganization, closed, memberships }) =>
      idOrganization === premium.id &&
      !closed &&
      memberships.some(({ idMember }) => idMember === SEED.deputy.id),
  );
  const change = async (method: string, path: string) => {
    const answer = await deputy(method, path);
    if (answer.status !== 200) throw new Error(answer.text);
    const action = sandbox.world.trello.actions.at(-1);
    return { at: action?.date, by: { idMember: SEED.deputy.id } };
  };
  const person = (idMember: string) => ({ person: { idMember } });

  // Trello asks each address with HEAD while create_webhook waits, and the running process answers through the proxy.
  expect(await ask("create_webhook", { workspace: premium.id })).toMatchObject({ status: "applied" });
  expect(proxy.heads).toBe(sandbox.world.trello.webhooks.size);
  expect(proxy.heads).toBeGreaterThan(1);
  await changes();

  // One change that only webhooks tell, and another one back, both delivered twice and the later first.
  const boardPath = `/boards/${board?.id}/members/${SEED.successor.id}`;
  const memberPath = `/organizations/${premium.id}/members/${SEED.successor.id}`;
  const promoted = await change("PUT", `${memberPath}?type=admin`);
  const added = await change("PUT", `${boardPath}?type=normal`);
  const removed = await change("DELETE", boardPath);
  await sandbox.deliver((due) => [...due.toReversed(), ...due]);
  expect(proxy.posts).toHaveLength(6);
  const told = await changes();
  expect(told).toMatchObject([
    { kind: "role_changed", ...person(SEED.successor.id), place: { id: premium.id }, ...promoted },
    { kind: "added", ...person(SEED.successor.id), place: { id: board?.id }, ...added },
    { kind: "removed", ...person(SEED.successor.id), place: { id: board?.id }, ...removed },
  ]);

  // A replay of all of it, and forged posts: of another body, signed with another secret, or for another address.
  const bodies = proxy.posts.splice(0);
  const [first, second] = bodies.filter(
    ({ path }, index) => bodies.findIndex((each) => each.path === path) === index,
  );
  const send = async (path: string, body: string, signature: string) =>
    (await fetch(`${origin}${path}`, { method: "POST", body, headers: { "x-trello-webhook": signature } }))
      .status;
  for (const { path, body, signature } of bodies) expect(await send(path, body, signature)).toBe(200);
  const forged = (first?.body ?? "")
    .replaceAll("makeAdminOf", "makeNormalMemberOf")
    .replaceAll(/"id":"[0-9a-f]{8}/g, '"id":"ffffffff');
  const signed = (path: string, secret: string) =>
    createHmac("sha1", secret).update(`${forged}${origin}${path}`).digest("base64");
  const { path = "", signature = "" } = first ?? {};
  for (const wrong of [signature, signed(path, "another"), signed(second?.path ?? "", SEED.app.secret), ""])
    expect(await send(path, forged, wrong)).toBe(401);
  expect(await changes()).toEqual([]);

  // Down for one post, which comes again after 30 s; then for so long that Trello gives up.
  proxy.isDown = true;
  const demoted = await change("PUT", `${memberPath}?type=normal`);
  await sandbox.deliver();
  ahead += 30_000;
  proxy.isDown = false;
  await sandbox.deliver();
  expect(await changes()).toMatchObject([{ kind: "role_changed", ...demoted }]);
  proxy.isDown = true;
  await change("DELETE", memberPath);
  for (const seconds of [0, 30, 60, 120]) {
    ahead += seconds * 1_000;
    await sandbox.deliver();
  }
  proxy.isDown = false;
  expect(sandbox.world.trello.deliveries).toEqual([]);
  const [lost, ...rest] = await changes();
  expect(rest).toEqual([]);
  expect(lost).toMatchObject({ kind: "removed", ...person(SEED.successor.id), inferred: {} });
  expect(lost).not.toHaveProperty("by");

  // A new board gets its webhook at once, because no other one tells who is added there.
  const { boards, webhooks } = sandbox.world.trello;
  if (!board) throw new Error("no board");
  const fresh = { ...board, id: "9".repeat(24), shortLink: "NewBoard", memberships: [...board.memberships] };
  boards.set(fresh.id, fresh);
  tell(sandbox.world, {
    type: "addToOrganizationBoard",
    idMemberCreator: SEED.deputy.id,
    idOrganization: premium.id,
    data: { board: { id: fresh.id }, organization: { id: premium.id } },
  });
  await sandbox.deliver();
  const watched = () => [...webhooks.values()].map(({ idModel }) => idModel);
  await vi.waitFor(() => expect(watched()).toContain(fresh.id), { timeout: 60_000 });
  expect(await changes()).toMatchObject([{ kind: "board_seen", place: { id: fresh.id } }]);
});
