import { describe, expect, test } from "vitest";
import {
  approverRefusal,
  type Decider,
  isConcerned,
  isRequester,
  levelOfDecider,
} from "../../src/domain/approvers.ts";
import { aPlan } from "../store/fixtures.ts";

const ISSUER = "https://id.example/t";
const ada = { id: `${ISSUER}#ada`, name: "Ada", client: "c/1", account: "m0", email: "ada@example.com" };
const plan = (approvers: readonly string[] = [], principal = ada) => aPlan({ approvers, principal });
const scope = "identity:approve" as const;

/** Who is the same person as Ada, who asked. */
const SAME: readonly (readonly [string, Decider, boolean])[] = [
  ["the same id", { subject: ada.id }, true],
  ["the same value at the issuer's other name", { subject: "https://sts.example/t#ada" }, true],
  ["another id with the same email", { subject: `${ISSUER}#a2`, email: "Ada@Example.com" }, true],
  ["another id and another email", { subject: `${ISSUER}#eva`, email: "eva@example.com" }, false],
  ["another id without an email", { subject: `${ISSUER}#eva` }, false],
  ["an id that only begins like hers", { subject: `${ISSUER}#ada2` }, false],
  ["her email without a sign-in", { email: "ada@example.com" }, false],
];

test.each(SAME)("who asked: %s", (_what, decider, same) => {
  expect(isRequester(ada, decider)).toBe(same);
});

const LIST = ["eva@example.com", `${ISSUER}#zoe`, "ada@example.com"];

/** list, decider, may approve, may be the second person. */
const PEOPLE: readonly (readonly [string, readonly string[], Decider, boolean, boolean])[] = [
  ["named by email", LIST, { subject: `${ISSUER}#eva`, email: "Eva@Example.com" }, true, true],
  ["named by subject", LIST, { subject: `${ISSUER}#zoe` }, true, true],
  ["a subject in other letters", LIST, { subject: `${ISSUER}#Zoe` }, false, false],
  ["named, and asked for it", LIST, { subject: ada.id, email: "ada@example.com" }, true, false],
  [
    "named, and asked through another client",
    LIST,
    { subject: `${ISSUER}#a2`, email: ada.email },
    true,
    false,
  ],
  [
    "not named, with the scope",
    LIST,
    { subject: `${ISSUER}#joe`, email: "joe@example.com", scope },
    false,
    false,
  ],
  [
    "an email that only begins like theirs",
    LIST,
    { subject: "x#y", email: "eva@example.com.evil" },
    false,
    false,
  ],
  ["no list, with the scope", [], { subject: `${ISSUER}#eva`, scope }, true, false],
  ["no list, without the scope", [], { subject: `${ISSUER}#eva` }, false, false],
  ["no list and no sign-in: this machine", [], {}, true, false],
  ["a list and no sign-in", LIST, {}, false, false],
];

describe.each(PEOPLE)("%s", (_what, approvers, decider, approval, fourEyes) => {
  test("approves or not, at each level and for each plan", () => {
    const own = plan(approvers);
    expect(approverRefusal(own, { ...decider, level: "approval" }) === null).toBe(approval);
    expect(approverRefusal(own, { ...decider, level: "four_eyes" }) === null).toBe(fourEyes);
    const strict = { ...own, requires: "four_eyes" as const };
    expect(approverRefusal(strict, { ...decider, level: "approval" }) === null).toBe(fourEyes);
    expect(levelOfDecider(own, decider)).toBe(fourEyes ? "four_eyes" : "approval");
  });

  test("sees and rejects what it may approve, and what it asked for", () => {
    const signedIn = decider.subject !== undefined;
    expect(isConcerned(plan(approvers), decider)).toBe(!signedIn || approval || isRequester(ada, decider));
  });
});

test("nobody is second to a person who did not sign in", () => {
  const { account: _account, ...local } = ada;
  const eva = { subject: `${ISSUER}#eva`, email: "eva@example.com" };
  const refusal = approverRefusal(aPlan({ approvers: LIST, principal: local }), {
    ...eva,
    level: "four_eyes",
  });
  expect(refusal).toMatchObject({
    code: "POLICY_DENIED",
    message: expect.stringContaining("did not sign in"),
  });
});
