import { AppError } from "../domain/error.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads, TrelloReads } from "../domain/reads.ts";
import { clean, listNames, nameKey, isTrelloId } from "../domain/text.ts";
import type { Workspace, WorkspaceSnapshot } from "../domain/trello.ts";
import { boardRef, hasBoards, placedBoards, requireBoard } from "./boards.ts";
import { nearest } from "./near.ts";
import { type Readable, readWorkspaces } from "./readable.ts";

/** Candidates that an error names. */
const NAMED = 5;

/**
 * Makes the functions that read workspaces and boards accept names too. A workspace can be given by id, slug, address
 * or exact name; a board by id, short link, address or exact name.
 * An id, slug or short link needs no further request. To find the name of a workspace, the list of workspaces is read.
 * To find the name of a board, all workspaces are read.
 */
export function takingNames(reads: Reads): Reads {
  const { trello } = reads;
  const workspace = (ref: string): Promise<WorkspaceSnapshot> => workspaceMeant(ref, trello);
  return {
    ...reads,
    trello: {
      ...trello,
      workspace,
      workspaceSnapshots: (refs) =>
        refs.every(isTrelloId) ? trello.workspaceSnapshots(refs) : severalMeant(refs, trello),
      async board(ref) {
        const wanted = boardRef(ref);
        if (isTrelloId(wanted)) return trello.board(wanted);
        if (/^[A-Za-z0-9]{8}$/.test(wanted)) {
          const found = await unlessMissing(trello.board(wanted));
          if (!(found instanceof AppError)) return found;
        }
        const { snapshots } = await readWorkspaces(reads);
        return trello.board(requireBoard(wanted, placedBoards(snapshots)).board.id);
      },
    },
  };
}

/**
 * Reads several workspaces in one request. If one of them is not found by id or slug, each workspace is then searched
 * for separately by name.
 */
async function severalMeant(
  refs: readonly string[],
  trello: TrelloReads,
): Promise<readonly WorkspaceSnapshot[]> {
  const direct = refs.map(workspaceRef);
  if (direct.every((ref) => isTrelloId(ref) || isSlug(ref))) {
    const found = await unlessMissing(trello.workspaceSnapshots(direct));
    if (!(found instanceof AppError)) return found;
  }
  return Promise.all(refs.map((ref) => workspaceMeant(ref, trello)));
}

async function workspaceMeant(ref: string, trello: TrelloReads): Promise<WorkspaceSnapshot> {
  const wanted = workspaceRef(ref);
  if (isTrelloId(wanted)) return trello.workspace(wanted);
  if (!isSlug(wanted)) return trello.workspace(requireNamed(wanted, await trello.workspaces()).id);
  const found = await unlessMissing(trello.workspace(wanted));
  if (found instanceof AppError) {
    const listed = await trello.workspaces();
    // If Trello refuses to show a workspace with this slug, and no workspace has the text as its name, the refusal is
    // thrown. It says more than NOT_FOUND.
    if (found.code !== "NOT_FOUND" && named(wanted, listed).length === 0) throw found;
    return trello.workspace(requireNamed(wanted, listed).id);
  }
  const me = await trello.me();
  if (found.memberships.some(({ idMember }) => idMember === me.id)) return found;
  // The token owner's own workspaces are searched first, because the text may also be the slug of another company's
  // public workspace.
  const [own, ...others] = named(wanted, await trello.workspaces());
  return own && others.length === 0 ? trello.workspace(own.id) : found;
}

/**
 * Returns the workspaces or the board that a request asks for. If something does not exist, or Trello refuses to show
 * it, returns the error instead of throwing it. Other errors are thrown.
 */
async function unlessMissing<Value>(asked: Promise<Value>): Promise<Value | AppError> {
  return asked.catch((thrown: unknown) => {
    const isMissing =
      thrown instanceof AppError && (thrown.code === "NOT_FOUND" || thrown.code === "UPSTREAM_FORBIDDEN");
    if (isMissing) return thrown;
    throw thrown;
  });
}

/**
 * The slug in a workspace's address, such as `northwind` in `https://trello.com/w/northwind/home`. Any other text is
 * returned unchanged.
 */
