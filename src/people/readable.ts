import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import { clean, plural } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { Rows } from "../domain/wire.ts";

/** The workspaces of the token's owner that Trello lets this token read. */
export interface Readable {
  readonly snapshots: readonly WorkspaceSnapshot[];
  /** One sentence for each workspace that Trello lists but does not let this token read. */
  readonly unread: readonly string[];
}

/**
 * Reads the named workspaces, each once. If none are named, reads all workspaces that Trello lists. If Trello refuses
 * some of them (401 or 404, as for a guest of a workspace's boards), the others are still read. If Trello refuses all,
 * the error is thrown.
 */
export async function readWorkspaces(
  { trello }: Pick<Reads, "trello">,
  named?: readonly string[],
): Promise<Readable> {
  if (named) {
    const found = await trello.workspaceSnapshots(named);
    const each = new Map(found.map((snapshot) => [snapshot.workspace.id, snapshot]));
    return { snapshots: [...each.values()], unread: [] };
  }
  const listed = await trello.workspaces();
  try {
    const snapshots = await trello.workspaceSnapshots(listed.map(({ id }) => id));
    return { snapshots, unread: oddLines(listed) };
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
  }
  const snapshots: WorkspaceSnapshot[] = [];
  const unread = [...oddLines(listed)];
  let refusal: AppError | null = null;
  // Workspaces that this call has already read are not read again.
  const answers = await Promise.all(
    listed.map(({ id }) =>
      trello.workspace(id).catch((thrown: unknown) => {
        if (isRefusal(thrown)) return thrown;
        throw thrown;
      }),
    ),
  );
  for (const [index, answer] of answers.entries()) {
    if (!(answer instanceof AppError)) {
      snapshots.push(answer);
      continue;
    }
    refusal ??= answer;
    unread.push(
      `${clean(listed[index]?.displayName ?? "")}: Trello does not let this account read the workspace, so its people and boards were not read.`,
    );
  }
  if (refusal && snapshots.length === 0) throw refusal;
  return { snapshots, unread };
}

/** A sentence about rows of Trello's list of workspaces that could not be read. */
function oddLines({ unread = 0 }: Rows<unknown>): readonly string[] {
  if (unread === 0) return [];
  return [
    `${plural(unread, "workspace")} of Trello's list could not be read, so ${unread === 1 ? "its" : "their"} people and boards were not read.`,
  ];
}

function isRefusal(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "NOT_FOUND");
}

/** One sentence that says how many workspaces and boards were read, and what could not be read. */
export function coverageText({ snapshots, unread }: Readable): string {
  const boards = snapshots.flatMap((snapshot) => snapshot.boards);
  const closed = boards.filter((board) => board.closed).length;
  const odd = snapshots.flatMap((snapshot) => snapshot.unread ?? []);
  return [
    `Read: ${plural(snapshots.length, "workspace")}, ${plural(boards.length, "board")} (${closed} closed)`,
    ...(unread.length > 0 ? [`${plural(unread.length, "workspace")} not readable`] : []),
    ...(odd.length > 0 ? [`${odd.join(" and ")} not readable`] : []),
  ].join(", ");
}
