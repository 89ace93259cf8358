import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Effect, placeOf } from "../../src/domain/effect.ts";
import { setCardMembers } from "../../src/effects/cards.ts";
import { inverseOf, kindOf, takesAway } from "../../src/effects/kinds.ts";
import { updateProfile } from "../../src/effects/profile.ts";
import { addScimGroupMember, deleteScimGroup, replaceScimGroup } from "../../src/effects/scim-groups.ts";
import { deleteScimUser, replaceScimUser, updateScimUser } from "../../src/effects/scim-users.ts";
import { setWorkspaceDeactivated } from "../../src/effects/workspace-members.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { type Stack, startStack, writesIn } from "../support/stack.ts";

const { leaver, successor, deputy, admin, privateOwner } = SEED;
const [a = "", b = "", c = "", d = ""] = [leaver, successor, deputy, admin].map(({ idScim }) => idScim ?? "");

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const pass = { priority: "interactive" } as const;
const send = (effect: Effect) =>
  kindOf(effect).send(effect, stack.gateway.writes(pass), stack.gateway.reads(pass));
const rebased = (effect: Effect) => kindOf(effect).rebase(effect, stack.gateway.reads(pass));
const directory = () => stack.sandbox.world.atlassian.directory;
const design = () => {
  const found = [...directory().groups.values()].find(({ displayName }) => displayName === "Design");
  if (!found) throw new Error("the seed has no group Design");
  return found;
};
const user = () => {
  const found = directory().users.get(a);
  if (!found) throw new Error("the seed has no leaver");
  return found;
};
/** The only effect that undoes another. */
function undoing(effect: Effect): Effect {
  const [inverse, ...more] = inverseOf(effect);
  if (!inverse || more.length > 0) throw new Error("it is not undone by one effect");
  return inverse;
}

describe("an effect worked out from an older state", () => {
  test("brings back and takes out of a group only those whom it was about", async () => {
    design().members = [a, b];
    const effect = replaceScimGroup.make({
      target: { groupId: design().id, displayName: "Design" },
      before: { members: [a, b] },
      after: { members: [b, c] },
      label: "Design",
    });
    await send(effect);
    // Meanwhile one came who was never in question, and one who was there all along left.
    design().members = [c, d];
    const now = await rebased(undoing(effect));
    expect(now).toMatchObject({
      before: { members: [c, d] },
      after: { members: [d, a] },
      description: "Set the members of SCIM group Design: 1 added, 1 removed",
    });
    await send(now as Effect);
    expect(design().members).toEqual([d, a]);
  });

  test("has nothing to bring anybody into where the group or the user is gone", async () => {
    const { id: groupId } = design();
    const into = addScimGroupMember.make({
      target: { groupId, scimId: a },
      before: null,
      after: null,
      label: "Jonas",
    });
    expect(await rebased(into)).toEqual(into);
    directory().users.delete(a);
    expect(await rebased(into)).toEqual({ changed: "the user is gone" });
    directory().groups.delete(groupId);
    expect(await rebased(into)).toEqual({ changed: "the group is gone" });
    const members = replaceScimGroup.make({
      target: { groupId, displayName: "Design" },
      before: { members: [] },
      after: { members: [a] },
      label: "Design",
    });
    expect(await rebased(members)).toEqual({ changed: "the group is gone" });
  });

  test("deletes a group with the people who are in it now, and a user as they are now", async () => {
    design().members = [a, b, c];
    const group = deleteScimGroup.make({
      target: { groupName: "Design" },
      before: { members: [] },
      after: null,
      label: "Design",
    });
    expect(await rebased(group)).toMatchObject({ before: { members: [a, b, c] }, target: group.target });
    expect(kindOf(group).typedName(group)).toBe("Design");
    const resource = {
      userName: user().userName,
      name: user().name,
      emails: [],
      active: true,
    };
    const gone = deleteScimUser.make({
      target: { scimId: a },
      before: resource,
      after: null,
      label: "Jonas",
    });
    user().title = "Director";
    expect(await rebased(gone)).toMatchObject({ before: { title: "Director" } });
    expect(kindOf(gone).typedName(gone)).toBe(user().userName);
  });

  test("leaves the attributes of a user alone where others are there now", async () => {
    user().title = "New";
    const effect = updateScimUser.make({
      target: { scimId: a },
      before: { title: "New" },
      after: { title: "Old" },
      label: "Jonas",
    });
    expect(await rebased(effect)).toEqual(effect);
    user().title = "Newer";
    expect(await rebased(effect)).toEqual({ changed: "the values have changed since" });
  });

  test("replaces no user who was changed since, also by an attribute that it would clear unseen", async () => {
    const { userName, name, displayName, emails } = user();
    const before = { userName, name, displayName, emails, title: "New", active: true };
    Object.assign(user(), {
      title: "New",
      department: null,
      externalId: null,
      organization: null,
      nickName: null,
      preferredLanguage: null,
      timezone: null,
      phoneNumbers: [],
    });
    const effect = replaceScimUser.make({
      target: { scimId: a },
      before,
      after: { ...before, title: "Old" },
      label: "Jonas",
    });
    expect(await rebased(effect)).toEqual(effect);
    user().department = "Sales";
    expect(await rebased(effect)).toEqual({ changed: "the values have changed since" });
    user().department = null;
    user().title = "Newer";
    expect(await rebased(effect)).toEqual({ changed: "the values have changed since" });
  });

  test("leaves a profile alone that was changed since", async () => {
    const own = stack.sandbox.world.trello.members.get(admin.id);
    const effect = updateProfile.make({
      target: { idMember: admin.id },
      before: { bio: own?.bio ?? "" },
      after: { bio: "Before" },
      label: "me",
    });
    expect(await rebased(effect)).toEqual(effect);
    if (own) own.bio = "Other";
    expect(await rebased(effect)).toEqual({ changed: "the values have changed since" });
  });

  test("deactivates nobody who left", async () => {
    const effect = setWorkspaceDeactivated.make({
      target: { idOrganization: SEED.workspaces.premium.id, idMember: privateOwner.id },
      before: { deactivated: false },
      after: { deactivated: true },
      label: "somebody",
    });
    expect(await rebased(effect)).toMatchObject({ changed: "is no longer there" });
  });
});

