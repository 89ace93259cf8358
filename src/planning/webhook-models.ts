import type { PlanContext } from "../domain/planning.ts";
import { clean, plural } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { WatchedKind } from "../domain/webhook.ts";
import { blindSpotsOf } from "../people/person.ts";
import { workspacesMeant } from "../people/workspaces.ts";

/** A workspace, board or enterprise that a webhook can watch. */
export interface WatchedModel {
  readonly kind: WatchedKind;
  readonly id: string;
  /** Cleaned, with the kind: `board Roadmap`. */
  readonly label: string;
  /** Empty for an enterprise. */
  readonly idOrganization: string;
}

/** What webhooks can watch, and what they cannot watch. */
export interface WatchedModels {
  readonly models: readonly WatchedModel[];
  readonly snapshots: readonly WorkspaceSnapshot[];
  /** Boards that the Trello token cannot see. They cannot have a webhook. */
  readonly blindSpots: readonly string[];
  readonly untouched: readonly string[];
}

/**
 * The things to watch: each workspace, each open board, and each enterprise to which a workspace belongs. A workspace's
 * webhook does not report the memberships of its boards, so each board has its own. Without `workspace`, all
 * workspaces.
 */
export async function watchedModels(
  workspace: string | undefined,
  { reads, mayChangeDirectory }: Pick<PlanContext, "reads" | "mayChangeDirectory">,
): Promise<WatchedModels> {
  const { snapshots, unread } = await workspacesMeant(workspace, reads);
  const { enterprise } = reads;
  const isOwned = snapshots.some((each) => enterprise && each.workspace.idEnterprise === enterprise.id);
  const owner: WatchedModel[] =
    enterprise && isOwned && mayChangeDirectory
      ? [{ kind: "enterprise", id: enterprise.id, label: "the enterprise", idOrganization: "" }]
      : [];
  const closed = snapshots.flatMap(({ boards }) => boards.filter((board) => board.closed)).length;
  return {
    models: [...owner, ...snapshots.flatMap(modelsIn)],
    snapshots,
    blindSpots: [...unread, ...(await blindSpotsOf(snapshots, reads))],
    untouched: closed === 0 ? [] : [`${plural(closed, "closed board")}: not watched.`],
  };
}

function modelsIn({ workspace, boards }: WorkspaceSnapshot): readonly WatchedModel[] {
  const idOrganization = workspace.id;
  return [
    {
      kind: "workspace",
      id: workspace.id,
      label: `workspace ${clean(workspace.displayName)}`,
      idOrganization,
    },
    ...boards.flatMap(({ id, name, closed }): readonly WatchedModel[] =>
      closed ? [] : [{ kind: "board", id, label: `board ${clean(name)}`, idOrganization }],
    ),
  ];
}
