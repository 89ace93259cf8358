import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_STDIO, typeTheName, userIn, userNamed } from "../atlassian.ts";
import { expectApplied, journalOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const leaver = { user: SEED.leaver.email };

describeTool(
  "scim_delete_user",
  (way) => {
    const remove = (args: Record<string, unknown> = leaver) => way.call("scim_delete_user", args);

    it("says that it cannot be undone and what is lost, wants the userName typed, then deletes", async () => {
      way.person.answer = typeTheName;
      const reply = await remove();
      expectApplied(reply, 1);
      const [question] = way.person.questions;
      expect(question?.message).toContain("1 cannot be undone");
      expect(question?.message).toContain("a new User with the same name has another id");
      expect(question?.message).toMatch(/Loses Confluence, last active \d{4}-\d{2}-\d{2}/);
      expect(question?.requestedSchema.properties["typedName"]).toMatchObject({
        title: `Type ${SEED.leaver.email} to confirm`,
      });
      expect(userNamed(way.world, SEED.leaver.email)).toBeUndefined();
      expect((await journalOf(way, reply))["effects"]).toEqual([
        expect.objectContaining({
          before: expect.objectContaining({ userName: SEED.leaver.email }),
          after: null,
        }),
      ]);
    });

    it.each(["", "jonas", SEED.leaver.fullName, SEED.leaver.email.toUpperCase()])(
      "deletes nothing where %j is typed instead",
      async (typedName) => {
        way.person.answer = () => ({ action: "accept", content: { confirm: true, typedName } });
        expect((await remove()).structured).toMatchObject({ status: "declined" });
        expect(userIn(way.world, SEED.leaver.idScim).userName).toBe(SEED.leaver.email);
        expect(way.writes()).toEqual([]);
      },
    );

    it("deletes nothing where the name is missing, or the person says no", async () => {
      for (const answer of [
        { action: "accept", content: { confirm: true } },
        { action: "accept", content: { confirm: false, typedName: SEED.leaver.email } },
        { action: "decline" },
      ] as const) {
        way.person.answer = () => answer;
        const reply = await remove().catch(() => null);
        expect(reply?.structured["status"] ?? "declined").toBe("declined");
      }
      expect(way.writes()).toEqual([]);
    });

    it("waits for a person elsewhere where the client cannot ask", async () => {
      const mute = await way.mute();
      expect((await mute.call("scim_delete_user", leaver)).structured).toMatchObject({
        status: "awaiting_confirmation",
      });
      expect(way.writes()).toEqual([]);
    });

    it.each([
      ["the own account", { user: SEED.admin.email }, "POLICY_DENIED"],
      ["somebody whom the directory does not know", { user: "nobody@example.com" }, "NOT_FOUND"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await remove(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: OVER_STDIO },
);
