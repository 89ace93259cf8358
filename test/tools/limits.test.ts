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

    it("refuse a plan that is too large for a day, and many small ones that add up to it", async () => {
      const whole = errorOf(await way.call("remove_from_boards", leaver));
      expect(whole).toMatchObject({ code: "POLICY_DENIED", details: { guard: "per_day" } });
      const boards = boardsWith(way.world, standard.id, SEED.leaver.id).map(({ id }) => id);
      for (const board of boards.slice(0, 3)) {
        expectApplied(await way.call("remove_from_boards", { ...leaver, boards: [board] }), 1);
      }
      const fourth = { ...leaver, boards: [boards[3]] };
      expect(errorOf(await way.call("remove_from_boards", fourth))).toMatchObject({
        details: { guard: "per_day" },
      });
      // Another process on the same store counts what this one did.
      const other = await (await way.other({ IDENTITY_LOG_LEVEL: "debug" })).call(
        "remove_from_boards",
        fourth,
      );
      expect(errorOf(other)).toMatchObject({
        code: "POLICY_DENIED",
        details: { guard: "per_day" },
        next: expect.stringContaining("limits.destructive_effects_per_day"),
      });
      expect(way.writes()).toHaveLength(3);
    });
  },
  {
    clients: ONE_A_TRANSPORT,
    env: { IDENTITY_POLICY_FILE: fileURLToPath(new URL("narrow-limits.yaml", import.meta.url)) },
  },
);
