import { describe, expect, it } from "vitest";
import type { AppliedEffect } from "../../../src/domain/run.ts";
import { inviteWorkspaceMember, revokeInvitation } from "../../../src/effects/invitations.ts";
import { invitationsOf } from "../../../src/planning/invitations/sent.ts";
import { fakeContext, id, row, snapshot } from "../../support/plan-context.ts";

const NOW = "2026-01-15T12:00:00.000Z";
const email = "ann@x.org";
const labels = { label: email, place: null };

function applied(effect: AppliedEffect["effect"], at: string): AppliedEffect {
  return {
    effect,
    at,
    principal: { id: id(7), name: "Priya", client: "c" },
    ticket: null,
    cursor: "c",
    runId: "r",
    index: 0,
  };
}

const sent = (at: string, fullName = email) =>
  applied(
    inviteWorkspaceMember.make({
      target: { idOrganization: id(9_000), email },
      before: { sameName: [] },
      after: { memberType: "normal", fullName },
      ...labels,
    }),
    at,
  );
const takenBack = (at: string) =>
  applied(
    revokeInvitation.make({
      target: { idOrganization: id(9_000), idBoard: "", idMember: id(1), email },
      before: { memberType: "normal", fullName: email },
      after: null,
      ...labels,
    }),
    at,
  );

const ghost = row({ n: 1, name: email, ghost: true });
const came = row({ n: 1, name: "Ann Lee" });
const links = [{ email, idMember: id(1), source: "invitation" }];

describe("the ledger of invitations", () => {
  it.each([
    ["pending within the days of the policy", [sent("2026-01-09T12:00:00.001Z")], [ghost], "pending"],
    ["expired from the minute that they are over", [sent("2026-01-08T12:00:00.000Z")], [ghost], "expired"],
    [
      "pending again after it was sent again",
      [sent("2026-01-14T00:00:00.000Z"), sent("2025-12-01T00:00:00.000Z")],
      [ghost],
      "pending",
    ],
    [
      "accepted once the person is there, under any name",
      [sent("2025-12-01T00:00:00.000Z")],
      [came],
      "accepted",
    ],
    [
      "revoked after we took it back",
      [takenBack("2026-01-10T00:00:00.000Z"), sent("2026-01-09T00:00:00.000Z")],
      [],
      "revoked",
    ],
    ["gone where others took it back", [sent("2026-01-09T00:00:00.000Z")], [], "gone"],
    [
      "pending after it was revoked and sent again",
      [sent("2026-01-14T00:00:00.000Z"), takenBack("2026-01-10T00:00:00.000Z")],
      [ghost],
      "pending",
    ],
  ])("is %s", async (_when, history, memberships, state) => {
    const { context } = fakeContext({ applied: history, links, now: NOW });
    expect(await invitationsOf(snapshot(memberships), context)).toEqual([
      expect.objectContaining({ email, state, invitedBy: "Priya" }),
    ]);
  });

  it("knows a ghost by the name that the invitation gave, where no link was learnt", async () => {
    const { context } = fakeContext({ applied: [sent("2026-01-14T00:00:00.000Z", "Ann Lee")], now: NOW });
    const named = row({ n: 1, name: "Ann Lee", ghost: true });
    expect(await invitationsOf(snapshot([named]), context)).toEqual([
      expect.objectContaining({ email, idMember: id(1), state: "pending" }),
    ]);
  });

  it("does not take a member of that name for somebody who was invited", async () => {
    const { context } = fakeContext({ applied: [sent("2026-01-14T00:00:00.000Z", "Ann Lee")], now: NOW });
    expect(await invitationsOf(snapshot([came]), context)).toEqual([
      expect.objectContaining({ email, idMember: null, state: "gone" }),
    ]);
  });

  it("has those whom others invited, with an email only where the ghost's name is one", async () => {
    const named = row({ n: 2, name: "Bo Ghost", ghost: true });
    const { context } = fakeContext({ now: NOW });
    const rows = await invitationsOf(snapshot([named, ghost, row({ n: 3, name: "Ann Lee" })]), context);
    expect(new Map(rows.map(({ idMember, email: shown }) => [idMember, shown]))).toEqual(
      new Map([
        [id(1), email],
        [id(2), null],
      ]),
    );
    expect(rows.every(({ invitedBy }) => invitedBy === null)).toBe(true);
  });

  it("takes the date of one of others from its membership, and it expires as others do", async () => {
    const { context } = fakeContext({ now: NOW });
    const old = { ...row({ n: 2, name: "Bo Ghost", ghost: true }), id: `50a00000${"0".repeat(16)}` };
    expect(await invitationsOf(snapshot([old]), context)).toEqual([
      expect.objectContaining({
        state: "expired",
        invitedAt: "2012-11-11T19:44:00.000Z",
        expiresAt: "2012-11-18T19:44:00.000Z",
        invitedBy: null,
      }),
    ]);
  });

  it("has guests who wait and whom others invited, dated by their newest board, and none who confirmed a board", async () => {
    const waiting = row({ n: 2, name: "Bo Ghost", ghost: true });
    const newer = { ...waiting, id: `69600000${"0".repeat(16)}` };
    const half = row({ n: 4, name: "Half In", unconfirmed: true });
    const boards = [[waiting, half], [newer, { ...half, unconfirmed: false }], [row({ n: 3, name: "Ann" })]];
    const { context, boardsRead } = fakeContext({ now: NOW, people: boards });
    expect(await invitationsOf(snapshot([], boards), context)).toEqual([
      expect.objectContaining({
        idMember: id(2),
        name: "Bo Ghost",
        role: "guest",
        boards: ["Board 0", "Board 1"],
        invitedAt: "2026-01-08T19:05:36.000Z",
        state: "pending",
      }),
    ]);
    // One board has the name of everybody who waits.
    expect(boardsRead).toHaveLength(1);
  });

  it("reads no date from an id that would lie in the future", async () => {
    const { context } = fakeContext({ now: NOW });
    const odd = { ...row({ n: 2, name: "Bo", ghost: true }), id: `eeeeeeee${"0".repeat(16)}` };
    expect(await invitationsOf(snapshot([odd]), context)).toEqual([
      expect.objectContaining({ invitedAt: null, expiresAt: null, state: "pending" }),
    ]);
  });

  it("has the newest first, whoever sent them", async () => {
    const other = "cy@x.org";
    const earlier = sent("2026-01-10T00:00:00.000Z");
    const history = [
      { ...earlier, effect: { ...earlier.effect, target: { ...earlier.effect.target, email: other } } },
      sent("2026-01-14T00:00:00.000Z"),
    ];
    const { context } = fakeContext({ applied: history, links, now: NOW });
    const rows = await invitationsOf(snapshot([row({ n: 2, name: "Bo", ghost: true }), ghost]), context);
    expect(rows.map(({ invitedAt }) => invitedAt?.slice(0, 10) ?? null)).toEqual([
      "2026-01-14",
      "2026-01-10",
      "2024-01-11",
    ]);
  });

  it("knows a ghost by its name in either spelling of its letters", async () => {
    const history = [sent("2026-01-14T00:00:00.000Z", "Zoe\u0308 Lee")];
    const { context } = fakeContext({ applied: history, now: NOW });
    const named = row({ n: 1, name: "Zo\u00eb Lee", ghost: true });
    expect(await invitationsOf(snapshot([named]), context)).toEqual([
      expect.objectContaining({ idMember: id(1), state: "pending" }),
    ]);
  });
});
