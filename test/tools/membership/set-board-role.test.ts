import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, onBoard, WORKSPACES } from "../world.ts";

const { standard, premium } = WORKSPACES;
const promote = {
  workspace: standard.id,
  board: BOARDS.guests.id,
  member: SEED.guest.username,
  role: "admin",
};
const observed = { workspace: premium.id, board: BOARDS.observed.shortLink, member: SEED.observer.username };

describeTool(
  "set_board_role",
  (way) => {
    const set = (args: Record<string, unknown>) => way.call("set_board_role", args);
    const roleOf = (idBoard: string, idMember: string) => onBoard(way.world, idBoard, idMember)?.memberType;

    it("grants admin of a board after a person's yes", async () => {
      expectApplied(await set(promote), 1);
      expect(roleOf(BOARDS.guests.id, SEED.guest.id)).toBe("admin");
      expect(way.person.questions).toHaveLength(1);
    });

    it("changes between normal and observer without asking", async () => {
      expectApplied(await set({ ...observed, role: "normal" }), 1);
      expect(roleOf(BOARDS.observed.id, SEED.observer.id)).toBe("normal");
      expectApplied(await set({ ...observed, role: "observer" }), 1);
      expect(roleOf(BOARDS.observed.id, SEED.observer.id)).toBe("observer");
      expect(way.person.questions).toEqual([]);
    });

    it("answers already where the role is held", async () => {
      expect((await set({ ...observed, role: "observer" })).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toEqual([]);
    });

    it("refuses observers below Premium before asking Trello", async () => {
      const error = errorOf(await set({ ...promote, role: "observer" }));
      expect(error).toMatchObject({ code: "INPUT_INVALID" });
      expect(error.message).toContain("Premium");
      expect(way.product.sandbox.requests).toHaveLength(1);
    });

    it("refuses to leave a board without an admin", async () => {
      const args = { workspace: standard.id, board: BOARDS.soleAdmin.id, member: SEED.soleBoardAdmin.id };
      expect(errorOf(await set({ ...args, role: "normal" }))).toMatchObject({
        code: "POLICY_DENIED",
        details: { guard: "last_admin" },
      });
      expect(way.writes()).toEqual([]);
    });

    it("says that a person who is not on the board sees it because of its visibility", async () => {
      const error = errorOf(await set({ ...promote, member: SEED.deputy.id, board: BOARDS.guests.id }));
      expect(error.message).toMatch(
        /^.+ is not on the board .+\. So the person has no role there; every member of Northwind Operations sees the board, because of its visibility, but cannot edit or join the board without being added\.$/,
      );
      expect(error.next).toContain(`add_to_boards with member ${SEED.deputy.id}, this board and role`);
    });

    it.each([
      [
        "somebody who is not on the board",
        { ...promote, member: SEED.deputy.id, board: BOARDS.guests.id },
        "CONFLICT",
      ],
      ["an unknown role", { ...promote, role: "owner" }, "INPUT_INVALID"],
      ["a part of a name", { ...promote, member: SEED.guest.fullName.split(" ")[0] }, "AMBIGUOUS"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await set(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { approves: true },
);
