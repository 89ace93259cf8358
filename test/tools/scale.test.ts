import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SEED, seedWorld, type World } from "../../src/sandbox/index.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { describeTool, ONE_A_TRANSPORT } from "./describe-tool.ts";
import { WORKSPACES, workspaceIn } from "./world.ts";

const { standard } = WORKSPACES;
/** `npm test` takes a fifth, because most of this costs the program that is started. */
const PEOPLE = EVERY_WAY ? 10_000 : 2_000;
const BOARDS = PEOPLE / 10;
const GUESTS = 40;

const id = (kind: string, n: number): string => `65a0${kind}${n.toString(16).padStart(18, "0")}`;

/** Boards of 10 people each, a tenth as many as members; the guests are on a few boards together. */
function largeWorld(): World {
  const world = seedWorld();
  const { members, boards, workspaces } = world.trello;
  const workspace = workspaceIn(world, standard.id);
  for (const each of workspaces.keys()) if (each !== standard.id) workspaces.delete(each);
  boards.clear();
  world.trello.cards.clear();
  const make = (n: number, name: string) => {
    const email = `${name.replace(" ", ".").toLowerCase()}${n}@example.com`;
    const member = {
      id: id("01", n),
      username: `person${n}`,
      fullName: `${name} ${n}`,
      initials: "P",
      bio: "",
      email,
    };
    members.set(member.id, {
      ...member,
      memberType: "normal",
      confirmed: true,
      aaId: null,
      dateLastActive: null,
    });
    return member.id;
  };
  const row = (n: number, idMember: string) => ({
    id: id("02", n),
    idMember,
    memberType: "normal" as const,
    unconfirmed: false,
    deactivated: false,
  });
  const people = Array.from({ length: PEOPLE - 1 }, (_, n) => make(n, "Maximiliane Featherstone"));
  const guests = Array.from({ length: GUESTS }, (_, n) => make(PEOPLE + n, "Guest"));
  const owner = { ...row(0, SEED.admin.id), memberType: "admin" as const };
  workspace.memberships = [owner, ...people.map((person, n) => row(n + 1, person))];
  for (let n = 0; n < BOARDS; n += 1) {
    const crew = Array.from({ length: 9 }, (_, k) => people[(n * 9 + k) % people.length] ?? "");
    const visitors = n % 100 === 7 ? guests.slice((n % 4) * 10, (n % 4) * 10 + 10) : [];
    boards.set(id("03", n), {
      id: id("03", n),
      shortLink: `L${n.toString().padStart(7, "0")}`,
      name: `Board ${n}`,
      closed: false,
      idOrganization: standard.id,
      permissionLevel: "org",
      memberships: [owner, ...[...crew, ...visitors].map((person, k) => row(n * 100 + k + 20_000, person))],
    });
  }
  return world;
}

/** The most memory that a process ever held, in megabytes, where the system tells (proc(5), VmHWM). */
function peakMemory(pid: number | null): number | null {
  const file = `/proc/${pid}/status`;
  if (pid === null || !existsSync(file)) return null;
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, "utf8"))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
}

describe(`a workspace of ${PEOPLE} members and ${BOARDS} boards`, () => {
  describeTool(
    "the directory",
    (way) => {
      it("takes at most 3 requests and the guests' names, 4,000 bytes a page, and 200 MB", async () => {
        // Over HTTP clients share a process that no client knows the id of; over stdio it is the client's own.
        const client = await way.mute();
        const first = await client.call("list_workspace_members", { workspace: standard.id });
        expect(first.structured).toMatchObject({ total: PEOPLE + guestsSeen(way.world) });
        expect((first.structured["members"] as unknown[]).length).toBeGreaterThan(20);
        expect(JSON.stringify(first).length).toBeLessThan(4_000);
        expect(way.product.sandbox.requests.length).toBeLessThanOrEqual(3);

        way.product.sandbox.resetRequests();
        const guests = await client.call("list_workspace_members", {
          workspace: standard.id,
          kind: "guest",
          limit: 100,
        });
        expect(guests.structured["members"]).toHaveLength(guestsSeen(way.world));
        for (const guest of guests.structured["members"] as { name: string }[])
          expect(guest.name).toMatch(/^Guest/);

        const found = await client.call("find_member", { member: `person${PEOPLE - 2}` });
        expect(found.structured["candidates"]).toEqual([expect.objectContaining({ confidence: "certain" })]);
        let cursor = first.structured["cursor"];
        for (let page = 2; page <= 6; page += 1) {
          const next = await client.call("list_workspace_members", { workspace: standard.id, cursor });
          expect((next.structured["members"] as unknown[]).length).toBeGreaterThan(20);
          expect(next.structured["cursor"]).not.toBe(cursor);
          cursor = next.structured["cursor"];
        }
        const peak = peakMemory(client.pid);
        if (peak !== null) expect(peak).toBeLessThan(200);
      }, 120_000);

      it("lists boards by pages", async () => {
        const { structured } = await way.call("list_workspace_boards", {
          workspace: standard.id,
          limit: 100,
        });
        expect(structured).toMatchObject({ total: BOARDS });
        expect(structured["boards"]).toHaveLength(100);
      }, 60_000);
    },
    { clients: ONE_A_TRANSPORT, spawned: true, sandbox: { world: largeWorld() } },
  );
});

function guestsSeen(world: World): number {
  const inside = new Set(workspaceIn(world, standard.id).memberships.map(({ idMember }) => idMember));
  const on = [...world.trello.boards.values()].flatMap(({ memberships }) =>
    memberships.map(({ idMember }) => idMember),
  );
  return new Set(on.filter((idMember) => !inside.has(idMember))).size;
}
