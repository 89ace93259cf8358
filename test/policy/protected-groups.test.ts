import { expect, it } from "vitest";
import { type Effect, placeOf } from "../../src/domain/effect.ts";
import { takesFromPerson } from "../../src/effects/taking.ts";
import { takesAway } from "../../src/effects/kinds.ts";
import {
  addScimGroupMember,
  deleteScimGroup,
  removeScimGroupMember,
  replaceScimGroup,
} from "../../src/effects/scim-groups.ts";
import { refusal } from "../../src/policy/guards.ts";
import { OPEN_RULES } from "../support/wiring.ts";

const crew = placeOf("group", { id: "g1", name: "Site Admins" });
const membership = {
  target: { groupId: "g1", scimId: "u1" },
  before: null,
  after: null,
  label: "Jane",
  place: crew,
};
const members = (...ids: readonly string[]) => ({ members: ids });
const replacing = (before: readonly string[], after: readonly string[]) =>
  replaceScimGroup.make({
    target: { groupId: "g1", displayName: "Site Admins" },
    before: members(...before),
    after: members(...after),
    label: "Site Admins",
  });

const refused = (effect: Effect, groups: readonly string[]) =>
  refusal({
    rules: { ...OPEN_RULES, protected: { members: [], groups } },
    effects: [effect],
    destructive: [effect].filter(takesAway),
    taking: [effect].filter(takesFromPerson),
    // What a plan says of its people is not what this guard may depend on.
    subjects: [],
    self: new Set(["self"]),
    counting: [],
    recent: { principal: { effects: 0, people: new Set() }, workspaces: new Map() },
    population: {},
    workspaces: new Map(),
  });

it.each<[string, Effect]>([
  [
    "is not deleted",
    deleteScimGroup.make({
      target: { groupId: "g1" },
      before: members("u1"),
      after: null,
      label: "Site Admins",
    }),
  ],
  [
    "is not deleted when it is empty",
    deleteScimGroup.make({
      target: { groupName: "Site Admins" },
      before: members(),
      after: null,
      label: "x",
    }),
  ],
  ["loses no member", removeScimGroupMember.make(membership)],
  ["is not replaced by fewer people", replacing(["u1", "u2"], ["u2"])],
  ["is not replaced by others", replacing(["u1"], ["u2", "u3"])],
  ["is not emptied", replacing(["u1"], [])],
])("a protected group %s", (_what, effect) => {
  expect(refused(effect, ["site admins"])).toMatchObject({ guard: "protected" });
  expect(refused(effect, ["Site Admins of another company"])).toBeNull();
});

it.each<[string, Effect]>([
  ["gains a member", addScimGroupMember.make(membership)],
  ["is replaced by more people", replacing(["u1"], ["u1", "u2"])],
])("a protected group %s", (_what, effect) => {
  expect(refused(effect, ["site admins"])).toBeNull();
});

it.each([
  "site admins",
  "SITE ADMINS",
  " Site  Admins ",
  "Site\u00a0Admins",
  "Site\u200b Admins",
  "Ｓｉｔｅ Admins",
  "Si\u0301te Admins",
])("a protected group is meant however its name is typed: %j", (name) => {
  const effect = removeScimGroupMember.make(membership);
  expect(refused(effect, [name])).toMatchObject({ guard: "protected" });
});
