import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { accountIn, OVER_HTTP, userIn } from "../atlassian.ts";
import { expectApplied, itPlansFirst } from "../changes.ts";
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
      ["disable", "Reactivate the Atlassian account of"],
    ])("what %s took", (how, asked) => {
      it("comes back, after asking, because products are billed again", async () => {
        const { products } = structuredClone(accountIn(way.world, aaId));
        expect(products.length).toBeGreaterThan(2);
        expectApplied(await take(how), 1);
        expect(accountIn(way.world, aaId).products).toEqual([]);
        const other = await reactivate({ user: email });
        expect(other.structured).toMatchObject({ status: "already" });
        expectApplied(await reactivate({ user: email, how }), 1);
        expect(way.person.questions[1]?.message).toContain(asked);
        expect(accountIn(way.world, aaId)).toMatchObject({
          status: "active",
          membership: "active",
          products,
        });
        expect(userIn(way.world, idScim).active).toBe(true);
      });

      it("answers already where nothing was taken", async () => {
        expect((await reactivate({ user: email, how })).structured).toMatchObject({ status: "already" });
        expect(way.writes()).toEqual([]);
      });
    });

    it.each([
      ["somebody whom the directory does not know", { user: SEED.trelloOnly.email }, "NOT_FOUND"],
      ["another way", { user: email, how: "hire" }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await reactivate(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });

    itPlansFirst(way, "scim_reactivate_user", { user: SEED.deactivated.email });
  },
  { clients: OVER_HTTP },
);
