/**
 * The routes `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`, from which a client learns what the directory
 * supports (RFC 7643 sections 5 to 7).
 */
import { atlassianRoute } from "../../route.ts";
import type { Route, RouteContext } from "../../route.ts";
import { directoryOf, MAX_COUNT, scim } from "./reply.ts";
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from "./user.ts";
import { baseUrl } from "./users.ts";

const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATH = "/scim/directory/{directoryId}";

/** What the directory says about its own features. Atlassian does not publish the real values, so they are invented. */
export const scimMetadataRoutes: readonly Route[] = [
  route("ServiceProviderConfig", () => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MAX_COUNT },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "OAuth Bearer Token",
        description: "API key of the directory as a bearer token",
        specUri: "https://www.rfc-editor.org/info/rfc6750",
        primary: true,
      },
    ],
  })),
  route("ResourceTypes", (context) => list([userType(context), groupType(context)])),
  route("ResourceTypes/User", userType),
  route("ResourceTypes/Group", groupType),
  route("Schemas", () => list([USER, GROUP, ENTERPRISE])),
  route(`Schemas/${USER_SCHEMA}`, () => USER),
  route(`Schemas/${GROUP_SCHEMA}`, () => GROUP),
  route(`Schemas/${ENTERPRISE_SCHEMA}`, () => ENTERPRISE),
];

function route(path: string, body: (context: RouteContext) => unknown): Route {
  return atlassianRoute(`GET ${PATH}/${path}`, (context) => {
    directoryOf(context);
    return scim(body(context));
  });
}

function list(resources: readonly unknown[]) {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

function userType(context: RouteContext) {
  return {
    ...resourceType(context, "User", USER_SCHEMA),
    schemaExtensions: [{ schema: ENTERPRISE_SCHEMA, required: false }],
  };
}

function groupType(context: RouteContext) {
  return resourceType(context, "Group", GROUP_SCHEMA);
}

function resourceType(context: RouteContext, name: string, schema: string) {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema,
    meta: { resourceType: "ResourceType", location: `${baseUrl(context)}/ResourceTypes/${name}` },
  };
}

interface Attribute {
  readonly name: string;
  readonly type: "string" | "boolean" | "complex";
  readonly required?: boolean;
  readonly multiValued?: boolean;
  readonly mutability?: "readWrite" | "readOnly" | "immutable";
  readonly uniqueness?: "none" | "server";
  readonly parts?: readonly string[];
}

function attribute({ name, type, parts, ...rest }: Attribute): Record<string, unknown> {
  return {
    name,
    type,
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...rest,
    ...(parts && {
      subAttributes: parts.map((part) =>
        attribute({ name: part, type: part === "primary" ? "boolean" : "string" }),
      ),
    }),
  };
}

function schema(id: string, name: string, attributes: readonly Attribute[]) {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    id,
    name,
    description: name,
    attributes: attributes.map(attribute),
  };
}

const MULTI = ["value", "type", "primary"];

const USER = schema(USER_SCHEMA, "User", [
  { name: "userName", type: "string", required: true, uniqueness: "server" },
  { name: "externalId", type: "string" },
  { name: "name", type: "complex", parts: ["formatted", "familyName", "givenName"] },
  { name: "displayName", type: "string" },
  { name: "nickName", type: "string" },
  { name: "title", type: "string" },
  { name: "preferredLanguage", type: "string" },
  { name: "department", type: "string" },
  { name: "organization", type: "string" },
  { name: "timezone", type: "string" },
  { name: "active", type: "boolean" },
  { name: "emails", type: "complex", multiValued: true, required: true, parts: MULTI },
  { name: "phoneNumbers", type: "complex", multiValued: true, parts: MULTI },
  { name: "groups", type: "complex", multiValued: true, mutability: "readOnly", parts: ["value", "display"] },
]);

const GROUP = schema(GROUP_SCHEMA, "Group", [
  { name: "displayName", type: "string", required: true, mutability: "immutable", uniqueness: "server" },
  { name: "externalId", type: "string" },
  { name: "members", type: "complex", multiValued: true, parts: ["value", "display", "type"] },
]);

const ENTERPRISE = schema(ENTERPRISE_SCHEMA, "EnterpriseUser", [
  { name: "organization", type: "string" },
  { name: "department", type: "string" },
]);
