import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { accountIn, groupNamed, makeGroup, TWO_WAYS } from "../atlassian.ts";
import { expectApplied, plannedOps } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const { leaver, successor, deputy } = SEED;
const group = "Night Crew";

describeTool(
  "scim_update_group",
  (way) => {
    const update = (args: Record<string, unknown>) => way.call("scim_update_group", { group, ...args });
    const members = () => groupNamed(way.world, group)?.members;
    const given = (...people: readonly { readonly idScim: string | null }[]) =>
      makeGroup(
        way.world,
        group,
        people.map(({ idScim }) => idScim ?? ""),
      );

    it("asks before it adds, each person once, whoever is in it already left alone", async () => {
      given(leaver);
      expectApplied(await update({ add: [leaver.email, successor.email, successor.idScim] }), 1);
      expect(members()).toEqual([leaver.idScim, successor.idScim]);
      expect(accountIn(way.world, successor.aaId).groups).toContain(group);
      expect(way.person.questions[0]?.message).toContain(`<${successor.email}> to SCIM group ${group}`);
      expect((await update({ add: [successor.email] })).structured).toMatchObject({ status: "already" });
    });

    it("asks before it removes, naming whom", async () => {
      given(leaver, successor);
      way.person.answer = () => ({ action: "decline" });
      expect((await update({ remove: [leaver.email] })).structured).toMatchObject({ status: "declined" });
      expect(way.person.questions[0]?.message).toContain(
        `Remove Jonas Lindqvist <${leaver.email}> from SCIM group ${group}`,
      );
      expect(members()).toHaveLength(2);
      way.person.answer = () => ({ action: "accept", content: { confirm: true } });
      expectApplied(await update({ remove: [leaver.email], add: [deputy.email] }), 2);
      expect(members()).toEqual([successor.idScim, deputy.idScim]);
      expect((await update({ remove: [leaver.email] })).structured).toMatchObject({ status: "already" });
    });

    describe("setting the members", () => {
      it("takes one request; who leaves is named and asked about", async () => {
        given(leaver, successor);
        const reply = await update({ members: [successor.email, deputy.idScim] });
        expectApplied(reply, 1);
        expect(members()).toEqual([successor.idScim, deputy.idScim]);
        expect(way.person.questions[0]?.message).toContain(
          `Leave the group: Jonas Lindqvist <${leaver.email}>`,
        );
        expect(way.person.questions[0]?.message).toContain("1 added, 1 removed");
        expect(way.writes()).toEqual([expect.stringMatching(/^PUT /)]);
      });

      it("asks if people only come too, and answers already if they are those", async () => {
        given(leaver);
        expectApplied(await update({ members: [leaver.email, deputy.email] }), 1);
        expect(way.person.questions[0]?.message).toContain("1 added, 0 removed");
        expect((await update({ members: [deputy.email, leaver.email] })).structured).toMatchObject({
          status: "already",
        });
        expect(way.writes()).toHaveLength(1);
      });

      it("can empty the group", async () => {
        given(leaver, deputy);
        expectApplied(await update({ members: [] }), 1);
        expect(members()).toEqual([]);
        expect(way.person.questions).toHaveLength(1);
      });
    });

    it("is undone from the state that was captured", async () => {
      given(leaver, successor);
      const dry = await update({ members: [deputy.email], dryRun: true });
      expect(dry.structured).toMatchObject({ plan: { effects: [{ reversible: true }] } });
      expect(plannedOps(dry)).toEqual(["replace_scim_group"]);
    });

    it.each([
      ["nothing to do", {}, "INPUT_INVALID"],
      ["members beside add", { members: [], add: [leaver.email] }, "INPUT_INVALID"],
      [
        "the same person twice, by different names",
        { add: [leaver.email], remove: [leaver.idScim] },
        "INPUT_INVALID",
      ],
      ["an unknown person", { add: ["nobody@example.com"] }, "NOT_FOUND"],
      ["an unknown group", { group: "Nowhere", add: [leaver.email] }, "NOT_FOUND"],
      ["removing the own account", { remove: [SEED.admin.email] }, "POLICY_DENIED"],
    ])("refuses %s", async (_what, args, code) => {
      given(SEED.admin, leaver);
      expect(errorOf(await update(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: TWO_WAYS },
);
