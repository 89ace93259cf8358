import { expect, it } from "vitest";
import { groupNamed, makeGroup, OVER_HTTP, userIn } from "../atlassian.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

describeTool(
  "scim_get_group",
  (way) => {
    const get = (group: unknown) => way.call("scim_get_group", { group });

    it("shows one group by name or by id, with its members", async () => {
      const design = groupNamed(way.world, "Design");
      const byName = await get("DESIGN");
      expect(byName.structured).toEqual({
        id: design?.id,
        displayName: "Design",
        total: design?.members.length,
        members: design?.members.map((id) => ({ id, name: userIn(way.world, id).userName })),
      });
      way.product.sandbox.resetRequests();
      expect((await get(design?.id)).structured).toEqual(byName.structured);
      expect(way.product.sandbox.requests).toHaveLength(1);
    });

    it("counts everybody, and lists them 25 a page", async () => {
      const ids = [...way.world.atlassian.directory.users.keys()];
      const many = Array.from({ length: 250 }, (_, n) => ids[n % ids.length] ?? "");
      makeGroup(way.world, "Everybody", many);
      const first = await get("Everybody");
      expect(first.structured).toMatchObject({ total: 250, members: { length: 25 } });
      expect(first.text).toMatch(/^Everybody \[[^\]]+\]: 250 members, 25 shown, more with cursor: /);
      const found: string[] = [];
      let cursor: unknown;
      do {
        const args = { group: "Everybody", limit: 100, ...(cursor ? { cursor } : {}) };
        const { structured } = await way.call("scim_get_group", args);
        found.push(...(structured["members"] as readonly { readonly id: string }[]).map(({ id }) => id));
        cursor = structured["cursor"];
      } while (cursor);
      expect(found).toEqual(many);
    });

    it("chooses none where two groups have the name", async () => {
      makeGroup(way.world, "Twin", []);
      const { groups } = way.world.atlassian.directory;
      const [twin] = [...groups.values()].slice(-1);
      if (twin) groups.set("another", { ...twin, id: "another", members: [] });
      const reply = await get("Twin");
      const candidates = [twin?.id, "another"].map((id) => ({ id, name: "Twin" }));
      expect(errorOf(reply)).toMatchObject({ code: "AMBIGUOUS", details: { candidates } });
      expect(reply.text).toContain(`Candidates:\n- Twin [${twin?.id}]\n- Twin [another]`);
      expect((await get("another")).structured).toMatchObject({ id: "another" });
    });

    it.each([
      ["Nowhere", "NOT_FOUND"],
      ["", "INPUT_INVALID"],
    ])("refuses %j", async (group, code) => {
      expect(errorOf(await get(group))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    });
  },
  { clients: OVER_HTTP },
);
