import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { linkEmail } from "../atlassian.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, inWorkspace, WORKSPACES } from "../world.ts";
import { REVIEWS, review } from "./reviews.ts";

const { standard } = WORKSPACES;
const { leaver, deputy, successor } = SEED;

describeTool(
  "plan_roster_changes",
  (way) => {
    const here = { workspace: standard.id };
    const known = async () => {
      for (const person of [leaver, deputy, successor])
        await linkEmail(way.product, { idMember: person.id, email: person.email, source: "enterprise" });
    };
    const table = (...rows: readonly string[]) => ["email,name,status", ...rows].join("\n");
    /** Everybody whom the company knows, but the leaver, as people who work there. */
    const staying = () =>
      [...way.world.atlassian.accounts.values()]
        .filter(({ email }) => email !== leaver.email)
        .map(({ email }) => `${email},,active`);

    it("invites who is new and takes out who left, in one plan that a person decides", async () => {
      await known();
      const email = way.newEmail("joins");
      const csv = table(...staying(), `${leaver.email},Jonas,left`, `${email},New Hire,active`);
      const reply = await way.call("plan_roster_changes", { ...here, csv });
      expect(reply.structured).toMatchObject({ status: "applied" });
      expect(way.person.questions).toHaveLength(1);
      expect(reply.text).toMatch(/Joins, likely: .* the emails of \d+ members are hidden/);
      expect(reply.text).toMatch(/these rows have no name, so it is not certain who is new/);
      expect(reply.text).toMatch(/1 joiner, 0 movers, 1 leaver/);
      expect(inWorkspace(way.world, standard.id, leaver.id)).toBeUndefined();
      expect(boardsWith(way.world, standard.id, leaver.id)).toEqual([]);
      expect(inWorkspace(way.world, standard.id, deputy.id)).toBeDefined();
    });

    it("says of each why, and how certain it is", async () => {
      await known();
      const csv = table(...staying(), `${leaver.email},Jonas,left`);
      const { text } = await way.call("plan_roster_changes", { ...here, csv, dryRun: true });
      expect(text).toMatch(/Leaves, certain: Jonas Lindqvist.* says left \(line \d+, matched by email/);
      expect(way.writes()).toEqual([]);
    });

    it("makes no plan of a roster with a row that is not understood", async () => {
      await known();
      const odd = await way.call("plan_roster_changes", {
        ...here,
        csv: table(...staying(), "not an address,X,active"),
      });
      expect(errorOf(odd)).toMatchObject({ code: "POLICY_DENIED" });
      expect(odd.text).toMatch(/not read completely/);
      expect(way.writes()).toEqual([]);
    });

    it("reads a roster by its name: the directory has nobody new, and the one who is shut out there leaves", async () => {
      way.world.trello.showsAaId = true;
      const user = [...way.world.atlassian.directory.users.values()].find(
        ({ userName }) => userName === leaver.email,
      );
      if (user) user.active = false;
      const before = await review(way, { rosters: ["scim"] });
      const { text } = await way.call("plan_roster_changes", {
        ...here,
        roster: "scim",
        compareWith: before.id,
        dryRun: true,
      });
      expect(text).toMatch(/SCIM directory: 0 joiners, 0 movers, 1 leaver/);
    });

    it.each([
      ["an unknown roster", { roster: "workday" }, "INPUT_INVALID"],
      ["no roster", {}, "INPUT_INVALID"],
      ["an unknown review", { csv: "email\na@b.example", compareWith: "review_none" }, "NOT_FOUND"],
      ["a roster without emails", { csv: "name\nAda" }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await way.call("plan_roster_changes", { ...here, ...args })).code).toBe(code);
    });
  },
  { env: REVIEWS },
);
