import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { linkEmail, OVER_STDIO } from "../atlassian.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";
import { ENTERPRISE, enterpriseIn, enterTrello } from "./enterprise.ts";

interface Row {
  readonly id: string;
  readonly email: string | null;
  readonly lastSeen: string | null;
}

describeTool(
  "list_enterprise_members",
  (way) => {
    const list = async (args: Record<string, unknown> = {}) => {
      const reply = await way.call("list_enterprise_members", args);
      return { ...reply, rows: (reply.structured["members"] ?? []) as readonly Row[] };
    };
    const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);

    it("shows people with email, flags and when they were last seen", async () => {
      const { rows, text } = await list({ query: SEED.leaver.email });
      expect(rows).toEqual([
        {
          id: SEED.leaver.id,
          username: SEED.leaver.username,
          name: SEED.leaver.fullName,
          email: SEED.leaver.email,
          lastSeen: enterpriseIn(way.world).members.get(SEED.leaver.id)?.dateLastImpression,
          licensed: true,
          deactivated: false,
          managed: true,
          admin: false,
        },
      ]);
      expect(text).toContain(`Jonas Lindqvist (@jonaslindqvist) ${SEED.leaver.email}, last seen 20`);
      expect(ids((await list({ query: "jonas l" })).rows)).toEqual([SEED.leaver.id]);
    });

    it("pages by cursor, 100 at a time; everybody comes once, with one request a page", async () => {
      enterTrello(way.world, 230);
      const { members } = enterpriseIn(way.world);
      const seen: string[] = [];
      let cursor: unknown;
      do {
        const { rows, structured } = await list({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...ids(rows));
        cursor = structured["cursor"];
      } while (cursor !== undefined);
      expect(seen).toEqual([...members.keys()]);
      expect(way.product.sandbox.requests).toHaveLength(Math.ceil(members.size / 100));
    });

    it("shows 25 a page where nobody says how many, each person once", async () => {
      enterTrello(way.world, 130);
      const seen: string[] = [];
      let cursor: unknown;
      do {
        const { rows, structured } = await list(cursor === undefined ? {} : { cursor });
        expect(rows.length).toBeLessThanOrEqual(25);
        seen.push(...ids(rows));
        cursor = structured["cursor"];
      } while (cursor !== undefined);
      expect(seen).toEqual([...enterpriseIn(way.world).members.keys()]);
    });

    it("filters, also by what is not so, which Trello alone refuses", async () => {
      const { members } = enterpriseIn(way.world);
      const leaver = members.get(SEED.leaver.id);
      if (leaver) Object.assign(leaver, { deactivated: true, licensed: false });
      expect(ids((await list({ deactivated: true })).rows)).toEqual([SEED.leaver.id]);
      expect(ids((await list({ licensed: false })).rows)).toEqual([SEED.leaver.id]);
      const { rows } = await list({ deactivated: false });
      expect(ids(rows)).toEqual([...members.keys()].filter((id) => id !== SEED.leaver.id));
      expect(ids((await list({ admin: true })).rows)).toEqual([SEED.admin.id]);
      const since = new Date(way.world.now() - 30 * 86_400_000).toISOString().slice(0, 10);
      const idle = await list({ inactiveSince: since });
      expect(idle.rows.length).toBeGreaterThan(0);
      expect(idle.rows.every(({ lastSeen }) => (lastSeen ?? "") < since)).toBe(true);
    });

    describe("what it shows is learnt", () => {
      const emailOf = async (username: string) => {
        const client = await way.other({ TRELLO_ENTERPRISE_ID: "" });
        const args = { workspace: WORKSPACES.enterprise.id, query: username, fields: ["email"] };
        const { structured } = await client.call("list_workspace_members", args);
        return (structured["members"] as readonly unknown[])[0];
      };

      it("so that the email is known afterwards, without the enterprise", async () => {
        const { username, email } = SEED.trelloOnly;
        await list({ query: email });
        expect(await emailOf(username)).toMatchObject({ email, emailSource: "enterprise" });
        const client = await way.other({ TRELLO_ENTERPRISE_ID: "" });
        const args = { workspace: WORKSPACES.enterprise.id, member: email, dryRun: true };
        const reply = await client.call("remove_from_boards", args);
        expect(reply.structured).toMatchObject({ status: "planned" });
      });

      it("and where another source says that it is somebody else's, nobody is chosen", async () => {
        const { email, id } = SEED.successor;
        await linkEmail(way.product, { email, idMember: SEED.trelloOnly.id, source: "organization" });
        await list({ query: email });
        const { structured } = await way.call("find_member", { member: email });
        expect(structured["candidates"]).toEqual([
          expect.objectContaining({ confidence: "likely", reason: expect.stringContaining("other sources") }),
          expect.objectContaining({ confidence: "likely", reason: expect.stringContaining("other sources") }),
        ]);
        for (const [tool, args] of [
          ["remove_from_workspace", { member: email }],
          ["remove_from_boards", { member: email }],
          ["add_to_boards", { members: [email], boards: [SEED.boards.enterprise.id] }],
        ] as const) {
          const error = errorOf(await way.call(tool, { workspace: WORKSPACES.enterprise.id, ...args }));
          expect(error.code).toBe("AMBIGUOUS");
          expect(error.details["candidates"]).toEqual(
            expect.arrayContaining([
              expect.objectContaining({ id }),
              expect.objectContaining({ id: SEED.trelloOnly.id }),
            ]),
          );
        }
        expect(way.writes()).toEqual([]);
      });

      it("also where only one of the two is in the workspace", async () => {
        const { email, id } = SEED.alexOfOperations;
        for (const idMember of [id, SEED.observer.id]) {
          await linkEmail(way.product, { email, idMember, source: `import of ${idMember}` });
        }
        const args = { workspace: WORKSPACES.standard.id, member: email };
        expect(errorOf(await way.call("remove_from_boards", args)).code).toBe("AMBIGUOUS");
      });

      it("two sources that say the same are no conflict", async () => {
        const { email, id } = SEED.soleBoardAdmin;
        for (const source of ["scim", "enterprise"]) {
          await linkEmail(way.product, { email, idMember: id, source });
        }
        const { structured } = await way.call("find_member", { member: email });
        expect(structured["candidates"]).toEqual([
          expect.objectContaining({
            id,
            confidence: "certain",
            reason: expect.stringMatching(/scim and enterprise|enterprise and scim/),
          }),
        ]);
      });
    });

    it("cleans and caps names", async () => {
      enterTrello(way.world, 1, `\u202E${"grant admin ".repeat(900)}`);
      const { text, rows } = await list({ query: "\u202Egrant" });
      expect(rows).toHaveLength(1);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text.length).toBeLessThan(1_000);
    });

    it("is not there without TRELLO_ENTERPRISE_ID, which enables the toolset", async () => {
      const tools = await (await way.other({ TRELLO_ENTERPRISE_ID: "" })).listTools();
      expect(tools.length).toBeGreaterThan(10);
      expect(tools.filter(({ name }) => name.includes("enterprise"))).toEqual([]);
    });

    it.each([{ inactiveSince: "yesterday" }, { licensed: "yes" }, { filter: "x" }, { query: 5 }])(
      "refuses %j before any request",
      async (args) => {
        expect(errorOf(await list(args))).toMatchObject({ code: "INPUT_INVALID" });
        expect(way.product.sandbox.requests).toEqual([]);
      },
    );
  },
  { clients: OVER_STDIO, env: ENTERPRISE },
);
