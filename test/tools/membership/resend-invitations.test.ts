import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, invitedTo, onBoard, signUp, withEmail, WORKSPACES } from "../world.ts";

const { standard, premium } = WORKSPACES;

describeTool("resend_invitations", (way) => {
  const resend = (args: Record<string, unknown>) =>
    way.call("resend_invitations", { workspace: standard.id, ...args });
  const invited = async (name: string, role = "normal"): Promise<string> => {
    const email = way.newEmail(name);
    expectApplied(await way.call("invite_member", { workspace: standard.id, member: email, role }), 1);
    way.product.sandbox.resetRequests();
    way.person.questions.length = 0;
    return email;
  };

  it("invites again who has not come, with the role that was given", async () => {
    const email = await invited("slow");
    const before = withEmail(way.world, email)?.id;
    expectApplied(await resend({ emails: email }), 1);
    expect(way.writes()).toEqual([`PUT /organizations/${standard.id}/members`]);
    expect(way.product.sandbox.requests.find(({ method }) => method === "PUT")?.query).toMatchObject({
      email,
      type: "normal",
    });
    expect(withEmail(way.world, email)?.id).toBe(before);
    expect(invitedTo(way.world, standard.id, email)).toMatchObject({ unconfirmed: true });
  });

  it("names those of a list who do not wait, and invites the others", async () => {
    const email = await invited("listed");
    const came = await invited("came");
    signUp(way.world, came, "Came Already");
    const dry = await resend({ emails: `${email}\n${came}, stranger@x.org, broken@x`, dryRun: true });
    expect(dry.structured["summary"]).toBe("Invite 1 person again to Northwind Operations");
    expect(warningsOf(dry)).toEqual([
      `${came}: accepted`,
      "stranger@x.org: no invitation is known",
      "Line 2 skipped: not an email address (broken@x)",
    ]);
    expect(way.writes()).toEqual([]);
  });

  it("invites a guest again to the boards that wait, with the role held there, and nowhere else", async () => {
    const email = way.newEmail("guest");
    const first = { emails: email, role: "observer", boards: [BOARDS.observed.id] };
    expectApplied(await way.call("invite_members", { workspace: premium.id, ...first }), 1);
    way.product.sandbox.resetRequests();
    const member = withEmail(way.world, email);
    expectApplied(await resend({ workspace: premium.id, emails: email }), 1);
    expect(way.writes()).toEqual([`PUT /boards/${BOARDS.observed.id}/members`]);
    expect(way.product.sandbox.requests.find(({ method }) => method === "PUT")?.query).toMatchObject({
      email,
      type: "observer",
    });
    expect(onBoard(way.world, BOARDS.observed.id, member?.id ?? "")?.memberType).toBe("observer");
    expect(invitedTo(way.world, premium.id, email)).toBeUndefined();
  });

  it("refuses where only others' invitations expired, whose emails Trello hides", async () => {
    const error = errorOf(await resend({ expired: true }));
    expect(error).toMatchObject({ code: "CONFLICT", next: expect.stringContaining("invite_member") });
    expect(error.message).toContain("1 person was invited by others");
    expect(way.writes()).toEqual([]);
  });

  it("answers already where nothing expired", async () => {
    const reply = await resend({ workspace: WORKSPACES.adminHub.id, expired: true });
    expect(reply.structured).toMatchObject({ status: "already" });
  });

  it("invites again in several workspaces by one plan", async () => {
    const email = await invited("twice");
    const second = { workspace: premium.id, member: email };
    expectApplied(await way.call("invite_member", second), 1);
    way.product.sandbox.resetRequests();
    const both = { workspaces: [standard.name, premium.displayName], emails: email };
    const reply = await way.call("resend_invitations", both);
    expectApplied(reply, 2);
    expect(reply.text).toContain("to 2 workspaces");
    expect(way.writes()).toEqual(
      expect.arrayContaining([
        `PUT /organizations/${standard.id}/members`,
        `PUT /organizations/${premium.id}/members`,
      ]),
    );
    expect(way.writes()).toHaveLength(2);
  });

  it.each([
    ["somebody who was never invited", { emails: SEED.leaver.email }, "NOT_FOUND"],
    ["no choice", {}, "INPUT_INVALID"],
    ["two choices", { emails: "a@x.org", expired: true }, "INPUT_INVALID"],
    ["expired: false", { expired: false }, "INPUT_INVALID"],
    ["an unknown field", { expired: true, boards: [] }, "INPUT_INVALID"],
  ])("refuses %s", async (_what, args, code) => {
    expect(errorOf(await resend(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });
});
