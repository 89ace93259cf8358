import { afterAll, beforeAll, expect, test } from "vitest";
import { signInCheck } from "../../src/cli/doctor/sign-in.ts";
import { DEFAULT_POLICY } from "../../src/config/policy.ts";
import type { HttpConfig } from "../../src/config/http.ts";
import { createSecret } from "../../src/config/secret.ts";
import { failure } from "../support/failure.ts";
import {
  PAGE_CLIENT,
  type PeopleProvider,
  startPeopleProvider,
} from "../transport/authorization/provider.ts";

const PUBLIC = "http://127.0.0.1:9";
const REDIRECT = `${PUBLIC}/approvals/callback`;
let provider: PeopleProvider;
beforeAll(async () => {
  provider = await startPeopleProvider({ redirectUri: REDIRECT });
});
afterAll(() => provider.close());

function check(over: Partial<NonNullable<HttpConfig["approver"]>> | null, approvers: readonly string[] = []) {
  const issuer = provider.issuer;
  const http = {
    publicUrl: PUBLIC,
    authorization: { issuers: [issuer], audiences: [], subjectClaims: ["sub"], scopes: [], scopePrefix: "" },
    approver: over && {
      issuer,
      pagesUrl: `${PUBLIC}/approvals`,
      redirectUri: REDIRECT,
      clientId: PAGE_CLIENT.id,
      clientSecret: createSecret(PAGE_CLIENT.secret),
      ...over,
    },
  } as unknown as HttpConfig;
  return signInCheck({ http, policy: { ...DEFAULT_POLICY, approvers } }, fetch).inspect();
}

test.each([[[]], [["eva@example.com"]]])(
  "a sign-in that is registered is told, with approvers %j",
  async (approvers) => {
    expect(await check({}, approvers)).toBe(
      `people sign in as a client with a secret, ${PAGE_CLIENT.id}; the redirect address ${REDIRECT} is registered at ${provider.issuer}`,
    );
  },
);

test("without a client it says what to register", async () => {
  expect(await check(null)).toBe(
    `there are no approval pages, so no one can decide on a page. To have them, register a client at ${provider.issuer} with the redirect address ${REDIRECT}, and set IDENTITY_APPROVER_CLIENT_ID`,
  );
});

test.each([
  ["another client id", { clientId: "nobody" }, /^Register .* of the client nobody at http/],
  [
    "another redirect address",
    { redirectUri: "http://127.0.0.1:9/other" },
    /^Register http:\/\/127\.0\.0\.1:9\/other as a redirect address/,
  ],
  ["another secret", { clientSecret: createSecret("wrong") }, /IDENTITY_APPROVER_CLIENT_SECRET/],
  ["no secret", { clientSecret: null }, /IDENTITY_APPROVER_CLIENT_SECRET/],
])("%s is found", async (_what, over, next) => {
  expect(await failure(check(over))).toMatchObject({
    code: "CONFIG_INVALID",
    next: expect.stringMatching(next) as string,
  });
});

test("an issuer that is away is told", async () => {
  expect(await failure(check({ issuer: "http://127.0.0.1:1" }))).toMatchObject({
    code: "UPSTREAM_UNAVAILABLE",
  });
});
