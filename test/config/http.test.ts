import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import type { AppError } from "../../src/domain/error.ts";

const ISSUER = { IDENTITY_AUTH_ISSUER: "https://id.example/tenant/v2.0" };
const PUBLIC = { IDENTITY_PUBLIC_URL: "https://identity.example" };

const load = (env: Record<string, string>) =>
  loadConfig({
    env,
    machine: { platform: "linux", home: "/home/ada", folder: "/srv" },
    readFile: () => Promise.reject(new Error("no such file")),
    needsTrello: false,
    toolNames: async () => [],
  });

test("an issuer and the public address are enough", async () => {
  expect((await load({ ...ISSUER, ...PUBLIC })).http).toMatchObject({
    publicUrl: "https://identity.example",
    token: null,
    authorization: {
      issuers: ["https://id.example/tenant/v2.0"],
      audiences: ["https://identity.example/mcp"],
      subjectClaims: ["sub"],
      scopes: ["identity:read", "identity:write", "offline_access"],
      scopePrefix: "",
    },
  });
});

test.each([
  ["https://identity.example/mcp", "https://identity.example"],
  ["https://identity.example/", "https://identity.example"],
  ["https://example.com/tools/mcp/", "https://example.com/tools"],
  ["http://localhost:8723", "http://localhost:8723"],
])("the public address %s is %s", async (text, publicUrl) => {
  expect((await load({ IDENTITY_PUBLIC_URL: text })).http.publicUrl).toBe(publicUrl);
});

test("lists are lists, and an issuer keeps its last slash", async () => {
  const { http } = await load({
    IDENTITY_AUTH_ISSUER: "https://a.auth0.example/, https://sts.example/t/",
    IDENTITY_AUTH_AUDIENCE: "api://x,6f0c",
    IDENTITY_AUTH_SUBJECT_CLAIM: "oid,tid",
    IDENTITY_AUTH_SCOPES: "identity:read",
    IDENTITY_AUTH_SCOPE_PREFIX: "api://x/",
    IDENTITY_ALLOWED_ORIGINS: "https://App.example, http://localhost:6274",
    IDENTITY_TRUSTED_PROXY: "loopback,10.0.0.0/8,::1,fd00::/8",
  });
  expect(http).toMatchObject({
    authorization: {
      issuers: ["https://a.auth0.example/", "https://sts.example/t/"],
      audiences: ["api://x", "6f0c"],
      subjectClaims: ["oid", "tid"],
      scopes: ["identity:read"],
      scopePrefix: "api://x/",
    },
    allowedOrigins: ["https://app.example", "http://localhost:6274"],
    trustedProxies: ["loopback", "10.0.0.0/8", "::1", "fd00::/8"],
  });
});

describe("is refused with one line:", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["an issuer without an audience", ISSUER, /^IDENTITY_AUTH_AUDIENCE is missing/],
    ["an audience without an issuer", { IDENTITY_AUTH_AUDIENCE: "x" }, /^IDENTITY_AUTH_ISSUER is missing/],
    ["claims without an issuer", { IDENTITY_AUTH_SUBJECT_CLAIM: "oid" }, /^IDENTITY_AUTH_ISSUER is missing/],
    ["a token beside an issuer", { ...ISSUER, ...PUBLIC, IDENTITY_HTTP_TOKEN: "t" }, /both set/],
    [
      "an issuer over http",
      { ...PUBLIC, IDENTITY_AUTH_ISSUER: "http://id.example" },
      /^IDENTITY_AUTH_ISSUER must start with https/,
    ],
    [
      "one bad issuer of two",
      { ...PUBLIC, IDENTITY_AUTH_ISSUER: "https://a.example,b" },
      /^IDENTITY_AUTH_ISSUER must be an address/,
    ],
    [
      "a public address over http",
      { IDENTITY_PUBLIC_URL: "http://identity.example" },
      /^IDENTITY_PUBLIC_URL must start with https/,
    ],
    [
      "an origin with a path",
      { IDENTITY_ALLOWED_ORIGINS: "https://app.example/x" },
      /^IDENTITY_ALLOWED_ORIGINS must be origins/,
    ],
    ["every origin", { IDENTITY_ALLOWED_ORIGINS: "*" }, /^IDENTITY_ALLOWED_ORIGINS must be origins/],
    ["a proxy by name", { IDENTITY_TRUSTED_PROXY: "proxy.example" }, /^IDENTITY_TRUSTED_PROXY must be IP/],
    ["every proxy", { IDENTITY_TRUSTED_PROXY: "0.0.0.0/0" }, /^IDENTITY_TRUSTED_PROXY must be IP/],
    [
      "a subnet that is too long",
      { IDENTITY_TRUSTED_PROXY: "10.0.0.0/33" },
      /^IDENTITY_TRUSTED_PROXY must be IP/,
    ],
    ["true for a proxy", { IDENTITY_TRUSTED_PROXY: "true" }, /^IDENTITY_TRUSTED_PROXY must be IP/],
  ])("%s", async (_what, env, line) => {
    const error = (await load(env).then(
      () => expect.unreachable("it was accepted"),
      (thrown: unknown) => thrown,
    )) as AppError;
    expect(error.details["problems"]).toEqual([expect.stringMatching(line)]);
  });
});
