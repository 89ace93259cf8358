import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { inWorkspace, WORKSPACES, workspaceIn } from "../world.ts";

const { standard } = WORKSPACES;
const promote = { workspace: standard.id, member: SEED.successor.id, role: "admin" };

describeTool(
  "set_workspace_role",
  (way) => {
    const set = (args: Record<string, unknown>) => way.call("set_workspace_role", args);

    it("grants admin after a person's yes", async () => {
      expectApplied(await set(promote), 1);
      expect(inWorkspace(way.world, standard.id, SEED.successor.id)?.memberType).toBe("admin");
      expect(way.person.questions[0]?.message).toContain("from normal to admin");
    });

    it("lowers an admin without asking, where another stays", async () => {
      expectApplied(await set({ workspace: standard.name, member: SEED.deputy.username, role: "normal" }), 1);
      expect(inWorkspace(way.world, standard.id, SEED.deputy.id)?.memberType).toBe("normal");
      expect(way.person.questions).toEqual([]);
    });

    it("answers already where the role is held", async () => {
      const reply = await set({ ...promote, role: "normal" });
      expect(reply.structured).toMatchObject({ status: "already" });
      expect(way.writes()).toEqual([]);
    });

    it("refuses to lower the last admin who can act: an invited or deactivated one does not count", async () => {
      const { memberships } = workspaceIn(way.world, standard.id);
      for (const row of memberships) {
        // The token's owner is no admin here, since the guard of its own account would be the one to refuse.
        if (row.memberType === "admin") row.memberType = "normal";
        if (row.idMember === SEED.deputy.id) row.memberType = "admin";
        if (row.idMember === SEED.leaver.id) Object.assign(row, { memberType: "admin", deactivated: true });
      }
      const error = errorOf(await set({ workspace: standard.id, member: SEED.deputy.id, role: "normal" }));
      expect(error).toMatchObject({ code: "POLICY_DENIED", details: { guard: "last_admin" } });
      expect(error.next).toMatch(/^Make another person admin first, for example @/);
      expect(way.writes()).toEqual([]);
    });

    it("makes a member a guest after a yes: the boards stay, and restore_member brings the member back", async () => {
      const { id } = SEED.leaver;
      const boards = () =>
        [...way.world.trello.boards.values()]
          .filter(({ memberships }) => memberships.some(({ idMember }) => idMember === id))
          .map(({ id: idBoard }) => idBoard);
      const before = boards();
      const reply = await set({ workspace: standard.id, member: id, role: "guest" });
      expectApplied(reply, 1);
      expect(way.person.questions[0]?.message).toContain(
        "becomes a billable guest and takes a paid seat, instead of the member's seat",
      );
      expect(inWorkspace(way.world, standard.id, id)).toBeUndefined();
      expect(boards()).toEqual(before);
      expect(way.writes()).toEqual([`DELETE /organizations/${standard.id}/members/${id}`]);
      const again = await set({ workspace: standard.id, member: id, role: "guest" });
      expect(again.structured).toMatchObject({ status: "already" });
      expectApplied(await way.call("restore_member", { runId: reply.structured["runId"] }), 1);
      expect(inWorkspace(way.world, standard.id, id)?.memberType).toBe("normal");
    });

    it.each(["normal", "admin"])(
      "makes a guest %s of the workspace, with the seat asked for",
      async (role) => {
        const reply = await set({ workspace: standard.id, member: SEED.guest.username, role });
        expectApplied(reply, 1);
        expect(way.person.questions[0]?.message).toContain("Uses 1 paid seat (Standard plan)");
        expect(inWorkspace(way.world, standard.id, SEED.guest.id)?.memberType).toBe(role);
      },
    );

    it.each([
      ["the observer role, which workspaces do not have", { ...promote, role: "observer" }, "INPUT_INVALID"],
      ["a part of a name", { ...promote, member: SEED.successor.fullName.split(" ")[0] }, "AMBIGUOUS"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await set(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { approves: true },
);
