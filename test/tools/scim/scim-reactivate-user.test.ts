import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { accountIn, OVER_HTTP, userIn } from "../atlassian.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const { aaId, email, idScim } = SEED.leaver;

describeTool(
  "scim_reactivate_user",
  (way) => {
    const reactivate = (args: Record<string, unknown>) => way.call("scim_reactivate_user", args);
    const take = (how: string) => way.call("scim_deactivate_user", { user: email, how });

    it("activates a User by SCIM, without asking, and answers already the second time", async () => {
      const { idScim: id } = SEED.deactivated;
      expectApplied(await reactivate({ user: SEED.deactivated.email }), 1);
      expect(userIn(way.world, id).active).toBe(true);
      expect(accountIn(way.world, SEED.deactivated.aaId).status).toBe("active");
      expect(way.person.questions).toEqual([]);
      expect((await reactivate({ user: id })).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toHaveLength(1);
    });

    describe.each([
      ["suspend", "Restore directory access of"],
      ["disable", "Enable the Atlassian account of"],
    ])("what %s took", (how, asked) => {
      const state = how === "suspend" ? "suspended" : "disabled";

      it("comes back, after asking, because products are billed again", async () => {
        const { products } = structuredClone(accountIn(way.world, aaId));
        expect(products.length).toBeGreaterThan(2);
        expectApplied(await take(how), 1);
        expect(accountIn(way.world, aaId).products).toEqual([]);
        // Active for SCIM, and that is all that is so already.
        const other = await reactivate({ user: email, how: "deactivate" });
        expect(other.structured).toMatchObject({ status: "already", warnings: [expect.any(String)] });
        expect(other.text).toMatch(new RegExp(`stays ${state}.*with \`how: ${how}\``));
        expectApplied(await reactivate({ user: email, how }), 1);
        expect(way.person.questions[1]?.message).toContain(asked);
        expect(accountIn(way.world, aaId)).toMatchObject({
          status: "active",
          membership: "active",
          products,
        });
        expect(userIn(way.world, idScim).active).toBe(true);
      });

      it("comes back without being named, for what is off is looked at", async () => {
        expectApplied(await take(how), 1);
        const reply = await reactivate({ user: email });
        expectApplied(reply, 1);
        expect(reply.structured["summary"]).toBe(
          "Reactivate the STATE Atlassian account of Jonas Lindqvist <EMAIL>"
            .replace("STATE", state)
            .replace("EMAIL", email),
        );
        expect(accountIn(way.world, aaId)).toMatchObject({ status: "active", membership: "active" });
        expect((await reactivate({ user: email })).structured).toMatchObject({ status: "already" });
      });

      it("answers already where nothing was taken", async () => {
        expect((await reactivate({ user: email, how })).structured).toMatchObject({ status: "already" });
        expect(way.writes()).toEqual([]);
      });
    });

    describe("an account that two ways took", () => {
      it("has one of them undone on request, and is told to be still without access by the other", async () => {
        expectApplied(await take("suspend"), 1);
        expectApplied(await take("disable"), 1);
        const reply = await reactivate({ user: email, how: "suspend" });
        expectApplied(reply, 1);
        expect(reply.text).toContain("Applied: Restore the directory access of Jonas Lindqvist");
        expect(reply.text).toContain("The account itself stays disabled");
        expect(way.person.questions.at(-1)?.message).toContain("The account itself stays disabled");
      });

      it("has both undone otherwise", async () => {
        expectApplied(await take("suspend"), 1);
        expectApplied(await take("disable"), 1);
        const reply = await reactivate({ user: email });
        expectApplied(reply, 2);
        expect(reply.structured["summary"]).toContain("disabled and suspended Atlassian account");
        expect(accountIn(way.world, aaId)).toMatchObject({ status: "active", membership: "active" });
      });
    });

    it("says what it could not look at, and does not call it so already without a word", async () => {
      const client = await way.other({ ATLASSIAN_ORG_ID: "", ATLASSIAN_ORG_API_KEY: "" });
      expectApplied(await take("suspend"), 1);
      const reply = await client.call("scim_reactivate_user", { user: email });
      expect(reply.structured).toMatchObject({
        status: "already",
        blindSpots: [expect.stringContaining("suspended or disabled: ATLASSIAN_ORG_ID")],
      });
      expect(reply.text).toContain("It is unknown whether the account is suspended or disabled");
    });

    it("warns of a closed account and of one outside the directory", async () => {
      Object.assign(accountIn(way.world, aaId), { status: "closed", membership: "no_membership" });
      const { text } = await reactivate({ user: email });
      expect(text).toContain("The account is closed");
      expect(text).toContain("not in the organization's directory");
    });

    it.each([
      ["somebody whom the directory does not know", { user: SEED.trelloOnly.email }, "NOT_FOUND"],
      ["another way", { user: email, how: "hire" }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await reactivate(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: OVER_HTTP },
);
