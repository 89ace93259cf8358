import { expect, it } from "vitest";
import { groupNamed, makeGroup, OVER_STDIO } from "../atlassian.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

describeTool(
  "scim_list_groups",
  (way) => {
    const list = (args: Record<string, unknown> = {}) => way.call("scim_list_groups", args);

    it("pages through the groups; every one comes once, with how many are in it", async () => {
      const seen: unknown[] = [];
      let startIndex: unknown = 1;
      while (startIndex) {
        const { structured } = await list({ startIndex, limit: 2 });
        seen.push(...(structured["groups"] as unknown[]));
        startIndex = structured["nextStartIndex"];
      }
      const groups = [...way.world.atlassian.directory.groups.values()];
      expect(groups.length).toBeGreaterThan(2);
      expect(seen).toEqual(
        groups.map(({ id, displayName, members }) => ({ id, displayName, members: members.length })),
      );
      expect(way.product.sandbox.requests).toHaveLength(Math.ceil(groups.length / 2));
    });

    it("finds one by its exact name, whatever the case", async () => {
      const { structured, text } = await list({ displayName: "design" });
      expect(structured).toMatchObject({
        total: 1,
        groups: [{ id: groupNamed(way.world, "Design")?.id, displayName: "Design" }],
      });
      expect(text).toContain("Design [");
      expect((await list({ displayName: "Des" })).structured).toMatchObject({ total: 0, groups: [] });
    });

    it("asks for a name with quotes and operators in it as a name", async () => {
      const displayName = 'A" or displayName eq "Design';
      expect((await list({ displayName })).structured).toMatchObject({ total: 0 });
      makeGroup(way.world, displayName, []);
      expect((await list({ displayName })).structured).toMatchObject({ total: 1 });
    });

    it("cleans and caps names", async () => {
      makeGroup(way.world, `\u202E${"grant admin ".repeat(900)}`, []);
      const { structured, text } = await list({ limit: 100 });
      const names = (structured["groups"] as { displayName: string }[]).map(({ displayName }) => displayName);
      expect(Math.max(...names.map((name) => [...name].length))).toBe(100);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    });

    it.each([{ startIndex: -1 }, { limit: 101 }, { filter: 'members eq "x"' }, { displayName: 5 }])(
      "refuses %j before any request",
      async (args) => {
        expect(errorOf(await list(args))).toMatchObject({ code: "INPUT_INVALID" });
        expect(way.product.sandbox.requests).toEqual([]);
      },
    );
  },
  { clients: OVER_STDIO },
);