function workspaceRef(text: string): string {
  return (
    /^(?:https?:\/\/)?(?:www\.)?trello\.com\/(?:w\/)?(\w+)(?:[/?#]|$)/i.exec(text.trim())?.[1] ?? text.trim()
  );
}

/** Whether a text can be a slug: lower case letters, digits and underscores. */
function isSlug(ref: string): boolean {
  return /^[a-z0-9_]{3,100}$/.test(ref);
}

function named(ref: string, listed: readonly Workspace[]): readonly Workspace[] {
  const key = nameKey(ref);
  return listed.filter(
    ({ name, displayName }) => key !== "" && (nameKey(displayName) === key || name === ref.toLowerCase()),
  );
}

/**
 * The one workspace with this slug or name. NOT_FOUND with similar names if there is none, AMBIGUOUS if several have
 * the name.
 */
function requireNamed(ref: string, listed: readonly Workspace[]): Workspace {
  const found = named(ref, listed);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only) {
    throw new AppError("AMBIGUOUS", `${found.length} workspaces have the name ${clean(ref, 60)}.`, {
      next: "Call again with the id or slug of the right workspace.",
      details: { candidates: found.slice(0, NAMED).map(workspaceCandidate) },
    });
  }
  const near = nearest(ref, listed, ({ name, displayName }) => [displayName, name]).slice(0, NAMED);
  throw new AppError(
    "NOT_FOUND",
    `There is no workspace with the id, slug or name ${clean(ref)}, or Trello hides it from this account.`,
    {
      next:
        near.length > 0
          ? `Did you mean ${listNames(near.map(workspaceText), NAMED, { separator: "; " })}? Then call again with that slug.`
          : "Use list_workspaces for ids, slugs and names.",
      ...(near.length > 0 && { details: { candidates: near.map(workspaceCandidate) } }),
    },
  );
}

function workspaceText({ name, displayName }: Pick<Workspace, "name" | "displayName">): string {
  return `${clean(displayName, 60)} (${clean(name, 60)})`;
}

function workspaceCandidate(workspace: Pick<Workspace, "id" | "name" | "displayName">) {
  return { id: workspace.id, name: workspaceText(workspace) };
}

/** Returns the workspace that the call names. If the call names none, returns all workspaces that can be read. */
export async function workspacesMeant(ref: string | undefined, { trello }: Reads): Promise<Readable> {
  return ref === undefined
    ? readWorkspaces({ trello })
    : { snapshots: [await trello.workspace(ref)], unread: [] };
}

/**
 * Finds the workspace for a change. First choice: the workspace that the call names. Otherwise: the only workspace that
 * can be read, or the only one that has all of the boards. If several are possible, throws AMBIGUOUS and names them.
 */
export async function requireWorkspace(
  {
    workspace,
    boards = [],
  }: { readonly workspace?: string | undefined; readonly boards?: readonly string[] | undefined },
  { reads }: Pick<PlanContext, "reads">,
): Promise<WorkspaceSnapshot> {
  if (workspace !== undefined) return reads.trello.workspace(workspace);
  const { snapshots } = await readWorkspaces(reads);
  const [only, ...others] = snapshots;
  if (only && others.length === 0) return only;
  const fitting = boards.length === 0 ? snapshots : snapshots.filter((each) => hasBoards(each, boards));
  const [first, ...more] = fitting;
  if (first && more.length === 0) return first;
  if (!first) for (const ref of boards) requireBoard(ref, placedBoards(snapshots));
  throw whichWorkspace(first ? fitting : snapshots, "Several workspaces may be meant.");
}

/** The error that asks the caller to name the workspace. */
export function whichWorkspace(snapshots: readonly WorkspaceSnapshot[], why: string): AppError {
  return new AppError(
    "AMBIGUOUS",
    `${why} Without \`workspace\`, it is not certain which workspace is meant.`,
    {
      next: "Call again with `workspace` set to the id or slug of the right workspace.",
      details: {
        candidates: snapshots.slice(0, 2 * NAMED).map(({ workspace }) => workspaceCandidate(workspace)),
      },
    },
  );
}
