import { describe, expect, test } from "vitest";
import { parseConnections } from "../../src/config/connections.ts";

const ENV = { OKTA_TOKEN: "00abcdefghij", EMPTY: " ", CLIENT: "s3cret-value" };
const FILES: Readonly<Record<string, string>> = {
  "/etc/identity/keys/okta.pem": "-----BEGIN PRIVATE KEY-----",
  "/run/secrets/token": "from-a-file\n",
  "/etc/identity/blank": "\n",
};

const parse = (text: string) =>
  parseConnections(text, {
    env: ENV,
    path: "/etc/identity/connections.yaml",
    readFile: async (path) => FILES[path] ?? Promise.reject(new Error("no such file")),
  });

async function rosters(text: string) {
  const parsed = await parse(text);
  if ("problems" in parsed) return expect.unreachable(JSON.stringify(parsed.problems));
  return parsed.rosters;
}

async function problems(text: string): Promise<readonly string[]> {
  const parsed = await parse(text);
  if ("rosters" in parsed) return expect.unreachable("the file was accepted");
  return parsed.problems.map(({ line, message }) => `${line}: ${message}`);
}

describe("a connection", () => {
  test("to Okta signs in by a token, or by a key whose path begins in the file's folder", async () => {
    const [token, key] = await rosters(`
rosters:
  hr: { source: okta, base: https://acme.okta.com/, token: env:OKTA_TOKEN }
  app:
    source: okta
    base: https://acme.okta.com
    client_id: 0oa1
    private_key: file:keys/okta.pem
    key_id: k1
`);
    expect(token).toMatchObject({
      name: "hr",
      baseUrl: "https://acme.okta.com",
      login: { kind: "token", scheme: "SSWS" },
    });
    expect(token?.login.kind === "token" && token.login.token.reveal()).toBe("00abcdefghij");
    expect(key?.login).toMatchObject({
      kind: "private_key",
      tokenUrl: "https://acme.okta.com/oauth2/v1/token",
      scope: "okta.users.read",
      keyId: "k1",
    });
    expect(JSON.stringify(key)).not.toContain("BEGIN");
  });

  test.each(["00:00", "06:30", "23:59"])("can have a schedule at %s", async (time) => {
    const [hr, m] = await rosters(`
rosters:
  hr: { source: okta, base: https://a.okta.com, token: env:OKTA_TOKEN, schedule: "${time}" }
  m: { source: entra, tenant: acme.example, client_id: c, client_secret: env:CLIENT }
`);
    expect([hr?.schedule, m?.schedule]).toEqual([time, undefined]);
  });

  test.each(["24:00", "6:30", "06:60", "daily", ""])("has no schedule at %j", async (time) => {
    const text = `rosters:\n  hr:\n    source: scim\n    base: https://a.example\n    token: env:CLIENT\n    schedule: "${time}"\n`;
    expect(await problems(text)).toEqual([
      expect.stringMatching(/^6: rosters\.hr\.schedule must be a time of day/),
    ]);
  });

  test("to the others needs little, because the rest is published", async () => {
    const [entra, google, onelogin, scim] = await rosters(`
rosters:
  m: { source: entra, tenant: acme.example, client_id: c, client_secret: env:CLIENT }
  g: { source: google, admin: it@acme.example, service_account: "file:/run/secrets/token" }
  o: { source: onelogin, base: https://acme.onelogin.com, client_id: c, client_secret: env:CLIENT }
  s: { source: scim, base: https://idp.example/scim/v2, token: "file:/run/secrets/token" }
`);
    expect(entra).toMatchObject({
      baseUrl: "https://graph.microsoft.com/v1.0",
      wants: { signIns: false },
      login: {
        tokenUrl: "https://login.microsoftonline.com/acme.example/oauth2/v2.0/token",
        scope: "https://graph.microsoft.com/.default",
      },
    });
    expect(google).toMatchObject({
      baseUrl: "https://admin.googleapis.com",
      login: { tokenUrl: "https://oauth2.googleapis.com/token", subject: "it@acme.example" },
    });
    expect(onelogin?.login).toMatchObject({
      tokenUrl: "https://acme.onelogin.com/auth/oauth2/v2/token",
      scope: null,
    });
    expect(scim?.login.kind === "token" && scim.login.token.reveal()).toBe("from-a-file");
  });
});

