/** The messy world, taken apart so that its kinds can be counted. */
import { describe, expect, test } from "vitest";
import { messyWorld, SEED } from "../../../src/sandbox/index.ts";
import { START } from "../support.ts";

export const world = messyWorld({ now: () => START });
export const { trello, atlassian } = world;
export const DAY_MS = 86_400_000;

/** Without the strangers of the one big board. */
export const members = [...trello.members.values()].filter(({ username }) => !username.startsWith("reader"));
export const confirmed = members.filter(({ memberType }) => memberType === "normal");
export const workspaces = [...trello.workspaces.values()];
export const boards = [...trello.boards.values()];
export const cards = [...trello.cards.values()];
export const accounts = [...atlassian.accounts.values()];
export const users = [...atlassian.directory.users.values()];
export const groups = [...atlassian.directory.groups.values()];
export const others = atlassian.otherDirectories ?? [];
export const owner = trello.members.get(trello.tokens.get(SEED.tokens.full)?.idMember ?? "");
export const crowded = boards.filter(({ memberships }) => memberships.length >= 400);
export const workspaceRows = workspaces.flatMap(({ memberships }) => memberships);
export const boardRows = boards
  .filter((board) => !crowded.includes(board))
  .flatMap(({ memberships }) => memberships);
export const rows = [...workspaceRows, ...boardRows];
export const accountOf = (idMember: string) =>
  atlassian.accounts.get(trello.members.get(idMember)?.aaId ?? "");
export const isGhost = (idMember: string) => trello.members.get(idMember)?.memberType === "ghost";
export const admins = (of: (typeof boards)[number]) =>
  of.memberships.filter((row) => row.memberType === "admin");
export const plain = (name: string) =>
  name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
export const emails = (user: (typeof users)[number]) => user.emails.map(({ value }) => value);
export const accountByEmail = new Map(accounts.map((account) => [account.email, account]));
export const lastUse = (account: (typeof accounts)[number]) =>
  Math.max(
    0,
    ...account.products.map(({ lastActive }) => (lastActive === null ? 0 : Date.parse(lastActive))),
  );

export function sameNames(): number {
  const counts = new Map<string, number>();
  for (const { fullName } of confirmed) counts.set(fullName, (counts.get(fullName) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).reduce((sum, count) => sum + count, 0);
}

export function guestBoards(): number[] {
  const inside = new Set(workspaceRows.map(({ idMember }) => idMember));
  const counts = new Map<string, number>();
  for (const { idMember } of boardRows) {
    if (!inside.has(idMember) && !isGhost(idMember)) counts.set(idMember, (counts.get(idMember) ?? 0) + 1);
  }
  return [...counts.values()];
}

export function invitedDays(of: readonly { id: string; unconfirmed: boolean; idMember: string }[]): number[] {
  return of
    .filter(({ unconfirmed, idMember }) => unconfirmed && isGhost(idMember))
    .map(({ id }) => Math.round((START - Number.parseInt(id.slice(0, 8), 16) * 1_000) / DAY_MS));
}

/** Kind, how many there are, the fewest and the most that may be. */
export type Kind = readonly [kind: string, count: number, least: number, most?: number];

/** A test for each kind: that there are as many as the table says. */
export function itCounts(title: string, kinds: readonly Kind[]): void {
  describe(title, () => {
    for (const [kind, count, least, most = Infinity] of kinds) {
      test(`${kind}: ${count}`, () => {
        expect(count).toBeGreaterThanOrEqual(least);
        expect(count).toBeLessThanOrEqual(most);
      });
    }
  });
}
