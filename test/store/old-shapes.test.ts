import { expect, it } from "vitest";
import { placeText, severity } from "../../src/domain/effect.ts";
import { planFromJson } from "../../src/store/old-shapes.ts";
import { digestOf } from "../../src/engine/plan/propose.ts";
import { inverseOf } from "../../src/effects/kinds.ts";
import { effectLines } from "../../src/report/changes.ts";
import { aPlan } from "../store/fixtures.ts";

const target = { idOrganization: "w1", idBoard: "b1", idMember: "m1", idCard: "c1", groupId: "g1" };
const old = (where: string, description: string) => ({
  op: "remove_board_member",
  resource: "board_membership",
  id: "b1/m1",
  target,
  before: { memberType: "normal" },
  after: null,
  reversible: true,
  label: "Jane of board (@jane)",
  where,
  description,
});
const read = (where: string, description: string) => {
  const json = JSON.stringify({ ...aPlan(), effects: [old(where, description)] });
  const [effect] = planFromJson(json).effects;
  if (!effect) throw new Error("the effect was lost");
  return effect;
};

it.each([
  ["board Roadmap", { kind: "board", id: "b1", name: "Roadmap" }],
  ["board", { kind: "board", id: "b1", name: "" }],
  ["workspace board of Directors", { kind: "workspace", id: "w1", name: "board of Directors" }],
  ["card Card 1", { kind: "card", id: "c1", name: "Card 1" }],
  ["a card", { kind: "card", id: "c1", name: "" }],
  ["SCIM group All Staff", { kind: "group", id: "g1", name: "All Staff" }],
  ["", null],
])("an effect of an earlier version, stored with the place %j, has it as data", (where, place) => {
  const effect = read(where, `Remove Jane of board (@jane) from ${where}`);
  expect(effect.place).toEqual(place);
  expect(effect).not.toHaveProperty("where");
  if (where !== "board") expect(placeText(effect.place)).toBe(where);
  expect(severity(effect)).toBeGreaterThan(severity({ ...effect, reversible: false }));
});

it("is told, decided on and undone as it was", () => {
  const effect = read("board Roadmap", "Remove Jane of board (@jane) from board Roadmap");
  expect(effectLines([effect])).toEqual(["- Remove Jane of board (@jane) from board Roadmap"]);
  expect(effectLines([effect, { ...effect, id: "b2/m1" }])).toEqual([
    "- Remove Jane of board (@jane) from 2 boards: Roadmap, Roadmap",
  ]);
  expect(inverseOf(effect).map(({ description }) => description)).toEqual([
    "Add Jane of board (@jane) to board Roadmap as normal",
  ]);
  const plan = { tool: "t", principalId: "p" };
  expect(digestOf({ ...plan, effects: [effect] })).toBe(
    digestOf({ ...plan, effects: [old("board Roadmap", "") as unknown as typeof effect] }),
  );
});

it("a plan of this version is read as it was written", () => {
  const plan = aPlan();
  expect(planFromJson(JSON.stringify(plan))).toEqual(plan);
});