describe("an application", () => {
  const applications = async (text: string) => {
    const parsed = await parse(text);
    return "problems" in parsed ? expect.unreachable(JSON.stringify(parsed.problems)) : parsed.applications;
  };

  test("is only read if the file does not say more, in the form of the standard", async () => {
    const [chat, ...others] = await applications(
      'directories:\n  chat: { base: https://chat.example/scim/v2/, token: "file:/run/secrets/token" }\n',
    );
    expect(others).toEqual([]);
    expect(chat).toMatchObject({
      name: "chat",
      baseUrl: "https://chat.example/scim/v2",
      write: false,
      deactivate: "patch",
      undo: true,
      form: { filter: "userName", paging: "index", patch: "path", activeAsText: false },
    });
    expect(chat?.token.reveal()).toBe("from-a-file");
    expect(JSON.stringify(chat)).not.toContain("from-a-file");
  });

  test("may differ from the standard, and a deletion can never be undone", async () => {
    const [vault, mail, hr] = await applications(`
directories:
  vault: { base: https://v.example, token: env:CLIENT, write: true, filter: none, paging: cursor, patch: no_path, active_as_text: true }
  mail: { base: https://m.example, token: env:CLIENT, write: true, deactivate: delete, filter: emails.value }
  hr: { base: https://h.example, token: env:CLIENT, write: true, deactivate: put, undo: false }
rosters:
  s: { source: scim, base: https://idp.example, token: env:CLIENT }
`);
    expect(vault).toMatchObject({
      form: { filter: null, paging: "cursor", patch: "no_path", activeAsText: true },
      undo: true,
    });
    expect(mail).toMatchObject({ deactivate: "delete", undo: false, form: { filter: "emails.value" } });
    expect(hr).toMatchObject({ deactivate: "put", undo: false });
  });
});

