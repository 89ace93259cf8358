import { describe, expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { expectApplied } from "./changes.ts";
import { describeTool } from "./describe-tool.ts";
import { BOARDS, inWorkspace, memberIn, onBoard, WORKSPACES } from "./world.ts";

const { standard, premium } = WORKSPACES;

// The list of the guide "Managing members, workspaces and boards"; how each comes out of a tool.
describeTool(
  "everything on the Trello guide's list",
  (way) => {
    /** Every upstream path of this test, those inside batches too. */
    const paths = () =>
      way.product.sandbox.requests.flatMap(({ method, path, subrequests }) =>
        [path, ...subrequests].map((each) => `${method} ${each.split("?")[0]}`),
      );

    it("member me, and token introspection", async () => {
      const { structured } = await way.call("check_connection");
      expect(structured).toMatchObject({
        member: { id: SEED.admin.id },
        token: { scopes: ["read", "write", "account"] },
      });
      expect(paths()).toContainEqual(expect.stringMatching(/^GET \/tokens\//));
    });

    it("member by id", async () => {
      const { structured } = await way.call("find_member", { member: SEED.observer.id });
      expect(structured["candidates"]).toEqual([
        expect.objectContaining({ username: SEED.observer.username, confidence: "certain" }),
      ]);
      expect(paths()).not.toContain(`GET /members/${SEED.observer.id}`);
    });

    it("update own profile", async () => {
      expectApplied(await way.call("update_my_profile", { bio: "Runs the identity desk" }), 1);
      expect(memberIn(way.world, SEED.admin.id).bio).toBe("Runs the identity desk");
      expect(way.writes()).toEqual([`PUT /members/${SEED.admin.id}`]);
    });

    it("workspace members", async () => {
      const { structured } = await way.call("list_workspace_members", { workspace: standard.id });
      expect(structured).toMatchObject({ total: 43 });
      expect(paths()).toContain(`GET /organizations/${standard.id}/memberships`);
    });

    it("add a member, invite an email, remove a member", async () => {
      const member = way.newEmail("guide");
      expectApplied(
        await way.call("invite_member", { workspace: premium.id, member: SEED.leaver.username }),
        1,
      );
      expectApplied(await way.call("invite_member", { workspace: premium.id, member }), 1);
      expect(inWorkspace(way.world, premium.id, SEED.leaver.id)).toMatchObject({ memberType: "normal" });
      expectApplied(
        await way.call("remove_from_workspace", { workspace: premium.id, member: SEED.leaver.id }),
        1,
      );
      expect(inWorkspace(way.world, premium.id, SEED.leaver.id)).toBeUndefined();
      expect(way.writes()).toEqual([
        `PUT /organizations/${premium.id}/members/${SEED.leaver.id}`,
        `PUT /organizations/${premium.id}/members`,
        `DELETE /organizations/${premium.id}/members/${SEED.leaver.id}`,
      ]);
    });

    it("board members", async () => {
      const { structured } = await way.call("list_board_members", { board: BOARDS.guests.shortLink });
      expect(structured).toMatchObject({ board: { id: BOARDS.guests.id } });
      expect(paths()).toContain(`GET /boards/${BOARDS.guests.shortLink}/memberships`);
    });

    describe("add to a board with each role, and remove from it", () => {
      it.each(["normal", "admin", "observer"])("%s", async (role) => {
        const target = { workspace: premium.id, boards: [BOARDS.observed.id] };
        expectApplied(await way.call("add_to_boards", { ...target, members: [SEED.successor.id], role }), 1);
        expect(onBoard(way.world, BOARDS.observed.id, SEED.successor.id)?.memberType).toBe(role);
        expectApplied(await way.call("remove_from_boards", { ...target, member: SEED.successor.id }), 1);
        expect(onBoard(way.world, BOARDS.observed.id, SEED.successor.id)).toBeUndefined();
        const path = `/boards/${BOARDS.observed.id}/members/${SEED.successor.id}`;
        expect(way.writes()).toEqual([`PUT ${path}`, `DELETE ${path}`]);
      });
    });

    it("workspace boards", async () => {
      const { structured } = await way.call("list_workspace_boards", { workspace: standard.id });
      expect(structured).toMatchObject({ total: 100 });
      expect(paths()).toContain(`GET /organizations/${standard.id}/boards`);
    });
  },
  { approves: true },
);
