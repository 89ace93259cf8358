import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import { removeBoardMember, setBoardMember } from "../../src/effects/board-members.ts";
import { inviteBoardMember, inviteWorkspaceMember } from "../../src/effects/invitations.ts";
import { inverseOf, kindOf } from "../../src/effects/kinds.ts";
import { setScimActive } from "../../src/effects/scim-users.ts";
import {
  removeWorkspaceMember,
  removeWorkspaceMemberEverywhere,
  setWorkspaceMember,
} from "../../src/effects/workspace-members.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { boardsWith, inWorkspace, type Stack, startStack } from "../support/stack.ts";

const { standard, premium, enterprise } = SEED.workspaces;
const { leaver, successor, guest, observer } = SEED;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const pass = { priority: "interactive" } as const;
const send = (effect: Effect) =>
  kindOf(effect).send(effect, stack.gateway.writes(pass), stack.gateway.reads(pass));
const holds = (effect: Effect) =>
  kindOf(effect).holds(effect, stack.gateway.reads({ priority: "interactive" }));

/** Who is where with which role, and who is active: all that an effect can change. Ids of rows are new on return. */
function state(): unknown {
  const { trello, atlassian } = stack.sandbox.world;
  const roles = (rows: readonly { idMember: string; memberType: string; deactivated: boolean }[]) =>
    rows
      .map(({ idMember, memberType, deactivated }) => `${idMember} ${memberType} ${deactivated}`)
      .toSorted();
  return {
    workspaces: [...trello.workspaces.values()].map(({ id, memberships }) => [id, roles(memberships)]),
    boards: [...trello.boards.values()].map(({ id, memberships }) => [id, roles(memberships)]),
    users: [...atlassian.directory.users.values()].map(({ id, active }) => [id, active]),
  };
}

const roleOn = (idBoard: string, idMember: string) =>
  stack.sandbox.world.trello.boards.get(idBoard)?.memberships.find((row) => row.idMember === idMember)
    ?.memberType ?? "";

function onBoard(idBoard: string, idOrganization: string, idMember: string) {
  return { idBoard, idOrganization, idMember };
}

const cases: readonly (readonly [string, () => Effect])[] = [
  ...(["normal", "admin"] as const).map((role): readonly [string, () => Effect] => [
    `removing a board's ${role}`,
    () => {
      const board = boardsWith(stack.sandbox, leaver.id, standard.id).find(
        ({ id }) => roleOn(id, leaver.id) === role,
      );
      return removeBoardMember.make({
        target: onBoard(board?.id ?? "", standard.id, leaver.id),
        before: { memberType: role },
        after: null,
        label: "the leaver",
      });
    },
  ]),
  [
    "removing an observer from a board",
    () =>
      removeBoardMember.make({
        target: onBoard(SEED.boards.observed.id, premium.id, observer.id),
        before: { memberType: "observer" },
        after: null,
        label: "the observer",
      }),
  ],
  [
    "removing a guest from the guest's one board",
    () =>
      removeBoardMember.make({
        target: onBoard(SEED.boards.guests.id, standard.id, guest.id),
        before: { memberType: "normal" },
        after: null,
        label: "the guest",
      }),
  ],
  [
    "removing from a workspace alone",
    () =>
      removeWorkspaceMember.make({
        target: { idOrganization: standard.id, idMember: leaver.id },
        before: { memberType: "normal" },
        after: null,
        label: "the leaver",
      }),
  ],
  [
    "removing from a workspace and its boards at once",
    () =>
      removeWorkspaceMemberEverywhere.make({
        target: { idOrganization: enterprise.id, idMember: leaver.id },
        before: {
          memberType: "normal",
          boards: boardsWith(stack.sandbox, leaver.id, enterprise.id).map(({ id, name }) => ({
            idBoard: id,
            name,
            memberType: roleOn(id, leaver.id),
          })),
        },
        after: null,
        label: "the leaver",
      }),
  ],
  [
    "adding to a board",
    () =>
      setBoardMember.make({
        target: onBoard(SEED.boards.guests.id, standard.id, successor.id),
        before: null,
        after: { memberType: "normal" },
        label: "the successor",
      }),
  ],
  [
    "changing the role on a board",
    () =>
      setBoardMember.make({
        target: onBoard(SEED.boards.soleAdmin.id, standard.id, leaver.id),
        before: { memberType: "normal" },
        after: { memberType: "admin" },
        label: "the leaver",
      }),
  ],
  [
    "adding to a workspace",
    () =>
      setWorkspaceMember.make({
        target: { idOrganization: premium.id, idMember: leaver.id },
        before: null,
        after: { memberType: "normal" },
        label: "the leaver",
      }),
  ],
  [
    "changing the role in a workspace",
    () =>
      setWorkspaceMember.make({
        target: { idOrganization: standard.id, idMember: leaver.id },
        before: { memberType: "normal" },
        after: { memberType: "admin" },
        label: "the leaver",
      }),
  ],
  [
    "deactivating an account",
    () =>
      setScimActive.make({
        target: { scimId: leaver.idScim ?? "" },
        before: { active: true },
        after: { active: false },
        label: "the leaver",
      }),
  ],
];

