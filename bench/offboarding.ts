import { SEED } from "../src/sandbox/index.ts";
import type { Measurement } from "./measurement.ts";
import { brokenOf, ratio } from "./measurement.ts";
import { startServer } from "./server.ts";

/**
 * Requests that are not for one of the boards: the workspace itself; the snapshot and the cards, for the plan and again
 * before the first write; the snapshot afterwards; and what the token may do.
 */
const BESIDE_BOARDS = 1 + 2 + 2 + 1 + 1;

/** A person of 30 boards leaves a workspace of 100, against one request for each board of the workspace. */
export async function offboarding(): Promise<Measurement> {
  const server = await startServer();
  try {
    const { id } = SEED.workspaces.standard;
    const { boards } = server.sandbox.world.trello;
    const all = [...boards.values()].filter((board) => board.idOrganization === id);
    const on = all.filter((board) => board.memberships.some(({ idMember }) => idMember === SEED.leaver.id));
    server.sandbox.resetRequests();
    const { structured } = await server.call("remove_from_workspace", {
      workspace: id,
      member: SEED.leaver.id,
    });
    const spent = server.sandbox.requests.filter(({ upstream }) => upstream === "trello").length;
    return {
      title: `${on.length} of ${all.length} boards, on a plan tier without /all`,
      lines: [
        `Trello requests / one for each board of the workspace: ${ratio(spent, all.length, "requests")}`,
      ],
      broken: brokenOf({
        "the run is applied": structured["status"] === "applied",
        "no more requests than test/engine/request-counts.test.ts allows": spent <= on.length + BESIDE_BOARDS,
      }),
    };
  } finally {
    await server.close();
  }
}
