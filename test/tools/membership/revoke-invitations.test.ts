import { beforeEach, describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, journalOf, warningsOf } from "../changes.ts";
import { letAge } from "../decisions.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import {
  BOARDS,
  boardsWith,
  invitedTo,
  inWorkspace,
  memberIn,
  onBoard,
  signUp,
  withEmail,
  WORKSPACES,
  workspaceIn,
} from "../world.ts";

const { standard } = WORKSPACES;
const { expired: ghost } = SEED.ghosts;

describeTool("revoke_invitations", (way) => {
  const revoke = (args: Record<string, unknown>) =>
    way.call("revoke_invitations", { workspace: standard.id, ...args });
  const invited = async (name: string): Promise<string> => {
    const email = way.newEmail(name);
    const args = { workspace: standard.id, member: email, boards: [BOARDS.guests.id] };
    expectApplied(await way.call("invite_member", args), 2);
    return email;
  };

  beforeEach(() => {
    memberIn(way.world, ghost.id).fullName = ghost.email;
  });

  it("takes an invitation back from the workspace and its boards after a person's yes", async () => {
    const email = await invited("mistake");
    const id = withEmail(way.world, email)?.id ?? "";
    const reply = await revoke({ emails: [email] });
    expectApplied(reply, 2);
    expect(invitedTo(way.world, standard.id, email)).toBeUndefined();
    expect(onBoard(way.world, BOARDS.guests.id, id)).toBeUndefined();
    // The invitation took a paid seat, so it was asked for as well.
    expect(way.person.questions).toHaveLength(2);
    const { effects } = await journalOf(way, reply);
    expect(effects).toHaveLength(2);
    const ledger = await way.call("list_pending_invitations", { workspace: standard.id, state: "revoked" });
    expect(ledger.structured["invitations"]).toContainEqual(
      expect.objectContaining({ email, state: "revoked", invitedBy: SEED.admin.fullName }),
    );
  });

  it("takes back one of others by the email that stands for its name", async () => {
    expectApplied(await revoke({ emails: ghost.email }), 1);
    expect(inWorkspace(way.world, standard.id, ghost.id)).toBeUndefined();
  });

  it("takes back all that expired, whoever sent them, and leaves those that have not", async () => {
    const email = way.newEmail("late");
    const args = { workspace: standard.id, member: email, boards: [BOARDS.guests.id] };
    letAge(way.product, (await way.call("invite_member", args)).structured["runId"]);
    const dry = await revoke({ expired: true, dryRun: true });
    expect(warningsOf(dry)).toEqual([
      "Others sent 1 expired invitation of these.",
      expect.stringMatching(
        /^Sent: late\.\S+ on \d{4}-\d\d-\d\d by Priya Raman; \S+ on \d{4}-\d\d-\d\d by Priya Raman \(@priyaraman\)$/,
      ),
    ]);
    expect(dry.structured["summary"]).toMatch(/^Revoke 2 invitations to Northwind Operations: .*late/);
    const done = await revoke({ workspace: standard.displayName, expired: true });
    expectApplied(done, 3);
    expect(done.text).toMatch(/^Decided by .+ \(a person, asked by the client\)\.$/m);
    expect(invitedTo(way.world, standard.id, email)).toBeUndefined();
    expect(inWorkspace(way.world, standard.id, SEED.ghosts.workspace.id)).toBeDefined();
    expect(inWorkspace(way.world, standard.id, ghost.id)).toBeUndefined();
  });

  it.each([
    ["name", SEED.ghosts.workspace.fullName.toUpperCase()],
    ["id", SEED.ghosts.workspace.id],
    ["username", `@${SEED.ghosts.workspace.username}`],
  ])("takes back one that others sent, by %s", async (_by, member) => {
    expectApplied(await revoke({ member }), 1);
    expect(inWorkspace(way.world, standard.id, SEED.ghosts.workspace.id)).toBeUndefined();
  });

  it("takes back none by a near miss, which is offered, nor somebody who is in", async () => {
    const near = errorOf(await revoke({ member: "Mateo Rohas" }));
    expect(near).toMatchObject({
      code: "NOT_FOUND",
      details: { candidates: [expect.objectContaining({ id: SEED.ghosts.workspace.id })] },
    });
    expect(errorOf(await revoke({ member: SEED.leaver.fullName }))).toMatchObject({ code: "NOT_FOUND" });
    expect(errorOf(await revoke({ member: SEED.ghosts.workspace.id, expired: true }))).toMatchObject({
      code: "INPUT_INVALID",
    });
    expect(way.writes()).toEqual([]);
  });

  describe("in several workspaces", () => {
    const anywhere = (args: Record<string, unknown>) => way.call("revoke_invitations", args);
    const inBoth = async (name: string) => {
      const email = await invited(name);
      expectApplied(await way.call("invite_member", { workspace: WORKSPACES.premium.id, member: email }), 1);
      way.product.sandbox.resetRequests();
      way.person.questions.length = 0;
      return email;
    };

    it("is one plan, one question and one run", async () => {
      const email = await inBoth("both");
      const reply = await anywhere({ workspaces: [standard.id, "brightpath design"], emails: email });
      expectApplied(reply, 3);
      expect(reply.text).toContain("Revoke 2 invitations to 2 workspaces");
      expect(way.person.questions).toHaveLength(1);
      expect(invitedTo(way.world, standard.id, email)).toBeUndefined();
      expect(invitedTo(way.world, WORKSPACES.premium.id, email)).toBeUndefined();
    });

    it("asks which where none is named and several have one, and takes the only one that has", async () => {
      const email = await inBoth("unsaid");
      const which = errorOf(await anywhere({ emails: email }));
      expect(which).toMatchObject({ code: "AMBIGUOUS", message: expect.stringContaining("`workspaces`") });
      expect(which.details["candidates"]).toHaveLength(2);
      expect(way.writes()).toEqual([]);
      expectApplied(await anywhere({ member: SEED.ghosts.free.fullName }), 1);
      expect(inWorkspace(way.world, WORKSPACES.free.id, SEED.ghosts.free.id)).toBeUndefined();
      expect(invitedTo(way.world, standard.id, email)).toBeDefined();
    });

    it("takes all that wait of the named ones, guests of boards too, and nobody who came", async () => {
      const { board } = SEED.ghosts;
      const members = workspaceIn(way.world, standard.id).memberships.length;
      const named = [standard.id, WORKSPACES.premium.id];
      const dry = await anywhere({ workspaces: named, all: true, dryRun: true });
      expect(dry.structured["summary"]).toMatch(/^Revoke 3 invitations to 2 workspaces: /);
      expectApplied(await anywhere({ workspaces: named, all: true }), 3);
      expect(workspaceIn(way.world, standard.id).memberships).toHaveLength(members - 2);
      expect(boardsWith(way.world, WORKSPACES.premium.id, board.id)).toEqual([]);
    });

    it.each([
      ["all, and no workspace", { all: true }],
      ["all: false", { workspace: standard.id, all: false }],
      ["all, and an empty list", { workspaces: [], all: true }],
      ["all, and an empty text for the list", { workspaces: "", all: true }],
      ["all, and null for the list", { workspaces: null, all: true }],
      ["all, and an empty name", { workspace: " ", all: true }],
      ["all and emails", { workspace: standard.id, all: true, emails: "a@x.org" }],
      ["emails of nobody", { workspaces: [standard.id], emails: "" }],
      ["a workspace alone", { workspace: standard.id }],
      ["both", { workspace: standard.id, workspaces: [standard.id], expired: true }],
    ])("refuses %s, because it would reach further than was said", async (_what, args) => {
      expect(errorOf(await anywhere(args))).toMatchObject({ code: "INPUT_INVALID" });
      expect(way.writes()).toEqual([]);
    });
  });

  it("leaves a board that the person has confirmed", async () => {
    const { guest } = SEED;
    const half = { idMember: guest.id, memberType: "normal" as const, deactivated: false };
    const before = boardsWith(way.world, standard.id, guest.id);
    expect(before).not.toEqual([]);
    workspaceIn(way.world, standard.id).memberships.push({
      ...half,
      id: "6a0000000000000000000aaa",
      unconfirmed: true,
    });
    const reply = await revoke({ member: guest.id });
    expectApplied(reply, 1);
    expect(inWorkspace(way.world, standard.id, guest.id)).toBeUndefined();
    expect(boardsWith(way.world, standard.id, guest.id)).toEqual(before);
  });

  it("says where boards are hidden from it, on which an invitation may stay", async () => {
    const { free: hers } = SEED.ghosts;
    memberIn(way.world, hers.id).fullName = hers.email;
    const dry = await revoke({ workspace: WORKSPACES.free.id, emails: hers.email, dryRun: true });
    expect(dry.structured["plan"]).toMatchObject({
      blindSpots: [expect.stringContaining("private boards of others are hidden")],
    });
  });

  it("never takes away somebody who accepted", async () => {
    const email = await invited("accepted");
    const id = signUp(way.world, email, "In Now");
    const error = errorOf(await revoke({ emails: email }));
    expect(error).toMatchObject({ code: "NOT_FOUND" });
    expect(error.message).toContain(`${email}: accepted`);
    expect(inWorkspace(way.world, standard.id, id)).toBeDefined();
  });

  it("does nothing where the person accepts while somebody thinks about it", async () => {
    const email = await invited("justintime");
    way.person.answer = () => {
      signUp(way.world, email, "Just In Time");
      return { action: "accept", content: { confirm: true } };
    };
    const reply = await revoke({ emails: email });
    expect(reply.isError).toBe(true);
    expect(inWorkspace(way.world, standard.id, withEmail(way.world, email)?.id ?? "")).toBeDefined();
  });

  it.each([
    ["a member, by email", { emails: SEED.leaver.email }, "NOT_FOUND"],
    ["no choice", {}, "INPUT_INVALID"],
  ])("refuses %s", async (_what, args, code) => {
    expect(errorOf(await revoke(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });
});
