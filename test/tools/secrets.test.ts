import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { describeTool, ONE_A_TRANSPORT } from "./describe-tool.ts";
import { BOARDS, WORKSPACES } from "./world.ts";

const { standard } = WORKSPACES;
const leaver = { workspace: standard.id, member: SEED.leaver.id };
const LOUD = { IDENTITY_LOG_LEVEL: "trace" };

async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(file, "latin1")] as const)),
  );
}

/** A secret as it is, and as it would look in a URL, in base64 and in hexadecimal. */
function disguises(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("hex"),
  ];
}

describeTool(
  "tokens and keys",
  (way) => {
    it("are in no result, log, error or file, whatever is called and whatever goes wrong", async () => {
      const { atlassian } = way.world;
      const env = way.product.env;
      const said: string[] = [];
      const loud = await way.other(LOUD);
      const call = async (client: typeof loud, tool: string, args: Record<string, unknown>) => {
        said.push(JSON.stringify(await client.call(tool, args).catch((error: unknown) => String(error))));
      };
      for (const [tool, args] of [
        ["check_connection", {}],
        ["list_workspace_members", { workspace: standard.id, fields: ["email", "groups"], limit: 3 }],
        ["get_member_access", { member: SEED.leaver.email }],
        ["scim_get_user", { user: SEED.leaver.email }],
        ["remove_from_workspace", { ...leaver, reason: "gone" }],
        ["invite_member", { workspace: standard.id, member: way.newEmail("new") }],
        ["update_my_profile", { username: SEED.leaver.username }],
        ["scim_deactivate_user", { user: SEED.leaver.email }],
        ["list_board_members", { board: BOARDS.hidden.id }],
        ["get_run", { runId: "run_nothing" }],
        ["no_such_tool", {}],
        ["find_member", { member: env["TRELLO_API_KEY"] }],
        ["list_workspaces", { cursor: "broken" }],
      ] as const) {
        await call(loud, tool, args);
      }
      // Credentials that are refused are secrets as well.
      const wrong = { ...LOUD, TRELLO_API_TOKEN: SEED.tokens.expired };
      await call(await way.other(wrong), "list_workspaces", {});
      atlassian.directory.tokens.clear();
      atlassian.orgApiKeys.clear();
      await call(loud, "scim_get_user", { user: SEED.successor.email });
      await call(loud, "check_connection", {});

      const files = await filesOf(way.product.folder);
      const stderr = way.product.stderr();
      expect(files.size).toBeGreaterThanOrEqual(2);
      expect([...files.values()].join("")).toContain(SEED.leaver.id);
      expect(stderr.length).toBeGreaterThan(100);
      const secrets = [
        ...["TRELLO_API_KEY", "TRELLO_API_TOKEN", "TRELLO_API_SECRET"].map((name) => env[name] ?? ""),
        ...["ATLASSIAN_SCIM_TOKEN", "ATLASSIAN_ORG_API_KEY"].map((name) => env[name] ?? ""),
        SEED.tokens.expired,
      ];
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(8);
        for (const disguise of disguises(secret)) {
          expect(said.filter((text) => text.includes(disguise))).toEqual([]);
          expect(stderr).not.toContain(disguise);
          for (const [file, text] of files) expect(text.includes(disguise), file).toBe(false);
        }
      }
    });
  },
  { clients: ONE_A_TRANSPORT },
);
