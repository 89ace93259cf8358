/** Replies against the published descriptions, where their folder is there. */
import { expect, test } from "vitest";
import { atlassianCoverage } from "../../../src/sandbox/atlassian/coverage.ts";
import { atlassianRoutes } from "../../../src/sandbox/routes.ts";
import { ATLASSIAN_SEED } from "../../../src/sandbox/atlassian/seed.ts";
import { mistakes } from "../../contract/schema.ts";
import { operationNames, readSpec, resolve, specsMissing, whereSpecsAre } from "../../contract/specs.ts";
import { DIRECTORY, groupId, idOf, LENA, newUser, ORG, patch, SCIM, start } from "./support.ts";

const SOURCES = specsMissing
  ? []
  : ([
      [readSpec("atlassian-scim"), ""],
      [readSpec("atlassian-orgs"), "/admin"],
      [readSpec("atlassian-user-management"), ""],
    ] as const);

test("the coverage table has every route, and calls nothing absent that has one", () => {
  const covered = Object.keys(atlassianCoverage).filter((name) => atlassianCoverage[name] !== "absent");
  expect(covered.toSorted()).toEqual(atlassianRoutes.map((route) => route.name).toSorted());
});

test.skipIf(specsMissing)(`the coverage table has every published operation${whereSpecsAre}`, () => {
  const names = SOURCES.flatMap(([description, base]) => operationNames(description, base));
  expect(names.length).toBeGreaterThan(60);
  expect(names.filter((name) => !(name in atlassianCoverage))).toEqual([]);
});

const USERS = "/scim/directory/{directoryId}/Users";
const GROUPS = "/scim/directory/{directoryId}/Groups";
const V1 = `/admin/v1/orgs/${ATLASSIAN_SEED.idOrg}`;
const ANY = "/admin/v2/orgs/{orgId}/directories/{directoryId}";
const EVERYTHING = { expand: ["platformRoles", "counts.resources", "productAccess", "groups"] };
const group = (displayName: string) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
  displayName,
  members: [{ value: idOf(LENA) }],
});

// Requests whose reply is held to the description of the operation.
const REQUESTS: readonly (readonly [operation: string, path: string, body?: unknown])[] = [
  [`GET ${USERS}`, `${SCIM}/Users`],
  [`GET ${USERS}`, `${SCIM}/Users?filter=nothing`],
  [`POST ${USERS}`, `${SCIM}/Users`, newUser("noor@example.com", { title: "Lead", department: "R&D" })],
  [`POST ${USERS}`, `${SCIM}/Users`, newUser(LENA.email)],
  [`GET ${USERS}/{userId}`, `${SCIM}/Users/${idOf(LENA)}`],
  [`GET ${USERS}/{userId}`, `${SCIM}/Users/nobody`],
  [
    `PATCH ${USERS}/{userId}`,
    `${SCIM}/Users/${idOf(LENA)}`,
    patch({ op: "add", path: "title", value: "Lead" }),
  ],
  [`PUT ${USERS}/{userId}`, `${SCIM}/Users/${idOf(LENA)}`, newUser(LENA.email)],
  [`GET ${GROUPS}`, `${SCIM}/Groups`],
  [`POST ${GROUPS}`, `${SCIM}/Groups`, group("support")],
  [`GET ${GROUPS}/{id}`, `${SCIM}/Groups/${groupId("engineering")}`],
  [`PUT ${GROUPS}/{id}`, `${SCIM}/Groups/${groupId("design")}`, group("design")],
  [
    `PUT ${GROUPS}/{id}`,
    `${SCIM}/Groups/${groupId("design")}`,
    { ...group("design"), members: [{ value: "x" }] },
  ],
  [`POST ${ANY}/users/search`, `${DIRECTORY}/users/search`, EVERYTHING],
  [`POST ${ANY}/users/search`, `${DIRECTORY}/users/search`, { limit: 0 }],
  [`GET ${ANY}/users`, `${DIRECTORY}/users`],
  [`GET ${ANY}/users/count`, `${DIRECTORY}/users/count`],
  [`GET ${ANY}/users/{userId}`, `${DIRECTORY}/users/${LENA.aaId}`],
  [`GET ${ANY}/users/{accountId}/role-assignments`, `${DIRECTORY}/users/${LENA.aaId}/role-assignments`],
  [
    `POST ${ANY}/groups/search`,
    `${DIRECTORY}/groups/search`,
    { expand: ["counts.resources", "counts.users"] },
  ],
  [`GET ${ANY}/groups/{groupId}`, `${DIRECTORY}/groups/${groupId("design")}`],
  ["GET /admin/v2/orgs/{orgId}/directories", `${ORG}/directories`],
  ["GET /admin/v1/orgs", "/admin/v1/orgs"],
  ["GET /admin/v1/orgs/{orgId}", V1],
  ["GET /admin/v1/orgs/{orgId}", "/admin/v1/orgs/other"],
  ["GET /admin/v1/orgs/{orgId}/users", `${V1}/users`],
  [
    "GET /admin/v1/orgs/{orgId}/directory/users/{accountId}/last-active-dates",
    `${V1}/directory/users/${LENA.aaId}/last-active-dates`,
  ],
  ["GET /users/{account_id}/manage", `/users/${LENA.aaId}/manage`],
  ["GET /users/{account_id}/manage/profile", `/users/${LENA.aaId}/manage/profile`],
  ["GET /users/{account_id}/manage/profile", "/users/nobody/manage/profile"],
];

test.skipIf(specsMissing).each(REQUESTS.map(([name, path, body]) => ({ name, path, body })))(
  `$name as published: $path${whereSpecsAre}`,
  async ({ name, path, body }) => {
    const { call } = await start();
    const [method = "", template = ""] = name.split(" ");
    const answer = await call(method, path, body);
    const found = SOURCES.find(
      ([description, base]) => description.paths[template.slice(base.length)]?.[method.toLowerCase()],
    );
    expect(found).toBeDefined();
    if (!found) return;
    const [description, base] = found;
    const responses = description.paths[template.slice(base.length)]?.[method.toLowerCase()]?.responses ?? {};
    const published = resolve(responses[String(answer.status)] ?? {}, description);
    const schema = Object.values(published.content ?? {})[0]?.schema;
    expect(schema, `${answer.status} is published`).toBeDefined();
    expect(mistakes(schema ?? {}, answer.body, description)).toEqual([]);
  },
);
