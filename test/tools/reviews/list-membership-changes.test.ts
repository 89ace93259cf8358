import { expect, it } from "vitest";
import { SEED, tell } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, inWorkspace, onBoard, WORKSPACES, workspaceIn } from "../world.ts";
import { REVIEWS } from "./reviews.ts";

interface Change {
  readonly kind: string;
  readonly person: { readonly idMember: string } | null;
  readonly runId?: string;
}

const { standard } = WORKSPACES;
const { leaver, successor } = SEED;

/** How many times a test gave the person another name. */
let renamed = 0;

describeTool(
  "list_membership_changes",
  (way) => {
    const changes = async (args: Record<string, unknown> = {}) => {
      const reply = await way.call("list_membership_changes", { workspaces: [standard.id], ...args });
      return {
        ...reply,
        cursor: reply.structured["nextCursor"],
        rows: (reply.structured["changes"] ?? []) as readonly Change[],
      };
    };

    it("tells who came, went and got another role since the cursor, and what did not change is not told", async () => {
      const { cursor } = await changes();
      const workspace = workspaceIn(way.world, standard.id);
      const [board] = boardsWith(way.world, standard.id, leaver.id);
      const there = inWorkspace(way.world, standard.id, successor.id);
      workspace.memberships = workspace.memberships.filter(({ idMember }) => idMember !== leaver.id);
      if (there) there.memberType = "admin";
      const row = onBoard(way.world, board?.id ?? "", leaver.id);
      if (row) row.memberType = "observer";
      const { rows, structured, text } = await changes({ cursor });
      expect(rows.map(({ kind, person }) => [kind, person?.idMember])).toEqual(
        expect.arrayContaining([
          ["removed", leaver.id],
          ["role_changed", successor.id],
          ["role_changed", leaver.id],
        ]),
      );
      expect(rows).toHaveLength(3);
      expect(structured["since"]).not.toBeNull();
      expect(text).toContain("were found by comparing the memberships at two times");
      expect((await changes({ cursor: structured["nextCursor"] })).rows).toEqual([]);
    });

    it("tells who and when from Trello's feed, and the times between which the rest happened", async () => {
      const { cursor } = await changes();
      const [board] = boardsWith(way.world, standard.id, leaver.id);
      if (!board) throw new Error("no board");
      const gone = onBoard(way.world, board.id, leaver.id);
      board.memberships = board.memberships.filter((row) => row !== gone);
      board.memberships.push({
        id: "7".repeat(24),
        idMember: SEED.deputy.id,
        memberType: "normal",
        unconfirmed: false,
        deactivated: false,
      });
      // Trello tells both by webhooks, and only the first in its feed.
      for (const [type, idMember] of [
        ["addMemberToBoard", SEED.deputy.id],
        ["removeMemberFromBoard", leaver.id],
      ] as const)
        tell(way.world, {
          type,
          idMemberCreator: successor.id,
          idOrganization: standard.id,
          data: {
            idMember,
            memberType: "normal",
            board: { id: board.id },
            organization: { id: standard.id },
          },
        });
      const { rows, text } = await changes({ cursor });
      const about = (idMember: string) => rows.find(({ person }) => person?.idMember === idMember);
      expect(about(SEED.deputy.id)).toMatchObject({
        kind: "added",
        at: way.world.trello.actions.at(-2)?.date,
        by: { idMember: successor.id, name: expect.stringContaining(successor.fullName) },
      });
      expect(about(leaver.id)).toMatchObject({ kind: "removed", inferred: { until: expect.any(String) } });
      expect(about(leaver.id)).not.toHaveProperty("at");
      expect(text).toMatch(/^inferred removed: /m);
      expect(rows).toHaveLength(2);
    });

    it.each([false, true])(
      "tells who has another name, also if Trello tells no one of it (tells: %s)",
      async (tells) => {
        way.world.wire.tellsProfiles = tells;
        const person = way.world.trello.members.get(leaver.id);
        if (!person) throw new Error("no person");
        // Other names each time: a server that is tested in several ways keeps the events of the tests before.
        renamed += 1;
        const another = `Another Name ${renamed}`;
        person.fullName = `Jonas Lindqvist ${renamed}`;
        const { cursor } = await changes();
        const old = { fullName: person.fullName };
        person.fullName = another;
        const data = { idMember: leaver.id, old };
        tell(way.world, { type: "updateMember", idMemberCreator: leaver.id, idOrganization: null, data });
        const { rows, text } = await changes({ cursor });
        way.world.wire.tellsProfiles = false;
        expect(rows).toMatchObject([
          {
            kind: "member_renamed",
            person: { label: `${another} (@${leaver.username})` },
            was: expect.stringContaining(old.fullName),
            ...(tells ? { by: { idMember: leaver.id } } : { inferred: {} }),
          },
        ]);
        expect(text).toContain(`before ${old.fullName}`);
      },
    );

    it("names the boards that the token cannot see", async () => {
      const { structured } = await way.call("list_membership_changes", { workspaces: [WORKSPACES.free.id] });
      expect(String(structured["notes"])).toMatch(/private boards?/i);
    });

    it("marks what a run of this server did, with the run", async () => {
      const { cursor } = await changes();
      const done = await way.call("remove_from_workspace", { workspace: standard.id, member: leaver.id });
      const { rows } = await changes({ cursor, limit: 100 });
      expect(rows.length).toBeGreaterThan(5);
      for (const { kind, runId } of rows)
        expect([kind, runId]).toEqual(["removed", done.structured["runId"]]);
    });

    it("pages over one comparison, without reading again", async () => {
      const { cursor } = await changes();
      await way.call("remove_from_workspace", { workspace: standard.id, member: leaver.id });
      const first = await changes({ cursor, limit: 4 });
      const total = Number(first.structured["total"]);
      way.product.sandbox.resetRequests();
      const rest = await changes({ cursor: first.cursor, limit: 100 });
      expect(way.product.sandbox.requests).toEqual([]);
      expect(first.rows.length + rest.rows.length).toBe(total);
      expect((await changes({ cursor: rest.cursor })).rows).toEqual([]);
    });

    it("without cursor compares with the newest reading, and refuses a cursor that is not kept", async () => {
      await changes();
      const row = inWorkspace(way.world, standard.id, successor.id);
      if (row) row.memberType = "admin";
      expect((await changes()).rows.map(({ kind }) => kind)).toEqual(["role_changed"]);
      expect(errorOf(await way.call("list_membership_changes", { cursor: "moment_none" })).code).toBe(
        "NOT_FOUND",
      );
    });
  },
  { env: REVIEWS },
);
