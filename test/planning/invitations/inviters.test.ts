import { describe, expect, it } from "vitest";
import { invitationAction, type InvitationAction } from "../../../src/domain/trello.ts";
import { withInviters } from "../../../src/planning/invitations/inviters.ts";
import { id } from "../../support/plan-context.ts";

const ghost = id(1);
const boss = { fullName: "Ines Boss", username: "ines" };
const action = (more: Record<string, unknown>) =>
  invitationAction.parse({
    type: "unconfirmedOrganizationInvitation",
    date: "2026-01-01T00:00:00.000Z",
    idMemberCreator: id(2),
    memberCreator: boss,
    data: {},
    ...more,
  });

const invitation = (more: Record<string, unknown> = {}) => ({
  email: null,
  idMember: ghost,
  name: "Ghost",
  role: "normal",
  invitedAt: null,
  expiresAt: null,
  invitedBy: null,
  isOurs: false,
  state: "pending" as const,
  idOrganization: id(9_000),
  ...more,
});

/** Answers of the feed; what was asked is kept. */
const feeds = (answers: Readonly<Record<string, readonly InvitationAction[] | null>>) => {
  const asked: (readonly string[])[] = [];
  const trello = {
    invitationActions: async (ids: readonly string[]) => {
      asked.push(ids);
      return ids.map((each) => answers[each] ?? null);
    },
  };
  return { asked, reads: { trello } as unknown as Parameters<typeof withInviters>[1] };
};

describe("who sent an invitation of others", () => {
  it.each([
    ["the invited member's id", { data: { idMemberInvited: ghost } }, "Ines Boss (@ines)"],
    [
      "the added member's id",
      { type: "addMemberToBoard", data: { idMemberAdded: ghost } },
      "Ines Boss (@ines)",
    ],
    ["a member in the data", { data: { member: { id: ghost } } }, "Ines Boss (@ines)"],
    ["a member beside the data", { data: null, member: { id: ghost } }, "Ines Boss (@ines)"],
    ["no name of the sender", { data: { idMember: ghost }, memberCreator: null }, id(2)],
    ["no sender", { data: { idMember: ghost }, idMemberCreator: null }, null],
    ["another person", { data: { idMember: id(5) } }, null],
    ["nobody", { data: {} }, null],
    ["a person who joined by themself", { data: { idMember: ghost }, idMemberCreator: ghost }, null],
  ])("is read from a row with %s", async (_what, row, invitedBy) => {
    const { reads } = feeds({ [id(9_000)]: [action(row)] });
    const { rows, notes } = await withInviters([invitation()], reads);
    expect(rows).toEqual([invitation({ invitedBy })]);
    expect(notes).toHaveLength(invitedBy === null ? 1 : 0);
  });

  it("is of the invitation, and of the newest one, not of a row that only says that the person was added", async () => {
    const other = { idMemberCreator: id(3), memberCreator: { fullName: "Olaf", username: "olaf" } };
    const { reads } = feeds({
      [id(9_000)]: [
        action({ ...other, type: "addMemberToOrganization", data: { idMember: ghost } }),
        action({ data: { idMember: ghost } }),
        action({ ...other, data: { idMember: ghost } }),
      ],
    });
    const { rows } = await withInviters([invitation()], reads);
    expect(rows).toEqual([invitation({ invitedBy: "Ines Boss (@ines)" })]);
  });

  it("asks the feed of no workspace in which this server sent all, and says why a sender is not known", async () => {
    const ours = invitation({ isOurs: true, invitedBy: "Priya", idOrganization: id(9_001) });
    const { reads, asked } = feeds({ [id(9_000)]: [], [id(9_002)]: null });
    const { rows, notes } = await withInviters(
      [ours, invitation(), invitation({ idOrganization: id(9_002) })],
      reads,
    );
    expect(rows[0]).toEqual(ours);
    expect(asked).toEqual([[id(9_000), id(9_002)]]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^Invitations whose sender is not known: 1\. Trello does not let this account read the workspace's action feed/,
      ),
      expect.stringMatching(/^Invitations whose sender is not known: 1\. This server did not send them/),
    ]);
    expect(await withInviters([ours], reads)).toEqual({ rows: [ours], notes: [] });
    expect(asked).toHaveLength(1);
  });
});
