import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { linkEmail, OVER_STDIO, userIn, userNamed } from "../atlassian.ts";
import { plannedOps } from "../changes.ts";
import { decideAtTerminal } from "../decisions.ts";
import { describeTool } from "../describe-tool.ts";
import { enterpriseIn } from "../enterprise/enterprise.ts";
import { memberIn, WORKSPACES } from "../world.ts";

const { leaver, successor } = SEED;
const NO_ENTERPRISE = { TRELLO_ENTERPRISE_ID: "" };

interface Told {
  readonly requires: string;
  readonly warnings: readonly string[];
  readonly blindSpots: readonly string[];
  readonly untouched: readonly string[];
}

describeTool(
  "offboard_member, by email",
  (way) => {
    const named = (fullName: string) => {
      const found = [...way.world.trello.members.values()].find((member) => member.fullName === fullName);
      if (!found) throw new Error(`nobody is ${fullName}`);
      return found;
    };

    /** Somebody of the enterprise who is an admin nowhere and whom no other test names. */
    const plainMember = () => {
      const { members, idAdmins } = enterpriseIn(way.world);
      const found = [...members.keys()]
        .filter((id) => !idAdmins.includes(id) && id !== SEED.deputy.id && id !== leaver.id)
        .map((id) => memberIn(way.world, id))
        .find(({ email }) => userNamed(way.world, email)?.active);
      if (!found) throw new Error("nobody plain in the enterprise");
      return found;
    };

    it("says that a Trello member may stand behind an email that nothing proves, and has it decided elsewhere", async () => {
      const giulia = named("Giulia Romano");
      giulia.fullName = "Giulia R.";
      const client = await way.other(NO_ENTERPRISE);
      const reply = await client.call("offboard_member", { member: giulia.email, rung: "account" });
      const plan = reply.structured["plan"] as Told;
      expect(reply.structured["status"]).toBe("awaiting_confirmation");
      expect(plan.requires).toBe("approval");
      expect(plan.warnings).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^It is not certain that any Trello member has ${giulia.email}, so the plan removes no one from boards`,
          ),
        ),
      );
      expect(plan.blindSpots).toContainEqual(
        `It is unknown whether a Trello member has the email ${giulia.email}: Trello hides emails.`,
      );
      await decideAtTerminal(way.product, reply.structured["planId"], true);
      const done = await client.call("apply_plan", { planId: reply.structured["planId"] });
      const { evidence } = done.structured["run"] as { readonly evidence: Told };
      expect(evidence.untouched).toContainEqual(
        `Boards and workspaces of a Trello member who may have the email ${giulia.email}`,
      );
      expect(userNamed(way.world, giulia.email)?.active).toBe(false);
    });

    it("needs no more than usual where the enterprise has every workspace and nobody with the email", async () => {
      const reply = await way.call("offboard_member", {
        member: SEED.scimOnly.email,
        rung: "account",
        workspaces: [WORKSPACES.enterprise.id],
        dryRun: true,
      });
      const plan = reply.structured["plan"] as Told;
      expect(plan.requires).toBe("client");
      expect(plan.warnings.join("\n")).not.toContain("It is not certain that any Trello member");
    });

    it("takes no account by an email that sources give to two members", async () => {
      await linkEmail(way.product, { email: leaver.email, idMember: leaver.id, source: "enterprise" });
      await linkEmail(way.product, { email: leaver.email, idMember: successor.id, source: "organization" });
      const client = await way.other(NO_ENTERPRISE);
      const reply = await client.call("offboard_member", { member: successor.username, rung: "account" });
      expect(reply.structured["status"]).toBe("partial");
      expect(userIn(way.world, leaver.idScim).active).toBe(true);
      expect(userIn(way.world, successor.idScim).active).toBe(true);
      expect(reply.text).toContain(
        `The email ${leaver.email} is recorded for Tomás Herrera (@${successor.username}) and for another member, so it is not used to identify either.`,
      );
      const { evidence } = reply.structured["run"] as { readonly evidence: Told };
      expect(evidence.untouched).toContain(
        `Atlassian account of Tomás Herrera (@${successor.username}): the only known email is recorded for another member too`,
      );
    });

    it("takes the account that the enterprise tells instead, and warns of the other email", async () => {
      const [{ id: idMember, email }, elena] = [plainMember(), named("Elena Popescu")];
      await linkEmail(way.product, { email: elena.email, idMember: elena.id, source: "scim" });
      await linkEmail(way.product, { email: elena.email, idMember, source: "organization" });
      const reply = await way.call("offboard_member", {
        member: idMember,
        rung: "account",
        workspaces: [WORKSPACES.enterprise.id],
        dryRun: true,
      });
      expect(plannedOps(reply)).toContain("set_scim_active");
      expect(reply.text).toContain(`<${email}>`);
      expect(reply.text).not.toContain(`<${elena.email}>`);
      expect(reply.text).toContain(`The email ${elena.email} is recorded for `);
    });

    it("goes by the email that was given where a member has several, and says that there are more", async () => {
      const hiro = named("Hiro Nakamura");
      const old = SEED.scimOnly.email;
      await linkEmail(way.product, { email: old, idMember: hiro.id, source: "scim" });
      await linkEmail(way.product, { email: hiro.email, idMember: hiro.id, source: "scim" });
      const plan = async (member: string) => {
        const client = await way.other(NO_ENTERPRISE);
        return (await client.call("offboard_member", { member, rung: "account", dryRun: true })).text;
      };
      expect(await plan(old)).toContain(`also has the email ${hiro.email} (source: scim)`);
      expect(await plan(hiro.email)).toContain(`also has the email ${old} (source: scim)`);
      expect(await plan(hiro.email)).toContain(`<${hiro.email}>`);
    });

    it("takes no SCIM User of another Atlassian account than the member's", async () => {
      way.world.trello.showsAaId = true;
      const kavya = named("Kavya Menon");
      const mei = named("Mei Chen");
      await linkEmail(way.product, { email: mei.email, idMember: kavya.id, source: "organization" });
      const client = await way.other(NO_ENTERPRISE);
      const reply = await client.call("offboard_member", { member: kavya.id, rung: "account", dryRun: true });
      expect(plannedOps(reply)).not.toContain("set_scim_active");
      expect(reply.text).toContain(
        "the SCIM User of the email belongs to another Atlassian account (searched: the userName ",
      );
    });
  },
  { clients: OVER_STDIO },
);
