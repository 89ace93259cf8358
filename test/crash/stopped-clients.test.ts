import { afterEach, expect, it } from "vitest";
import { type Fault, SEED } from "../../src/sandbox/index.ts";
import type { TestClient } from "../support/client.ts";
import { describeTool } from "../tools/describe-tool.ts";
import { expectApplied } from "../tools/changes.ts";
import { boardsWith, inWorkspace, WORKSPACES } from "../tools/world.ts";
import { sayYes } from "../support/matrix.ts";

const { standard } = WORKSPACES;
const args = { workspace: standard.id, member: SEED.leaver.id };
const EFFECTS = SEED.leaverBoards.standard + 1;
const faults: Fault[] = [];

interface Listed {
  readonly runs: readonly { readonly id: string; readonly state: string; readonly done: number }[];
}

describeTool(
  "a client that stops in the middle of a run",
  (way) => {
    afterEach(() => {
      faults.length = 0;
    });

    const latest = async () =>
      ((await way.call("list_runs", { limit: 1 })).structured as unknown as Listed).runs[0];
    /** Begins a run through a client and lets `stop` loose once some effects are done; answers its id. */
    const begin = async (client: TestClient, stop: () => void, signal?: AbortSignal): Promise<string> => {
      faults.push({
        operation: "DELETE /boards/{id}/members/{idMember}",
        attempt: "every",
        kind: "slow",
        // So slow that the run cannot come to its end before it is stopped.
        ms: 200,
      });
      const before = (await latest())?.id;
      const call = client.call("remove_from_workspace", args, { ...(signal && { signal }) });
      const ended = call.then(
        () => "answered",
        () => "stopped",
      );
      await expect.poll(() => way.writes().length, { timeout: 20_000 }).toBeGreaterThan(7);
      stop();
      expect(await ended).toBe("stopped");
      const run = await latest();
      expect(run?.id).not.toBe(before);
      return run?.id ?? "";
    };
    const expectDoneOnce = () => {
      expect(way.writes()).toHaveLength(EFFECTS);
      expect(new Set(way.writes()).size).toBe(EFFECTS);
      expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toEqual([]);
      expect(inWorkspace(way.world, standard.id, SEED.leaver.id)).toBeUndefined();
    };

    // Over Streamable HTTP a client of the 2026 era cancels by closing the response. A closed stream is no wish of a
    // person, so there the run goes on, as the two tests below say.
    const cancelsByLeaving = way.access.transport === "http" && way.access.era === "modern";

    it.skipIf(cancelsByLeaving)(
      "by cancelling: it stops between two writes, waits, and goes on when it is asked for",
      async () => {
        const cancelling = new AbortController();
        const client = await way.product.connect(way.access, { elicit: sayYes });
        const id = await begin(client, () => cancelling.abort(), cancelling.signal);
        await expect.poll(async () => (await latest())?.state, { timeout: 20_000 }).toBe("cancelled");
        const { structured } = await way.call("get_run", { runId: id, limit: 100 });
        const effects = structured["effects"] as readonly { readonly state: string }[];
        const done = effects.filter(({ state }) => state === "applied").length;
        expect(done).toBe(way.writes().length);
        expect(done).toBeLessThan(EFFECTS);
        expect(effects.filter(({ state }) => state === "pending")).toHaveLength(EFFECTS - done);

        faults.length = 0;
        const reply = await client.call("apply_plan", { planId: structured["planId"] });
        expectApplied(reply, EFFECTS);
        expect(reply.structured["runId"]).toBe(id);
        expectDoneOnce();
        await client.close();
      },
      120_000,
    );

    it("by a limit of time of its own: the run goes on and ends", async () => {
      const client = await way.product.connect(way.access, { elicit: sayYes });
      const waiting = new AbortController();
      const id = await begin(client, () => waiting.abort(new Error("Request timed out")), waiting.signal);
      faults.length = 0;
      const state = async () => (await way.call("get_run", { runId: id })).structured["state"];
      await expect.poll(state, { timeout: 60_000, interval: 250 }).toBe("applied");
      expectDoneOnce();
      await client.close();
    }, 120_000);

    it("by going away: the run is finished all the same, by itself", async () => {
      const client = await way.product.connect(way.access, { elicit: sayYes, name: "passer-by" });
      const id = await begin(client, () => void client.close());
      faults.length = 0;
      // Over stdio the server goes with its client, and the next one to start takes the run up.
      if (way.access.transport === "stdio") await way.product.connect(way.access, { elicit: sayYes });
      await expect
        .poll(async () => (await way.call("get_run", { runId: id })).structured["state"], {
          timeout: 90_000,
          interval: 250,
        })
        .toBe("applied");
      expectDoneOnce();
    }, 120_000);
  },
  { sandbox: { faults }, spawned: true },
);
