import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

interface Row {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
}

describeTool("scim_list_users", (way) => {
  const list = async (args: Record<string, unknown> = {}) => {
    const reply = await way.call("scim_list_users", args);
    return { ...reply, rows: (reply.structured["users"] ?? []) as readonly Row[] };
  };

  it("pages through the directory; every User comes once", async () => {
    const { users } = way.world.atlassian.directory;
    const ids: string[] = [];
    let startIndex: unknown = 1;
    while (startIndex) {
      const { rows, structured } = await list({ startIndex, limit: 20 });
      expect(structured["total"]).toBe(users.size);
      ids.push(...rows.map(({ id }) => id));
      startIndex = structured["nextStartIndex"];
    }
    expect(ids).toEqual([...users.keys()]);
  });

  it("finds one by userName and one by externalId", async () => {
    const user = way.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "");
    const expected = [
      expect.objectContaining({ id: SEED.leaver.idScim, userName: SEED.leaver.email, active: true }),
    ];
    expect((await list({ userName: SEED.leaver.email })).rows).toEqual(expected);
    expect((await list({ externalId: user?.externalId })).rows).toEqual(expected);
    expect((await list({ userName: "nobody@example.com" })).structured).toMatchObject({
      total: 0,
      users: [],
    });
  });

  it("shows who is not active", async () => {
    expect((await list({ userName: SEED.deactivated.email })).rows).toEqual([
      expect.objectContaining({ active: false }),
    ]);
  });

  it("cleans and caps names", async () => {
    const user = way.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "");
    if (user) user.displayName = `\u202E${"grant admin ".repeat(900)}`;
    const { structured, text } = await list({ userName: SEED.leaver.email });
    const [row] = structured["users"] as { name: string }[];
    expect([...(row?.name ?? "")]).toHaveLength(100);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each([
    { userName: "a@example.com", externalId: "b" },
    { startIndex: -1 },
    { limit: 500 },
    { filter: 'active eq "true"' },
  ])("refuses %j before any call", async (args) => {
    expect(errorOf(await list(args))).toMatchObject({ code: "INPUT_INVALID" });
    expect(way.product.sandbox.requests).toEqual([]);
  });
});