describe("a card that changes hands", () => {
  const card = () => {
    const { cards, boards } = stack.sandbox.world.trello;
    const found = [...cards.values()].find(
      ({ idBoard, idMembers }) =>
        idMembers.includes(leaver.id) &&
        boards.get(idBoard)?.memberships.some(({ idMember }) => idMember === successor.id),
    );
    if (!found) throw new Error("the seed has no such card");
    return found;
  };
  const handing = (to: string, heir: string): Effect =>
    setCardMembers.make({
      target: {
        idCard: card().id,
        idBoard: card().idBoard,
        idOrganization: SEED.workspaces.standard.id,
        from: leaver.id,
        to,
      },
      before: { idMembers: [leaver.id] },
      after: { idMembers: to ? [to] : [], heir },
      label: "Jonas",
      place: placeOf("card", { id: card().id, name: "Budget to nobody" }),
    });

  test("to nobody is one request that touches one person, and so is giving it back", async () => {
    const found = card();
    found.idMembers = [leaver.id];
    const effect = handing("", "");
    expect(effect.description).toBe("Reassign Jonas: card Budget to nobody to nobody");
    found.idMembers.push(successor.id);
    await send(effect);
    expect(found.idMembers).toEqual([successor.id]);
    const back = undoing(effect);
    expect(back.description).toBe("Put Jonas back on card Budget to nobody");
    await send(back);
    expect(found.idMembers).toEqual([successor.id, leaver.id]);
    const again = undoing(back);
    expect([again.op, takesAway(again)]).toEqual(["remove_card_member", true]);
    await send(again);
    expect(found.idMembers).toEqual([successor.id]);
    expect(undoing(again)).toEqual(back);
    expect(writesIn(stack.sandbox).map(({ operation }) => operation)).toEqual([
      "DELETE /cards/{id}/idMembers/{idMember}",
      "POST /cards/{id}/idMembers",
      "DELETE /cards/{id}/idMembers/{idMember}",
    ]);
  });

  test("to a successor is undone for each of the two by name", () => {
    expect(inverseOf(handing(successor.id, "Ann")).map(({ description }) => description)).toEqual([
      "Put Jonas back on card Budget to nobody",
      "Take Ann off card Budget to nobody",
    ]);
  });
});
