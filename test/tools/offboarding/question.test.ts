import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_HTTP } from "../atlassian.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, inWorkspace, memberIn, WORKSPACES } from "../world.ts";

const { leaver } = SEED;
const changesOf = (message: string): readonly string[] => {
  const lines = message.split("\n");
  const start = lines.findIndex((line) => line.startsWith("Changes ("));
  const rest = lines.slice(start + 1);
  return rest.slice(
    0,
    rest.findIndex((line) => !/^[-*] /.test(line)),
  );
};

describeTool(
  "what a person is asked about offboarding",
  (way) => {
    const asked = async (args: Record<string, unknown>): Promise<string> => {
      way.person.answer = () => ({ action: "decline" });
      const reply = await way.call("offboard_member", args);
      // Many people are decided on outside of the client, and then the plan is applied, which the no forbids.
      const outcome = reply.isError ? errorOf(reply).code : reply.structured["status"];
      expect(["declined", "CONFIRMATION_DECLINED"]).toContain(outcome);
      expect(way.writes()).toEqual([]);
      return way.person.questions.at(-1)?.message ?? "";
    };

    it("is every account, enterprise and workspace first, and the boards by number and some names", async () => {
      const message = await asked({ member: leaver.id, rung: "account", reassignTo: "nobody" });
      const changes = changesOf(message);
      const boards = boardsWith(way.world, WORKSPACES.standard.id, leaver.id).length;
      expect(boards).toBe(SEED.leaverBoards.standard);
      expect(changes.slice(0, 2)).toEqual([
        expect.stringMatching(
          /^- Deactivate the Atlassian account of Jonas Lindqvist <.+> by its SCIM User$/,
        ),
        expect.stringMatching(/^- Deactivate Jonas Lindqvist \(@\w+\) in the enterprise$/),
      ]);
      const workspaces = changes.filter((line) => line.includes("from workspace "));
      expect(workspaces).toHaveLength(2);
      expect(changes.indexOf(workspaces[1] ?? "")).toBe(3);
      expect(changes).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^- Remove Jonas Lindqvist \\(@\\w+\\) from ${boards} boards of .+: .+ and ${boards - 3} more$`,
          ),
        ),
      );
      expect(changes.length).toBeLessThan(10);
    });

    it("is everybody of a list by name, whatever they are called", async () => {
      const workspace = WORKSPACES.standard.id;
      const rows = [...way.world.trello.boards.values()].flatMap(({ memberships }) => memberships);
      const admins = new Set(rows.flatMap((row) => (row.memberType === "admin" ? [row.idMember] : [])));
      const people = [...way.world.trello.members.keys()]
        .filter((id) => !admins.has(id))
        .filter((id) => inWorkspace(way.world, workspace, id)?.memberType === "normal")
        .slice(0, 12);
      expect(people.length).toBe(12);
      for (const id of people) memberIn(way.world, id).fullName = `\u202E${"somebody else ".repeat(800)}`;
      for (const members of [people.slice(0, 5), people]) {
        const message = await asked({ members, workspaces: [workspace] });
        const text = changesOf(message).join("\n");
        for (const id of members) expect(text).toContain(`(@${memberIn(way.world, id).username})`);
        expect(message.length).toBeLessThan(20_000);
        expect(message.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
    });
  },
  { clients: OVER_HTTP, approves: true },
);
