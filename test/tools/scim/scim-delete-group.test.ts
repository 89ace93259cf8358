import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { accountIn, groupNamed, OVER_HTTP, typeTheName, userIn } from "../atlassian.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const operations = { group: "Operations" };

describeTool(
  "scim_delete_group",
  (way) => {
    const remove = (args: Record<string, unknown> = operations) => way.call("scim_delete_group", args);

    it("says how many lose what it gives, wants the name typed, deletes the group and nobody in it", async () => {
      way.person.answer = typeTheName;
      const group = groupNamed(way.world, "Operations");
      const count = group?.members.length ?? 0;
      expect(count).toBeGreaterThan(10);
      expectApplied(await remove(), 1);
      const [question] = way.person.questions;
      expect(question?.message).toContain(`${count} people lose the access that the group gives`);
      expect(question?.message).toContain("1 cannot be undone");
      expect(question?.requestedSchema.properties["typedName"]).toMatchObject({
        title: "Type Operations to confirm",
      });
      expect(groupNamed(way.world, "Operations")).toBeUndefined();
      expect(userIn(way.world, SEED.leaver.idScim).active).toBe(true);
      expect(accountIn(way.world, SEED.leaver.aaId).groups).not.toContain("Operations");
    });

    it.each(["", "operations", "Design"])("deletes nothing where %j is typed instead", async (typedName) => {
      way.person.answer = () => ({ action: "accept", content: { confirm: true, typedName } });
      expect((await remove()).structured).toMatchObject({ status: "declined" });
      expect(groupNamed(way.world, "Operations")).toBeDefined();
      expect(way.writes()).toEqual([]);
    });

    it.each([
      ["an unknown group", { group: "Nowhere" }, "NOT_FOUND"],
      ["no group", {}, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await remove(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: OVER_HTTP },
);