describe("a mistake is named with its line", () => {
  const application = (more: string) =>
    `directories:\n  chat:\n    base: https://a.example\n    token: env:CLIENT\n${more}`;
  const okta = (more: string) => `rosters:\n  hr:\n    source: okta\n    base: https://a.okta.com\n${more}`;
  test.each([
    [
      "a secret in the file",
      okta("    token: 00s3cretInTheFile\n"),
      /^5: rosters\.hr\.token must not be the secret itself/,
    ],
    [
      "a secret that is a number",
      okta("    token: 123456\n"),
      /^5: rosters\.hr\.token must be env:NAME or file:PATH/,
    ],
    [
      "a variable that is not set",
      okta("    token: env:NOT_SET\n"),
      /^5: .* names NOT_SET, which is not set/,
    ],
    ["a variable that is empty", okta("    token: env:EMPTY\n"), /^5: .* names EMPTY, which is not set/],
    [
      "a variable of this product",
      okta("    token: env:IDENTITY_TOKEN\n"),
      /^5: .* does not begin with IDENTITY_/,
    ],
    ["a file that is not there", okta("    token: file:nowhere\n"), /^5: .* cannot be read/],
    ["a file that is empty", okta("    token: file:blank\n"), /^5: .* a file that is empty/],
    [
      "two ways to sign in",
      okta("    token: env:OKTA_TOKEN\n    client_id: c\n"),
      /^6: rosters\.hr\.client_id has no effect together with `token`/,
    ],
    ["no way to sign in", okta(""), /^3: rosters\.hr\.source needs client_id and private_key, or token/],
    [
      "an unknown setting",
      okta("    token: env:OKTA_TOKEN\n    tokn: x\n"),
      /^6: rosters\.hr\.tokn is not a setting here/,
    ],
    [
      "an unknown source",
      "rosters:\n  hr:\n    source: workday\n",
      /^3: rosters\.hr\.source must have a source, which is one of okta, entra/,
    ],
    [
      "no source",
      "rosters:\n  hr:\n    base: https://a.example\n",
      /^[23]: rosters\.hr.* must have a source/,
    ],
    [
      "an address without https",
      "rosters:\n  s:\n    source: scim\n    base: http://idp.example\n    token: env:CLIENT\n",
      /^4: rosters\.s\.base must start with https/,
    ],
    [
      "an address with a password",
      "rosters:\n  s:\n    source: scim\n    base: https://u:p@idp.example\n    token: env:CLIENT\n",
      /^4: .* must not contain a user name or password/,
    ],
    [
      "a name that is a word of the tools",
      "rosters:\n  scim: { source: scim, base: https://a.example, token: env:CLIENT }\n",
      /^2: rosters\.scim is a word with another meaning in the tools/,
    ],
    [
      "a name with a space",
      "rosters:\n  h r: { source: scim, base: https://a.example, token: env:CLIENT }\n",
      /^2: rosters\.h r must be a name/,
    ],
    [
      "a name twice",
      "rosters:\n  a: { source: scim, base: https://a.example, token: env:CLIENT }\n  a: { source: scim, base: https://a.example, token: env:CLIENT }\n",
      /^3: is not valid YAML/,
    ],
    [
      "customer and domain",
      "rosters:\n  g:\n    source: google\n    admin: a@b.example\n    service_account: env:CLIENT\n    customer: c\n    domain: d\n",
      /^7: rosters\.g\.domain has no effect together/,
    ],
    ["no roster", "rosters: {}\n", /^1: rosters has no roster/],
    ["nothing at all", "", /^1: rosters must contain rosters, directories or tenants/],
    ["no application", "directories: {}\n", /^1: directories has no application/],
    [
      "an application without a token",
      "directories:\n  chat: { base: https://a.example }\n",
      /^2: directories\.chat\.token must be env:NAME or file:PATH/,
    ],
    [
      "a token of an application in the file",
      "directories:\n  chat:\n    base: https://a.example\n    token: 00s3cretInTheFile\n",
      /^4: directories\.chat\.token must not be the secret itself/,
    ],
    [
      "a token of an application that is not set",
      "directories:\n  chat:\n    base: https://a.example\n    token: env:NOT_SET\n",
      /^4: directories\.chat\.token names NOT_SET/,
    ],
    [
      "an undo of a deletion",
      application("    write: true\n    deactivate: delete\n    undo: true\n"),
      /^7: directories\.chat\.undo cannot be true/,
    ],
    [
      "an undo where nothing is written",
      application("    undo: false\n"),
      /^5: directories\.chat\.undo has no effect without write: true/,
    ],
    [
      "a form of PATCH where none is sent",
      application("    deactivate: put\n    patch: no_path\n"),
      /^6: directories\.chat\.patch has no effect together with deactivate: put/,
    ],
    [
      "an unknown way to deactivate",
      application("    deactivate: post\n"),
      /^5: .*deactivate must be patch, put or delete/,
    ],
    ["an unknown paging", application("    paging: pages\n"), /^5: .*paging must be index or cursor/],
    [
      "a filter that is more than an attribute",
      application("    filter: userName eq x\n"),
      /^5: .*filter must be the name of an attribute/,
    ],
    ["write that is no flag", application('    write: "yes"\n'), /^5: .*write must be true or false/],
    [
      "an unknown setting of an application",
      application("    source: scim\n"),
      /^5: .*source is not a setting here/,
    ],
    [
      "an application without https",
      "directories:\n  chat:\n    base: http://a.example\n    token: env:CLIENT\n",
      /^3: directories\.chat\.base must start with https/,
    ],
    ["text that is no YAML", "rosters: [", /is not valid YAML/],
  ])("%s", async (_what, text, line) => {
    const found = await problems(text);
    expect(found.join("\n")).toMatch(line);
    expect(found.join("\n")).not.toMatch(/00s3cret|u:p@/);
  });

  test("all mistakes are named at once", async () => {
    const found = await problems(
      "rosters:\n  a: { source: scim, base: https://a.example, token: plain }\n  b: { source: okta }\n",
    );
    expect(found.length).toBeGreaterThanOrEqual(2);
  });
});
