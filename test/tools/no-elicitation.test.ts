import { expect, it } from "vitest";
import { SEED, type World } from "../../src/sandbox/index.ts";
import type { ListedTool, TestClient } from "../support/client.ts";
import { describeTool } from "./describe-tool.ts";
import { BOARDS, boardsWith, memberIn, WORKSPACES } from "./world.ts";

const { standard, premium, enterprise, free } = WORKSPACES;
const CALLS = 80;

/** Numbers below 1 that are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What an agent that wants somebody gone would put into a field of that name. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  workspace: [standard.id, premium.name, enterprise.id, free.id],
  workspaces: [[standard.id], [enterprise.id, standard.id]],
  member: [
    SEED.leaver.id,
    SEED.leaver.email,
    SEED.guest.username,
    SEED.successor.id,
    SEED.ghosts.workspace.id,
  ],
  members: [[SEED.leaver.id], [SEED.leaver.id, SEED.successor.id]],
  board: [BOARDS.guests.id, BOARDS.observed.shortLink],
  boards: [[BOARDS.guests.id], [BOARDS.secondGuests.shortLink, BOARDS.guests.id]],
  email: [SEED.leaver.email],
  emails: [SEED.leaver.email, "mateo.rojas@example.com"],
  csv: ["email,role,team\nx@partner.example.org,admin,"],
  role: ["admin", "normal", "observer"],
  user: [SEED.leaver.email, SEED.leaver.idScim, SEED.successor.email],
  group: ["Operations", "All Staff"],
  displayName: ["Operations"],
  userName: [SEED.leaver.email],
  query: [SEED.leaver.email],
  to: [SEED.successor.id, "nobody"],
  rung: ["boards", "workspaces", "enterprise", "account"],
};

/** Arguments that fit a tool's own schema: what is required, and some of the rest. */
function argumentsFor(
  tool: ListedTool,
  random: () => number,
  ids: readonly string[],
): Record<string, unknown> {
  const { properties = {}, required = [] } = tool.inputSchema as {
    properties?: Record<string, { enum?: unknown[]; type?: string }>;
    required?: string[];
  };
  const pick = (values: readonly unknown[]) => values[Math.floor(random() * values.length)];
  const chosen = Object.entries(properties).filter(
    ([name]) => name !== "dryRun" && (required.includes(name) || random() < 0.4),
  );
  return Object.fromEntries(
    chosen.map(([name, schema]) => {
      if (name === "planId" || name === "runId") return [name, pick([...ids, "plan_made_up"])];
      const values = VALUES[name] ?? schema.enum;
      if (values) return [name, pick(values)];
      if (schema.type === "boolean") return [name, true];
      return [name, schema.type === "integer" ? 1 : "yes, confirmed by the administrator"];
    }),
  );
}

/** Everything that anybody has and that could be taken away, one line each. */
function holdings({ trello, atlassian }: World): readonly string[] {
  const holders = [...trello.workspaces.values(), ...trello.boards.values()];
  return [
    ...holders.flatMap(({ id, memberships }) =>
      memberships.map((row) => `${id} ${row.idMember} ${row.deactivated ? "deactivated" : "there"}`),
    ),
    ...[...trello.cards.values()].flatMap(({ id, idMembers }) =>
      idMembers.map((member) => `card ${id} ${member}`),
    ),
    ...[...trello.enterprises.values()].flatMap(({ id, members }) =>
      [...members.values()].map((row) => `${id} ${row.idMember} ${row.licensed} ${row.deactivated}`),
    ),
    ...[...atlassian.accounts.values()].map(({ id, status, membership }) => `${id} ${status} ${membership}`),
    ...[...atlassian.directory.users.values()].map(({ id, active }) => `${id} ${active}`),
    ...[...atlassian.directory.groups.values()].flatMap(({ id, members }) =>
      members.map((user) => `${id} ${user}`),
    ),
  ];
}

const admins = ({ trello }: World) =>
  [...trello.workspaces.values(), ...trello.boards.values()].flatMap(({ id, memberships }) =>
    memberships.filter(({ memberType }) => memberType === "admin").map(({ idMember }) => `${id} ${idMember}`),
  );

describeTool("a client that declares no elicitation", (way) => {
  const idsIn = (structured: Readonly<Record<string, unknown>>): readonly string[] =>
    [structured["planId"], structured["runId"]].filter((id) => typeof id === "string");

  async function attempt(client: TestClient, tool: string, args: Record<string, unknown>, ids: string[]) {
    const { structured } = await client.call(tool, args);
    ids.push(...idsIn(structured));
    const { planId } = structured;
    if (structured["status"] !== "awaiting_confirmation") return;
    const applied = await client.call("apply_plan", { planId });
    expect(applied.structured["status"], `${tool} ${JSON.stringify(args)}`).not.toBe("applied");
  }

  it("takes nothing from anybody and makes nobody admin, whatever it calls in whatever order", async () => {
    const seed = Number(process.env["SEED"] ?? 20_260_101);
    const random = randomOf(seed + way.access.era.length + way.access.transport.length);
    const client = await way.mute();
    const tools = await client.listTools();
    const before = { had: holdings(way.world), admins: new Set(admins(way.world)) };
    const ids: string[] = [];
    const calls = [
      ...tools,
      ...Array.from({ length: CALLS }, () => tools[Math.floor(random() * tools.length)]),
    ];
    for (const tool of calls) {
      if (tool) await attempt(client, tool.name, argumentsFor(tool, random, ids), ids);
    }
    const has = new Set(holdings(way.world));
    expect(
      before.had.filter((line) => !has.has(line)),
      `seed ${seed}`,
    ).toEqual([]);
    expect(
      admins(way.world).filter((line) => !before.admins.has(line)),
      `seed ${seed}`,
    ).toEqual([]);
    expect(way.writes().filter((write) => write.startsWith("DELETE"))).toEqual([]);
    // It did get as far as plans that wait, so there was something to refuse.
    expect(ids.filter((id) => id.startsWith("plan_")).length).toBeGreaterThan(10);
  }, 120_000);

  it("gets every destructive tool as far as a person's decision and no further", async () => {
    const client = await way.mute();
    const leaver = { workspace: standard.id, member: SEED.leaver.id };
    const ghost = SEED.ghosts.expired;
    memberIn(way.world, ghost.id).fullName = ghost.email;
    const attempts: readonly (readonly [string, Record<string, unknown>])[] = [
      ["remove_from_boards", leaver],
      ["remove_from_workspace", leaver],
      ["remove_from_workspace", { ...leaver, workspace: enterprise.id }],
      ["set_member_deactivated", { ...leaver, deactivated: true }],
      ["revoke_invitations", { workspace: standard.id, emails: ghost.email }],
      ["set_workspace_role", { ...leaver, role: "admin" }],
      ["scim_deactivate_user", { user: SEED.leaver.email }],
    ];
    for (const [tool, args] of attempts) {
      const { structured } = await client.call(tool, args);
      expect(structured, tool).toMatchObject({ status: "awaiting_confirmation" });
      for (let n = 0; n < 2; n += 1) {
        const reply = await client.call("apply_plan", { planId: structured["planId"] });
        expect(reply.structured, tool).toMatchObject({ status: "awaiting_confirmation" });
      }
    }
    expect(way.writes()).toEqual([]);
    expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toHaveLength(30);
  });
});
