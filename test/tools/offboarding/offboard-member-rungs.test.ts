import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_STDIO, userIn } from "../atlassian.ts";
import { expectApplied, journalOf, plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { enterTrello } from "../enterprise/enterprise.ts";
import { boardsWith, WORKSPACES } from "../world.ts";

const { leaver, scimOnly, trelloOnly } = SEED;
const NO_ENTERPRISE = { TRELLO_ENTERPRISE_ID: "" };
const ADMIN_HUB = { TRELLO_ENTERPRISE_ID: SEED.adminHubEnterprise.id };
const name = `${leaver.fullName} (@${leaver.username})`;

describeTool(
  "offboard_member, rung by rung",
  (way) => {
    const offboard = (args: Record<string, unknown>) => way.call("offboard_member", args);
    const enterpriseRow = () => way.world.trello.enterprises.get(SEED.enterprise.id)?.members.get(leaver.id);
    /** What a person reads before deciding, and the evidence afterwards. */
    const stays = async (client: Pick<typeof way, "call">, args: Record<string, unknown>) => {
      const reply = await client.call("offboard_member", args);
      const { evidence } = reply.structured["run"] as { readonly evidence: { readonly untouched: string[] } };
      return { reply, remains: evidence.untouched.join("\n"), asked: way.person.questions[0]?.message ?? "" };
    };

    it.each([
      ["username", leaver.username],
      ["id", leaver.id],
      ["email", leaver.email.toUpperCase()],
    ])("goes on by %s, rung after rung, with somebody who has left every workspace", async (_by, member) => {
      expect((await offboard({ member })).structured["status"]).toBe("applied");
      expect(errorOf(await offboard({ member })).code).toBe("NOT_FOUND");

      const enterprise = await offboard({ member, rung: "enterprise" });
      expectApplied(enterprise, 1);
      expect(enterprise.structured["summary"]).toBe(`Offboard ${name}: 1 Trello Enterprise membership`);
      expect(enterpriseRow()?.deactivated).toBe(true);

      expectApplied(await offboard({ member, rung: "account" }), 1);
      expect(userIn(way.world, leaver.idScim).active).toBe(false);
      expect((await offboard({ member, rung: "account" })).structured["status"]).toBe("already");
    });

    it.each([
      ["username", leaver.username],
      ["email", leaver.email],
    ])("takes enterprise and account together, by %s", async (_by, member) => {
      await offboard({ member: leaver.id });
      expect(plannedOps(await offboard({ member, rung: "account", dryRun: true }))).toEqual([
        "set_enterprise_deactivated",
        "set_scim_active",
      ]);
    });

    it.each(["enterprise", "account"])(
      "says what to pass instead of a name for the rung %s",
      async (rung) => {
        const error = errorOf(await offboard({ member: leaver.fullName, rung }));
        expect(error).toMatchObject({
          code: "AMBIGUOUS",
          message: expect.stringMatching(
            /^Exactly one person has this name, but a name is not enough: this offboarding includes/,
          ),
          next: expect.stringContaining("the email"),
          details: { candidates: [{ id: leaver.id, email: leaver.email }] },
        });
      },
    );

    it("knows somebody without the enterprise by the email that was linked to the id", async () => {
      await offboard({ member: leaver.email });
      const client = await way.other(NO_ENTERPRISE);
      const reply = await client.call("offboard_member", { member: leaver.id, rung: "account" });
      expectApplied(reply, 1);
      expect(userIn(way.world, leaver.idScim).active).toBe(false);
    });

    it("does not take a name of the enterprise for a person", async () => {
      await offboard({ member: leaver.id });
      const error = errorOf(await offboard({ member: leaver.fullName, rung: "enterprise" }));
      expect(error).toMatchObject({ code: "AMBIGUOUS", details: { candidates: [{ id: leaver.id }] } });
      expect(enterpriseRow()?.deactivated).toBe(false);
    });

    it("takes no heed of somebody in the enterprise who has the username for a name", async () => {
      enterTrello(way.world, 1, leaver.username);
      await offboard({ member: leaver.id });
      expectApplied(await offboard({ member: leaver.username, rung: "enterprise" }), 1);
      expect(enterpriseRow()?.deactivated).toBe(true);
    });

    it.each([
      ["without TRELLO_ENTERPRISE_ID", NO_ENTERPRISE, "TRELLO_ENTERPRISE_ID is not set"],
      [
        "where Atlassian Administration manages the enterprise",
        ADMIN_HUB,
        "Atlassian Administration manages this enterprise, so Trello refuses to change its members",
      ],
    ])("says in question, summary and evidence that the enterprise stays %s", async (_what, env, why) => {
      const client = await way.other(env);
      const { reply, remains, asked } = await stays(client, { member: leaver.id, rung: "enterprise" });
      expect(reply.structured["summary"]).toBe(
        `Offboard ${name}: 36 board memberships, 2 workspace memberships; skipped: 1 Trello Enterprise membership`,
      );
      expect(asked).toContain(`Skipped: Trello Enterprise membership of ${name}: ${why}.`);
      expect(remains).toContain(`Trello Enterprise membership of ${name}: ${why}`);
      expect(reply.text).toContain(`Not done:\n- Trello Enterprise membership of ${name}: ${why}`);
    });

    it("says so too of an account that the directory does not have, and of a member whom the enterprise does not", async () => {
      const { reply, remains } = await stays(way, { member: trelloOnly.id, rung: "account" });
      const who = `${trelloOnly.fullName} (@${trelloOnly.username})`;
      expect(remains).toMatch(new RegExp(`Atlassian account of ${who.replace(/[()]/g, "\\$&")}: `));
      expect(reply.structured["summary"]).toMatch(/; skipped: .*1 Atlassian account$/);
      expect(reply.structured["summary"]).not.toMatch(/rung/);

      const guest = await stays(way, { member: SEED.guest.id, rung: "enterprise" });
      expect(guest.remains).toContain("(@lucabianchi): not found in the enterprise");
    });

    it("is partial if a rung is not reached, and failed if there is nothing else to do", async () => {
      way.world.atlassian.directory.users.delete(leaver.idScim ?? "");
      const args = { member: leaver.id, rung: "account" };
      const missing = [expect.stringContaining(`Atlassian account of ${name}: `)];
      const first = await offboard(args);
      expect(first).toMatchObject({
        isError: true,
        structured: {
          status: "partial",
          run: { state: "partial", evidence: { result: "INCOMPLETE", unfinished: missing } },
        },
      });
      expect(first.text).toContain(`Not done:\n- Atlassian account of ${name}: `);
      const again = await offboard(args);
      expect(again).toMatchObject({ isError: true, structured: { status: "failed", unfinished: missing } });
      expect(again.text).toMatch(/^Nothing can be done: /);
    });

    it("names everybody for whom a rung is skipped, with one reason once", async () => {
      const client = await way.other(NO_ENTERPRISE);
      const members = [leaver.id, SEED.guest.id, SEED.observer.id];
      const { reply, remains } = await stays(client, { members, rung: "enterprise" });
      expect(reply.structured["summary"]).toMatch(
        /^Offboard 3 people \(Jonas Lindqvist .*Luca Bianchi .*Chloé Dubois .*\): .*; skipped: 3 Trello Enterprise memberships$/,
      );
      const [line, ...more] = remains.split("\n").filter((each) => each.includes("TRELLO_ENTERPRISE_ID"));
      for (const each of [leaver, SEED.guest, SEED.observer]) expect(line).toContain(`@${each.username}`);
      expect(more).toEqual([]);
    });

    it("summarises what is planned, not the rung that was asked for", async () => {
      const summaryOf = async (args: Record<string, unknown>) =>
        (await offboard({ member: leaver.id, ...args, dryRun: true })).structured["summary"];
      expect(await summaryOf({ rung: "boards" })).toBe(`Offboard ${name}: 36 board memberships`);
      expect(await summaryOf({ rung: "account" })).toBe(
        `Offboard ${name}: 36 board memberships, 2 workspace memberships, 1 Trello Enterprise membership, 1 Atlassian account`,
      );
      userIn(way.world, leaver.idScim).active = false;
      expect(await summaryOf({ rung: "account" })).not.toContain("Atlassian account");
    });

    it("says which rungs were not asked for, and that it holds no token of the leaver", async () => {
      const { remains } = await stays(way, { member: leaver.id });
      expect(remains).toContain("The membership in the Trello Enterprise");
      expect(remains).toContain("The Atlassian account, and everything else that the account opens");
      expect(remains).toContain("this server cannot see or revoke them");
    });

    it("asks elsewhere and says so where the email of an account may hide a Trello member", async () => {
      const reply = await offboard({ member: scimOnly.email, rung: "account" });
      expect(reply.structured).toMatchObject({
        status: "awaiting_confirmation",
        plan: { requires: "approval" },
      });
      expect(warningsOf(reply).join("\n")).toContain(
        `It is not certain that any Trello member has ${scimOnly.email}`,
      );
      expect(way.writes()).toEqual([]);
    });

    it("takes a workspace once, by whatever names it is given", async () => {
      const { standard } = WORKSPACES;
      const reply = await offboard({ member: leaver.id, workspaces: [standard.name, standard.id] });
      expectApplied(reply, SEED.leaverBoards.standard + 1);
      expect(boardsWith(way.world, standard.id, leaver.id)).toEqual([]);
      expect(await journalOf(way, reply)).toMatchObject({ state: "applied" });
    });
  },
  { clients: OVER_STDIO },
);
