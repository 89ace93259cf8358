/** Replies against the published descriptions, where their folder is there. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { atlassianCoverage } from "../../../src/sandbox/atlassian/coverage.ts";
import { atlassianRoutes } from "../../../src/sandbox/atlassian/routes.ts";
import { ATLASSIAN_SEED } from "../../../src/sandbox/atlassian/seed.ts";
import { DIRECTORY, groupId, idOf, LENA, newUser, ORG, patch, SCIM, start } from "./support.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}
interface Operation {
  readonly responses?: Readonly<Record<string, Response>>;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const FOLDER = process.env["SPECS_DIR"] ?? "../shared/specs";
const present = existsSync(`${FOLDER}/atlassian-scim.openapi.json`);
const read = (name: string) =>
  JSON.parse(readFileSync(`${FOLDER}/atlassian-${name}.openapi.json`, "utf8")) as Description;
const SOURCES = present
  ? ([
      [read("scim"), ""],
      [read("orgs"), "/admin"],
      [read("user-management"), ""],
    ] as const)
  : [];

test("the coverage table has every route, and calls nothing absent that has one", () => {
  const covered = Object.keys(atlassianCoverage).filter((name) => atlassianCoverage[name] !== "absent");
  expect(covered.toSorted()).toEqual(atlassianRoutes.map((route) => route.name).toSorted());
});

test.skipIf(!present)("the coverage table has every published operation", () => {
  const names = SOURCES.flatMap(([description, base]) =>
    Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => /^(get|put|post|patch|delete)$/.test(method))
        .map((method) => `${method.toUpperCase()} ${base}${path}`),
    ),
  );
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

test.skipIf(!present).each(REQUESTS.map(([name, path, body]) => ({ name, path, body })))(
  "$name as published: $path",
  async ({ name, path, body }) => {
    const { call } = await start();
    const [method = "", template = ""] = name.split(" ");
    const answer = await call(method, path, body);
    const found = SOURCES.find(
      ([description, base]) => description.paths[template.slice(base.length)]?.[method.toLowerCase()],
    );
    expect(found).toBeDefined();
    const [description, base] = found ?? [{ paths: {} }, ""];
    const responses = description.paths[template.slice(base.length)]?.[method.toLowerCase()]?.responses ?? {};
    const published = resolve(responses[String(answer.status)] ?? {}, description);
    const schema = Object.values(published.content ?? {})[0]?.schema;
    expect(schema, `${answer.status} is published`).toBeDefined();
    expect(mistakes(schema ?? {}, answer.body, description)).toEqual([]);
  },
);

function resolve<T extends { readonly $ref?: string }>(part: T, description: Description): T {
  if (part.$ref === undefined) return part;
  const target = part.$ref
    .split("/")
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], description);
  return resolve(target as T, description);
}

/** Where a value is not what the schema says; a property that no part of the schema names is a mistake too. */
function mistakes(raw: Schema, value: unknown, description: Description, at = "$"): string[] {
  const schema = resolve(raw, description);
  if (value === null && (schema.nullable ?? raw.nullable)) return [];
  const either = schema.oneOf ?? schema.anyOf;
  if (either) {
    const attempts = either.map((each) => mistakes(each, value, description, at));
    return attempts.some((found) => found.length === 0) ? [] : attempts.flat();
  }
  if (schema.enum && !schema.enum.includes(value))
    return [`${at}: ${String(value)} is none of the published`];
  const type = typeOf(schema, description);
  if (Array.isArray(value)) {
    if (type !== undefined && type !== "array") return [`${at} is an array`];
    return value.flatMap((each, index) => mistakes(schema.items ?? {}, each, description, `${at}[${index}]`));
  }
  if (typeof value === "object" && value !== null) {
    if (type !== undefined && type !== "object") return [`${at} is an object`];
    const { properties, required, rest } = membersOf(schema, description);
    const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
    const wrong = Object.entries(value).flatMap(([name, each]) => {
      const part = properties[name] ?? rest;
      if (!part) return Object.keys(properties).length > 0 ? [`${at}.${name} is not published`] : [];
      return mistakes(part, each, description, `${at}.${name}`);
    });
    return [...missing, ...wrong];
  }
  const actual =
    typeof value === "number" && Number.isInteger(value) ? ["integer", "number"] : [typeof value];
  return type === undefined || actual.includes(type) ? [] : [`${at} is ${String(value)}, not a ${type}`];
}

function typeOf(schema: Schema, description: Description): string | undefined {
  if (schema.type !== undefined) return schema.type;
  const [first] = schema.allOf ?? [];
  return first && typeOf(resolve(first, description), description);
}

function membersOf(raw: Schema, description: Description) {
  const schema = resolve(raw, description);
  const parts = (schema.allOf ?? []).map((part) => membersOf(part, description));
  const properties: Record<string, Schema> = { ...schema.properties };
  for (const part of parts) Object.assign(properties, part.properties);
  const required: string[] = [...(schema.required ?? []), ...parts.flatMap((part) => part.required)];
  const rest: Schema | undefined = schema.additionalProperties;
  return { properties, required, rest };
}
