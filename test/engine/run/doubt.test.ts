import { describe, expect, it } from "vitest";
import type { Effect } from "../../../src/domain/effect.ts";
import type { Reads } from "../../../src/domain/reads.ts";
import { membership, membershipWithMember, type WorkspaceSnapshot } from "../../../src/domain/trello.ts";
import { removeBoardMember, setBoardMember } from "../../../src/effects/board-members.ts";
import { doubtAbout, doubtOf } from "../../../src/engine/run/doubt.ts";
import { id, row, snapshot } from "../../support/plan-context.ts";

const [ada, bob] = [row({ n: 1, name: "Ada" }, "admin"), row({ n: 2, name: "Bob" })];
const whole = snapshot([ada, bob], [[ada], [bob]]);

describe("an answer of Trello that shows nobody", () => {
  it.each<[string, WorkspaceSnapshot, RegExp]>([
    ["no members", { ...whole, memberships: [] }, /no members at all/],
    ["no people on any board", snapshot([ada], [[], []]), /no people on any board/],
    [
      "rows that could not be read",
      { ...whole, unread: ["2 boards"] },
      /2 boards of Trello's answer could not be read/,
    ],
  ])("proves no removal: %s", (_what, answer, why) => {
    expect(doubtOf(answer)).toMatch(why);
  });

  it("proves a removal if it shows the others", () => {
    expect(doubtOf(whole)).toBeNull();
    expect(doubtOf(snapshot([ada]))).toBeNull();
    expect(doubtOf(snapshot([ada], [[ada], []]))).toBeNull();
  });

  const target = { idBoard: id(8_000), idMember: id(3), idOrganization: id(9_000) };
  const removal = removeBoardMember.make({
    target,
    before: { memberType: "normal" },
    after: null,
    label: "Cy",
  });
  const doubt = (effect: Effect, answer: WorkspaceSnapshot) =>
    doubtAbout(effect, { trello: { workspace: async () => answer } } as unknown as Reads);

  it("is asked about for removals only, on the board that is meant", async () => {
    const odd = { ...whole, boards: whole.boards.map((board) => ({ ...board, unreadPeople: 1 })) };
    expect(await doubt(removal, odd)).toMatch(/1 entry in the board's list of people could not be read/);
    expect(await doubt(removal, { ...whole, memberships: [] })).toMatch(/no members at all/);
    expect(await doubt(removal, whole)).toBeNull();
    const addition = setBoardMember.make({
      target,
      before: null,
      after: { memberType: "normal" },
      label: "Cy",
    });
    expect(await doubt(addition, { ...whole, memberships: [] })).toBeNull();
    const elsewhere = removeBoardMember.make({
      target: { ...target, idBoard: id(7) },
      before: { memberType: "normal" },
      after: null,
      label: "Cy",
    });
    expect(await doubt(elsewhere, odd)).toBeNull();
  });
});

it.each([membership, membershipWithMember])(
  "a row that has the person's id only inside `member` is read",
  (schema) => {
    for (const idMember of [undefined, null, ""]) {
      const found = schema.parse({
        id: "r",
        idMember,
        memberType: "admin",
        member: { id: id(5), username: "e" },
      });
      expect(found).toMatchObject({ idMember: id(5), memberType: "admin" });
    }
    expect(schema.safeParse({ id: "r", memberType: "admin", member: null }).success).toBe(false);
  },
);
