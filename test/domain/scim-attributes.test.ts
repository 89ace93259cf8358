import { describe, expect, test } from "vitest";
import {
  clearedBy,
  hasAttributes,
  patchOf,
  scimAttributesOf,
  scimResourceOf,
} from "../../src/domain/scim-attributes.ts";
import { ENTERPRISE_SCHEMA, scimUser } from "../../src/domain/scim.ts";

const wire = {
  id: "1",
  userName: "Ann@Example.com",
  externalId: "Idp-1",
  name: { givenName: "Ann", familyName: "Lee", formatted: "Ann Lee" },
  displayName: "Ann Lee",
  emails: [
    { value: "ann@example.com", type: "work", primary: true },
    { value: "ann@home.example", type: "home" },
  ],
  title: "",
  nickName: null,
  active: true,
  groups: [{ value: "g1", display: "Crew" }],
  meta: { resourceType: "USER" },
};
const user = scimUser.parse(wire);

describe("what a client can set", () => {
  test("leaves out what only the server sets and what has no value", () => {
    expect(scimResourceOf(user)).toEqual({
      userName: "Ann@Example.com",
      externalId: "Idp-1",
      name: { givenName: "Ann", familyName: "Lee" },
      displayName: "Ann Lee",
      emails: [
        { value: "ann@example.com", type: "work", primary: true },
        { value: "ann@home.example", type: "home", primary: false },
      ],
      active: true,
    });
  });

  test("has the department wherever the server keeps it", () => {
    const inside = scimUser.parse({ ...wire, [ENTERPRISE_SCHEMA]: { department: "Ops" } });
    const outside = scimUser.parse({ ...wire, department: "Ops" });
    expect([inside, outside].map((each) => scimResourceOf(each).department)).toEqual(["Ops", "Ops"]);
  });
});

describe("whether a user has what was asked for", () => {
  test.each([
    [{ userName: "ann@example.COM" }, true],
    [{ externalId: "idp-1" }, false],
    [{ title: null, nickName: null, phoneNumbers: null }, true],
    [{ displayName: null }, false],
    [{ "name.familyName": "Lee", active: true }, true],
    [{ active: false }, false],
    [
      {
        emails: [
          { value: "ann@home.example", primary: false },
          { value: "ANN@example.com", primary: true },
        ],
      },
      true,
    ],
    [{ emails: [{ value: "ann@example.com", primary: true }] }, false],
    [
      {
        emails: [
          { value: "ann@home.example", primary: true },
          { value: "ann@example.com", primary: false },
        ],
      },
      false,
    ],
  ])("%j: %s", (wanted, has) => {
    expect(hasAttributes(user, wanted)).toBe(has);
  });

  test("it has all that it has", () => {
    expect(hasAttributes(user, scimAttributesOf(scimResourceOf(user)))).toBe(true);
  });
});

test("a replacement clears what it does not say", () => {
  const before = { ...scimResourceOf(user), title: "Lead", department: "Ops" };
  const { title: _title, displayName: _name, ...after } = before;
  expect(clearedBy(before, { ...after, timezone: "UTC" })).toEqual(["displayName", "title"]);
  expect(clearedBy(before, before)).toEqual([]);
});

test("a patch replaces values and removes those that are null", () => {
  expect(patchOf({ title: "Lead", nickName: null, department: "Ops", active: false })).toEqual([
    { op: "replace", path: "active", value: false },
    { op: "replace", path: "title", value: "Lead" },
    { op: "remove", path: "nickName" },
    { op: "replace", path: `${ENTERPRISE_SCHEMA}:department`, value: "Ops" },
  ]);
});
