import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { expectApplied } from "./changes.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT } from "./describe-tool.ts";
import { boardsWith, memberIn, WORKSPACES } from "./world.ts";

const { standard } = WORKSPACES;
const leaver = { workspace: standard.id, member: SEED.leaver.id };

describeTool(
  "the limits of the policy",
  (way) => {
    it("refuse to take from many people of a workspace at once", async () => {
      const ghosts = [SEED.ghosts.workspace, SEED.ghosts.expired];
      for (const { id, email } of ghosts) memberIn(way.world, id).fullName = email;
      const emails = ghosts.map(({ email }) => email);
      const error = errorOf(await way.call("revoke_invitations", { workspace: standard.id, emails }));
      expect(error).toMatchObject({ code: "POLICY_DENIED", details: { guard: "percent_of_workspace" } });
      expect(way.writes()).toEqual([]);
    });

    it("refuse nothing of one person, and one person after the other as they refuse both at once", async () => {
      const boards = boardsWith(way.world, standard.id, SEED.leaver.id).map(({ id }) => id);
      // More than the changes of a day, and one person's.
      expectApplied(await way.call("remove_from_boards", { ...leaver, boards: boards.slice(0, 5) }), 5);
      const next = {
        workspace: standard.id,
        member: SEED.successor.id,
        boards: boardsWith(way.world, standard.id, SEED.successor.id)
          .map(({ id }) => id)
          .slice(0, 1),
      };
      const refused = {
        code: "POLICY_DENIED",
        details: { guard: "percent_of_workspace" },
        next: expect.stringContaining("limits.percent_of_workspace"),
      };
      expect(errorOf(await way.call("remove_from_boards", next))).toMatchObject(refused);
      // Another process on the same store counts what this one did.
      const other = await way.other({ IDENTITY_LOG_LEVEL: "debug" });
      expect(errorOf(await other.call("remove_from_boards", next))).toMatchObject(refused);
      expect(way.writes()).toHaveLength(5);
    });
  },
  {
    clients: ONE_A_TRANSPORT,
    env: { IDENTITY_POLICY_FILE: fileURLToPath(new URL("narrow-limits.yaml", import.meta.url)) },
  },
);
