import { beforeEach, describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_STDIO, userIn } from "../atlassian.ts";
import { expectApplied, journalOf, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const leaver = { user: SEED.leaver.email };

describeTool(
  "scim_update_user",
  (way) => {
    const update = (args: Record<string, unknown>) => way.call("scim_update_user", { ...leaver, ...args });
    const user = () => userIn(way.world, SEED.leaver.idScim);
    beforeEach(() => {
      Object.assign(user(), { title: "Analyst", department: "Fleet", nickName: "Jo" });
    });

    it("changes what is named, clears what is null, leaves the rest; without asking", async () => {
      const attributes = {
        title: "Lead",
        nickName: null,
        "name.familyName": "Lind",
        timezone: "Europe/Oslo",
      };
      const reply = await update({ attributes });
      expectApplied(reply, 1);
      expect(user()).toMatchObject({
        title: "Lead",
        nickName: null,
        department: "Fleet",
        timezone: "Europe/Oslo",
        name: { givenName: "Jonas", familyName: "Lind" },
        userName: SEED.leaver.email,
        active: true,
      });
      expect(way.person.questions).toEqual([]);
      expect((await journalOf(way, reply))["effects"]).toEqual([
        expect.objectContaining({
          before: { title: "Analyst", nickName: "Jo", "name.familyName": "Lindqvist", timezone: null },
          after: attributes,
        }),
      ]);
    });

    it("sends only what differs, and answers already where nothing does", async () => {
      const reply = await update({ attributes: { title: "Analyst", department: "Payroll" } });
      expect(reply.structured["summary"]).toMatch(/^Change department of Jonas/);
      expect((await update({ attributes: { department: "Payroll" } })).structured).toMatchObject({
        status: "already",
      });
      expect(way.writes()).toHaveLength(1);
    });

    it("asks before it changes who can sign in, and takes the primary email along", async () => {
      user().emails.push({ value: "jonas@home.example.org", type: "home", primary: false });
      const attributes = { userName: "jonas.lind@example.com" };
      way.person.answer = () => ({ action: "decline" });
      expect(errorOf(await update({ attributes })).code).toBe("CONFIRMATION_DECLINED");
      expect(way.person.questions[0]?.message).toContain("can sign in as this User");
      expect(way.writes()).toEqual([]);
      way.person.answer = () => ({ action: "accept", content: { confirm: true } });
      expectApplied(await update({ attributes }), 1);
      expect(user()).toMatchObject({
        userName: "jonas.lind@example.com",
        emails: [
          { value: "jonas.lind@example.com", primary: true },
          { value: "jonas@home.example.org", primary: false },
        ],
      });
    });

    describe("replacing", () => {
      it("shows which attributes are cleared, asks, and keeps what was before", async () => {
        const args = { attributes: { title: "Lead" }, replace: true };
        const dry = await update({ ...args, dryRun: true });
        const cleared = "externalId, displayName, nickName, department";
        expect(warningsOf(dry)).toEqual([
          `With replace, attributes that the call does not name are cleared: ${cleared}`,
        ]);
        const reply = await update(args);
        expectApplied(reply, 1);
        expect(way.person.questions[0]?.message).toContain(cleared);
        expect(user()).toMatchObject({
          title: "Lead",
          nickName: null,
          department: null,
          externalId: null,
          active: true,
          userName: SEED.leaver.email,
          name: { givenName: "Jonas", familyName: "Lindqvist" },
        });
        expect((await journalOf(way, reply))["effects"]).toEqual([
          expect.objectContaining({
            before: expect.objectContaining({ nickName: "Jo", department: "Fleet" }),
          }),
        ]);
      });

      it("leaves a User who is not active not active", async () => {
        user().active = false;
        expectApplied(await update({ attributes: { title: "Former" }, replace: true }), 1);
        expect(user()).toMatchObject({ title: "Former", active: false });
      });
    });

    it.each([
      ["no attribute", { attributes: {} }],
      ["an unknown attribute", { attributes: { password: "secret" } }],
      ["active, which has tools of its own", { attributes: { active: "false" } }],
      ["a User without a userName", { attributes: { userName: null } }],
      ["a value that is too long", { attributes: { title: "x".repeat(501) } }],
    ])("refuses %s before any request", async (_what, args) => {
      expect(errorOf(await update(args))).toMatchObject({ code: "INPUT_INVALID" });
      expect(way.product.sandbox.requests).toEqual([]);
    });
  },
  { approves: true, clients: OVER_STDIO },
);
