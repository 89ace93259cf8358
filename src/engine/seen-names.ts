import type { Reads } from "../domain/reads.ts";
import { clean, nameKey } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";

/** What a name can be of. */
export type NameKind = "workspace" | "board" | "member" | "group";

/** The names that this process read in earlier calls. Looking them up sends no request. */
export interface SeenNames {
  /**
   * Returns the same reads, but they also remember the names of the workspaces, boards, members and Groups that they
   * read.
   */
  remembering(reads: Reads): Reads;
  /**
   * Finds remembered names of one kind (such as boards) that fit the typed text. Each typed word must be the beginning
   * of a word of the name. Names that begin with the whole text come first. If two things have the same name, the list
   * contains their `@username` or id instead. `workspace`: finds only boards and members of that workspace.
   */
  find(kind: NameKind, typed: string, workspace?: string): readonly string[];
}

interface Named {
  readonly name: string;
  /**
   * The text that a tool accepts instead of the name: an id or a `@username`. A typed text that begins with @ is
   * compared with this text.
   */
  readonly ref: string;
}

interface Place {
  readonly name: string;
  readonly boards: readonly Named[];
  readonly members: readonly Named[];
}

/** The most Groups that are remembered. */
const MOST_GROUPS = 5_000;
const LONGEST = 120;

export function createSeenNames(): SeenNames {
  const places = new Map<string, Place>();
  const groups = new Map<string, string>();

  function see(snapshots: readonly WorkspaceSnapshot[]): void {
    for (const { workspace, boards, memberships } of snapshots) {
      places.set(workspace.id, {
        name: clean(workspace.displayName, LONGEST),
        boards: boards
          .filter(({ closed }) => !closed)
          .map(({ id, name }) => ({ name: clean(name, LONGEST), ref: id })),
        members: memberships.flatMap(({ member, deactivated }) =>
          deactivated
            ? []
            : [{ name: clean(member.fullName, LONGEST), ref: `@${clean(member.username, LONGEST)}` }],
        ),
      });
    }
  }

  function seeGroups(rows: readonly { readonly id: string; readonly displayName: string }[]): void {
    for (const { id, displayName } of rows)
      if (groups.size < MOST_GROUPS || groups.has(id)) groups.set(id, clean(displayName, LONGEST));
  }

  function candidates(kind: NameKind, workspace: string): readonly Named[] {
    if (kind === "workspace") return [...places].map(([id, { name }]) => ({ name, ref: id }));
    if (kind === "group") return [...groups].map(([id, name]) => ({ name, ref: id }));
    const wanted = nameKey(workspace);
    const all = [...places].filter(
      ([id, { name }]) => wanted === "" || id === workspace || nameKey(name) === wanted,
    );
    return all.flatMap(([, place]) => (kind === "board" ? place.boards : place.members));
  }

  return {
    remembering(reads) {
      const { trello, scim } = reads;
      return {
        ...reads,
        trello: {
          ...trello,
          async workspaces() {
            const rows = await trello.workspaces();
            const known = new Set(rows.map(({ id }) => id));
            for (const id of places.keys()) if (!known.has(id)) places.delete(id);
            for (const { id, displayName } of rows) {
              const place = places.get(id) ?? { boards: [], members: [] };
              places.set(id, { ...place, name: clean(displayName, LONGEST) });
            }
            return rows;
          },
          async workspace(ref) {
            const snapshot = await trello.workspace(ref);
            see([snapshot]);
            return snapshot;
          },
          async workspaceSnapshots(refs) {
            const snapshots = await trello.workspaceSnapshots(refs);
            see(snapshots);
            return snapshots;
          },
        },
        scim: scim && {
          ...scim,
          async groups(page) {
            const found = await scim.groups(page);
            seeGroups(found.Resources);
            return found;
          },
          async *groupPages() {
            for await (const rows of scim.groupPages()) {
              seeGroups(rows);
              yield rows;
            }
          },
        },
      };
    },
    find(kind, typed, workspace = "") {
      const text = nameKey(typed);
      const found = new Map<string, Named>();
      const times = new Map<string, number>();
      for (const each of candidates(kind, workspace)) {
        if (!fits(each, typed, text) || found.has(each.ref)) continue;
        found.set(each.ref, each);
        times.set(each.name, (times.get(each.name) ?? 0) + 1);
      }
      const isRef = typed.trim().startsWith("@");
      return [...found.values()]
        .toSorted((a, b) => rank(a, text) - rank(b, text) || (a.name < b.name ? -1 : 1))
        .map(({ name, ref }) => (isRef || name === "" || (times.get(name) ?? 0) > 1 ? ref : name));
    },
  };
}

/** Whether each typed word is the beginning of a word of the name, or the text is the beginning of the `@username`. */
function fits({ name, ref }: Named, typed: string, text: string): boolean {
  const start = typed.trim().toLowerCase();
  if (start.startsWith("@")) return ref.toLowerCase().startsWith(start);
  const words = nameKey(name).split(/[\s-]+/);
  return text.split(/\s+/).every((word) => words.some((each) => each.startsWith(word)));
}

function rank({ name }: Named, text: string): number {
  return nameKey(name).startsWith(text) ? 0 : 1;
}