describe("an effect, then its inverse", () => {
  for (const [name, make] of cases) {
    test(`${name} leaves everything as it was`, async () => {
      const effect = make();
      const before = state();
      expect(effect.reversible).toBe(true);
      expect(await holds(effect)).toBe(false);
      await send(effect);
      expect(await holds(effect)).toBe(true);
      expect(state()).not.toEqual(before);

      const undo = inverseOf(effect);
      for (const inverse of undo) {
        expect(await holds(inverse)).toBe(false);
        await send(inverse);
        expect(await holds(inverse)).toBe(true);
      }
      expect(state()).toEqual(before);
      expect(await holds(effect)).toBe(false);
    });
  }

  test("an invitation has none here, and says so before it is sent", () => {
    const after = { memberType: "normal", fullName: "New Person" };
    const before = { sameName: [] };
    const email = "new.person@example.com";
    const invitations = [
      inviteWorkspaceMember.make({
        target: { idOrganization: standard.id, email },
        before,
        after,
        label: email,
      }),
      inviteBoardMember.make({
        target: { idOrganization: standard.id, idBoard: SEED.boards.guests.id, email },
        before,
        after,
        label: email,
      }),
    ];
    for (const effect of invitations) {
      expect(inverseOf(effect)).toEqual([]);
      expect([kindOf(effect).revokedBy, effect.reversible]).toEqual(["revoke_invitations", true]);
    }
  });
});

describe("what an effect holds against", () => {
  test("is the role too, not only the membership", async () => {
    const target = { idOrganization: standard.id, idMember: leaver.id };
    const make = (memberType: string) =>
      setWorkspaceMember.make({ target, before: null, after: { memberType }, label: "the leaver" });
    expect(await holds(make("normal"))).toBe(true);
    expect(await holds(make("admin"))).toBe(false);
    expect(inWorkspace(stack.sandbox, standard.id, leaver.id)?.memberType).toBe("normal");
  });

  test("is that nobody is on a board that is gone, and no answer where the board is hidden", async () => {
    const target = onBoard(SEED.boards.guests.id, standard.id, guest.id);
    const effect = removeBoardMember.make({
      target,
      before: { memberType: "normal" },
      after: null,
      label: "the guest",
    });
    const hidden = removeBoardMember.make({
      target: onBoard(SEED.boards.hidden.id, SEED.workspaces.free.id, SEED.privateOwner.id),
      before: { memberType: "admin" },
      after: null,
      label: "the owner",
    });
    await expect(holds(hidden)).rejects.toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
    stack.sandbox.world.trello.boards.delete(SEED.boards.guests.id);
    expect(await holds(effect)).toBe(true);
  });
});
