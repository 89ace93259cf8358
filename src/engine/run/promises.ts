import type { Effect } from "../../domain/effect.ts";
import { AppError, isTemporary, toAppError } from "../../domain/error.ts";
import type { AccessPromise } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import type { Run } from "../../domain/run.ts";
import { listNames, plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { doubtOf } from "./doubt.ts";
import { kindOf } from "../../effects/kinds.ts";

/** The most boards that one line of the evidence names. */
const NAMED = 20;

/** The result of checking one promise of a plan, as lines for the evidence. */
export interface PromiseCheck {
  readonly label: string;
  readonly unfinished: readonly string[];
  readonly unverified: readonly string[];
  /**
   * The error if something could not be read now, but can perhaps be read later. null if everything was read, or if the
   * unread part can never be read.
   */
  readonly unread: AppError | null;
}

/**
 * Checks the promises of a plan that no single effect shows, for example that a person is on no board any more.
 * `isToldOf`: whether a line about an effect already says that the person is in this workspace or board.
 */
export function checkPromises(
  { plan }: Run,
  reads: Reads,
  isToldOf: (idPlace: string, idMember: string) => boolean,
): Promise<readonly PromiseCheck[]> {
  return Promise.all((plan.promises ?? []).map((promise) => checkPromise(promise, reads, isToldOf)));
}

async function checkPromise(
  promise: AccessPromise,
  { trello }: Reads,
  isToldOf: (idPlace: string, idMember: string) => boolean,
): Promise<PromiseCheck> {
  const { off, people, workspaces } = promise;
  const unfinished: string[] = [];
  const unverified: string[] = [];
  let unread: AppError | null = null;
  for (const { id, name } of workspaces) {
    const snapshot = await trello.workspace(id).catch(toAppError);
    if (!(snapshot instanceof AppError)) {
      unfinished.push(...people.flatMap((person) => accessLines(person, off, snapshot, name, isToldOf)));
      const doubt = doubtOf(snapshot);
      if (doubt !== null) unverified.push(`Access to workspace ${name}: ${doubt}`);
      continue;
    }
    if (snapshot.code === "UNAUTHENTICATED") throw snapshot;
    if (isTemporary(snapshot)) unread ??= snapshot;
    unverified.push(`Access to workspace ${name}: could not be read again (${snapshot.code})`);
  }
  const who = listNames(
    people.map(({ label }) => label),
    3,
  );
  return {
    label: `No access of ${who} in ${plural(workspaces.length, "workspace")}`,
    unfinished,
    unverified,
    unread,
  };
}

function accessLines(
  { idMember, label }: AccessPromise["people"][number],
  off: AccessPromise["off"],
  { workspace, memberships, boards }: WorkspaceSnapshot,
  name: string,
  isToldOf: (idPlace: string, idMember: string) => boolean,
): readonly string[] {
  const isIn = (rows: readonly { readonly idMember: string }[]) =>
    rows.some((row) => row.idMember === idMember);
  const on = boards.filter((board) => isIn(board.memberships) && !isToldOf(board.id, idMember));
  const inWorkspace = off === "workspaces" && isIn(memberships) && !isToldOf(workspace.id, idMember);
  const names = listNames(
    on.map((board) => board.name),
    NAMED,
  );
  return [
    ...(inWorkspace ? [`${label} is in workspace ${name}`] : []),
    ...(on.length > 0 ? [`${label} is on ${plural(on.length, "board")} of workspace ${name}: ${names}`] : []),
  ];
}

/**
 * Finds invitations by email that were certainly made although Trello hides their result. Trello accepted them, and the
 * workspace or board now has at least one new member for each of them. If there are fewer new members, no invitation
 * counts as made, because Trello does not show the members' emails.
 */
export async function madeUnseen(
  { plan, effects }: Run,
  hidden: readonly Effect[],
  reads: Reads,
): Promise<ReadonlySet<Effect>> {
  const made = new Set<Effect>();
  const places = new Map<string, { readonly fresh: number; readonly hidden: Effect[] }>();
  const added = new Set(effects.flatMap(({ effect }) => effect.target["idMember"] ?? []));
  for (const effect of hidden) {
    const now = await kindOf(effect)
      .present(effect, reads)
      .catch(() => null);
    const before = now && plan.present?.[now.place];
    if (!now || !before) continue;
    const fresh = now.members.filter((id) => !before.includes(id) && !added.has(id)).length;
    const place = places.get(now.place) ?? { fresh, hidden: [] };
    place.hidden.push(effect);
    places.set(now.place, place);
  }
  for (const [id, { fresh, hidden: accepted }] of places) {
    const seen = effects.filter(
      ({ effect, state }) =>
        state === "applied" && placeOf(effect) === id && effect.target["email"] && !accepted.includes(effect),
    ).length;
    if (fresh >= accepted.length + seen) for (const effect of accepted) made.add(effect);
  }
  return made;
}

function placeOf({ target }: Effect): string | undefined {
  return target["idBoard"] || target["idOrganization"];
}
