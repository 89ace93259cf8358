import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { DEFAULT_POLICY } from "../../src/config/policy.ts";
import { requireNoSecondPerson } from "../../src/config/second-person.ts";
import type { AppError } from "../../src/domain/error.ts";

const ALL = {
  IDENTITY_AUTH_ISSUER: "https://id.example",
  IDENTITY_PUBLIC_URL: "https://identity.example",
  IDENTITY_APPROVER_CLIENT_ID: "page",
  IDENTITY_POLICY_FILE: "policy.yaml",
};
const LIST = "approvers: { emails: [eva@example.com] }\n";
const ENTRA = "https://login.microsoftonline.com/8f5c/v2.0";

async function problems(env: Readonly<Record<string, string>>, policy: string): Promise<readonly string[]> {
  try {
    await loadConfig({
      env,
      machine: { platform: "linux", home: "/home/ada", folder: "/srv" },
      readFile: async () => policy,
      needsTrello: false,
      toolNames: async () => ["scim_delete_user"],
    });
    return [];
  } catch (thrown) {
    return (thrown as AppError).details["problems"] as string[];
  }
}

const without = (name: keyof typeof ALL) =>
  Object.fromEntries(Object.entries(ALL).filter(([key]) => key !== name));

test.each([
  ["by the setting", { ...ALL, IDENTITY_CONFIRMATION: "four_eyes" }, LIST],
  ["for every tool", ALL, `${LIST}confirmation: { default: four_eyes }`],
  ["for one tool", ALL, `${LIST}confirmation: { scim_delete_user: four_eyes }`],
  [
    "at Entra by oid",
    { ...ALL, IDENTITY_AUTH_ISSUER: ENTRA, IDENTITY_AUTH_SUBJECT_CLAIM: "oid,tid" },
    `${LIST}confirmation: { default: four_eyes }`,
  ],
])("four_eyes %s is offered where a second person can sign in", async (_what, env, policy) => {
  expect(await problems(env, policy)).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
  [
    "no issuer",
    { IDENTITY_CONFIRMATION: "four_eyes" },
    "",
    /^IDENTITY_CONFIRMATION asks for four_eyes.*: IDENTITY_AUTH_ISSUER, IDENTITY_PUBLIC_URL, IDENTITY_APPROVER_CLIENT_ID, `approvers` in the policy file\. Set what is missing/,
  ],
  [
    "no client of the page",
    without("IDENTITY_APPROVER_CLIENT_ID"),
    `${LIST}confirmation: { scim_delete_user: four_eyes }`,
    /^IDENTITY_POLICY_FILE asks.*missing: IDENTITY_APPROVER_CLIENT_ID\. /,
  ],
  ["no approvers", ALL, "confirmation: { default: four_eyes }", /missing: `approvers` in the policy file\. /],
  [
    "Entra by sub",
    { ...ALL, IDENTITY_AUTH_ISSUER: ENTRA },
    `${LIST}confirmation: { default: four_eyes }`,
    /one person would count as two\. Set IDENTITY_AUTH_SUBJECT_CLAIM to oid,tid\.$/,
  ],
  [
    "Entra in a list of issuers",
    { ...ALL, IDENTITY_AUTH_ISSUER: `https://id.example,${ENTRA}` },
    `${LIST}confirmation: { default: four_eyes }`,
    /would count as two/,
  ],
])("four_eyes with %s stops the start with one line", async (_what, env, policy, line) => {
  const found = await problems(env, policy);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(line);
});

test("over stdio four_eyes stops the start, whatever is set", () => {
  const policy = { ...DEFAULT_POLICY, approvers: ["eva@example.com"] };
  const byTool = {
    ...policy,
    confirmation: { default: null, tools: { scim_delete_user: "four_eyes" as const } },
  };
  expect(() => requireNoSecondPerson({ confirmation: "approval", policy })).not.toThrow();
  expect(() => requireNoSecondPerson({ confirmation: "four_eyes", policy })).toThrow(
    /^IDENTITY_CONFIRMATION asks for four_eyes, and over stdio/,
  );
  expect(() => requireNoSecondPerson({ confirmation: "client", policy: byTool })).toThrow(
    /^IDENTITY_POLICY_FILE asks/,
  );
});

test.each([
  [
    { IDENTITY_APPROVER_CLIENT_ID: "page" },
    /^IDENTITY_AUTH_ISSUER is missing, and IDENTITY_APPROVER_CLIENT_ID needs it/,
  ],
  [
    without("IDENTITY_PUBLIC_URL"),
    /^IDENTITY_PUBLIC_URL is missing, and IDENTITY_APPROVER_CLIENT_ID needs it/,
  ],
  [
    { ...without("IDENTITY_APPROVER_CLIENT_ID"), IDENTITY_APPROVER_CLIENT_SECRET: "s" },
    /^IDENTITY_APPROVER_CLIENT_ID is missing, and IDENTITY_APPROVER_CLIENT_SECRET needs it/,
  ],
])("a half of the page's sign-in is named: %j", async (env, line) => {
  expect((await problems(env, ""))[0]).toMatch(line);
});
