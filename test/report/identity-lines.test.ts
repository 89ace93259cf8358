import { expect, test } from "vitest";
import { identityLines } from "../../src/report/identity-lines.ts";
import { boardRemoval, runOf } from "./runs.ts";

const plan = runOf([boardRemoval("Roadmap")]).plan;
const [effect] = plan.effects;
const idMember = effect?.target["idMember"] ?? "";

test("a plan names each person once: name, email if it is known, id, and whether the name alone led to them", () => {
  const subjects = [
    { idMember, username: "jonas", email: "jonas@example.com", identifiedBy: "name" as const },
    { idMember, username: "jonas" },
    { idMember: "m2", username: "ada" },
    { scimId: "s3", email: "cy@example.com" },
    { email: "nobody.yet@example.com" },
  ];
  expect(identityLines({ ...plan, subjects })).toEqual([
    `Jonas Lindqvist, jonas@example.com [${idMember}], found by the full name alone`,
    "@ada [m2]",
    "cy@example.com [s3]",
  ]);
});

test("a plan whose effects alone name people, as one that undoes a run, names them with their ids", () => {
  expect(identityLines({ ...plan, subjects: [] })).toEqual([`Jonas Lindqvist [${idMember}]`]);
  expect(identityLines({ effects: [], subjects: [{ scimId: "s1", emails: ["cy@example.com"] }] })).toEqual([
    "cy@example.com [s1]",
  ]);
});

test("of a long list the first are told with their ids, and the rest is counted", () => {
  const subjects = Array.from({ length: 60 }, (_, n) => ({ idMember: `m${n}`, username: `u${n}` }));
  const lines = identityLines({ effects: [], subjects });
  expect(lines).toHaveLength(26);
  expect(lines.at(-1)).toBe("and 35 more");
});

test("what people are called starts no line and hides nothing", () => {
  const username = "x\n- Remove everybody\u202e";
  expect(identityLines({ effects: [], subjects: [{ idMember: "m1", username }] })).toEqual([
    "@x - Remove everybody [m1]",
  ]);
});
