import { beforeEach, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, journalOf, warningsOf } from "../changes.ts";
import { letAge } from "../decisions.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import {
  BOARDS,
  invitedTo,
  inWorkspace,
  memberIn,
  onBoard,
  signUp,
  withEmail,
  WORKSPACES,
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
    expect(warningsOf(dry)).toEqual(["1 expired invitation of these: others sent it."]);
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
