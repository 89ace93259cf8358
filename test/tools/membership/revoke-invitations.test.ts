import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, itAsksFirst, itPlansFirst, journalOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, invitedTo, inWorkspace, onBoard, signUp, withEmail, WORKSPACES } from "../world.ts";

const { standard } = WORKSPACES;
const expired = { workspace: standard.id, expired: true };

describeTool("revoke_invitations", (way) => {
  const revoke = (args: Record<string, unknown>) =>
    way.call("revoke_invitations", { workspace: standard.id, ...args });
  const invited = async (name: string): Promise<string> => {
    const email = way.newEmail(name);
    const args = { workspace: standard.id, member: email, boards: [BOARDS.guests.id] };
    expectApplied(await way.call("invite_member", args), 2);
    return email;
  };

  it("takes an invitation back from the workspace and its boards after a person's yes", async () => {
    const email = await invited("mistake");
    const id = withEmail(way.world, email)?.id ?? "";
    const reply = await revoke({ emails: [email] });
    expectApplied(reply, 2);
    expect(invitedTo(way.world, standard.id, email)).toBeUndefined();
    expect(onBoard(way.world, BOARDS.guests.id, id)).toBeUndefined();
    expect(way.person.questions).toHaveLength(1);
    const { effects } = await journalOf(way, reply);
    expect(effects).toHaveLength(2);
    const ledger = await way.call("list_pending_invitations", { workspace: standard.id, state: "revoked" });
    expect(ledger.structured["invitations"]).toContainEqual(
      expect.objectContaining({ email, state: "revoked", invitedBy: SEED.admin.fullName }),
    );
  });

  it("takes back all that expired, those of others too", async () => {
    expectApplied(await revoke({ expired: true }), 2);
    expect(inWorkspace(way.world, standard.id, SEED.ghosts.workspace.id)).toBeUndefined();
    expect(inWorkspace(way.world, standard.id, SEED.ghosts.expired.id)).toBeUndefined();
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
    ["an unknown workspace", { expired: true, workspace: "nowhere" }, "NOT_FOUND"],
  ])("refuses %s", async (_what, args, code) => {
    expect(errorOf(await revoke(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });

  itPlansFirst(way, "revoke_invitations", expired);
  itAsksFirst(way, "revoke_invitations", expired);
});
