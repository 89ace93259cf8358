import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, itPlansFirst, plannedOps } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, onBoard, WORKSPACES } from "../world.ts";

const { standard, premium } = WORKSPACES;
const both = { workspace: standard.id, boards: [BOARDS.guests.id, BOARDS.secondGuests.shortLink] };

describeTool("add_to_boards", (way) => {
  const add = (args: Record<string, unknown>) => way.call("add_to_boards", args);
  const roleOf = (idBoard: string, idMember: string) => onBoard(way.world, idBoard, idMember)?.memberType;

  it("puts several people onto several boards without asking", async () => {
    const members = [SEED.leaver.id, SEED.successor.username, SEED.alexOfOperations.id];
    expectApplied(await add({ ...both, members }), 6);
    for (const { id } of [SEED.leaver, SEED.successor, SEED.alexOfOperations]) {
      expect(roleOf(BOARDS.guests.id, id)).toBe("normal");
      expect(roleOf(BOARDS.secondGuests.id, id)).toBe("normal");
    }
    expect(way.person.questions).toEqual([]);
  });

  it("asks before it makes anybody admin of a board", async () => {
    const args = { ...both, boards: [BOARDS.guests.id], members: [SEED.leaver.id], role: "admin" };
    way.person.answer = () => ({ action: "decline" });
    expect((await add(args)).structured).toMatchObject({ status: "declined" });
    expect(way.writes()).toEqual([]);
    way.person.answer = () => ({ action: "accept", content: { confirm: true } });
    expectApplied(await add(args), 1);
    expect(roleOf(BOARDS.guests.id, SEED.leaver.id)).toBe("admin");
  });

  it("adds observers in a Premium workspace", async () => {
    const args = { workspace: premium.id, boards: [BOARDS.observed.id], members: [SEED.successor.id] };
    expectApplied(await add({ ...args, role: "observer" }), 1);
    expect(roleOf(BOARDS.observed.id, SEED.successor.id)).toBe("observer");
  });

  it("shows a guest who would take a paid seat, and asks", async () => {
    const args = { ...both, members: [SEED.guest.username] };
    way.person.answer = () => ({ action: "decline" });
    expect((await add(args)).structured).toMatchObject({ status: "declined" });
    expect(way.person.questions[0]?.message).toContain(
      "Luca Bianchi (@lucabianchi) becomes a billable guest and takes a paid seat",
    );
    expect(roleOf(BOARDS.secondGuests.id, SEED.guest.id)).toBeUndefined();
    way.person.answer = () => ({ action: "accept", content: { confirm: true } });
    expectApplied(await add(args), 1);
    expect(roleOf(BOARDS.secondGuests.id, SEED.guest.id)).toBe("normal");
  });

  it("leaves a role that somebody has, and answers already", async () => {
    const args = { ...both, boards: [BOARDS.guests.id], members: [SEED.admin.id, SEED.guest.username] };
    expect((await add(args)).structured).toMatchObject({ status: "already" });
    expect(way.writes()).toEqual([]);
  });

  it("adds only what is missing", async () => {
    const reply = await add({
      ...both,
      members: [SEED.billableGuest.username, SEED.leaver.id],
      dryRun: true,
    });
    expect(plannedOps(reply)).toEqual(["set_board_member", "set_board_member"]);
  });

  it.each([
    ["observers below Premium", { ...both, members: [SEED.leaver.id], role: "observer" }, "INPUT_INVALID"],
    [
      "one unknown person among known ones",
      { ...both, members: [SEED.leaver.id, "nobodyhere"] },
      "NOT_FOUND",
    ],
    ["a name", { ...both, members: ["Alex Morgan"] }, "AMBIGUOUS"],
    ["an unknown board", { ...both, boards: ["sb999999"], members: [SEED.leaver.id] }, "NOT_FOUND"],
    ["nobody", { ...both, members: [] }, "INPUT_INVALID"],
  ])("refuses %s, whole", async (_what, args, code) => {
    expect(errorOf(await add(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });

  itPlansFirst(way, "add_to_boards", { ...both, members: [SEED.leaver.id] });
});
