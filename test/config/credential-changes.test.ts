import { expect, test } from "vitest";
import { credentialChanges } from "../../src/config/credential-changes.ts";
import { loadConfig } from "../../src/config/load.ts";

const ENV = {
  TRELLO_API_KEY: "key-of-the-app",
  TRELLO_API_TOKEN: "token-one",
  TRELLO_API_SECRET: "secret-of-the-app",
  TRELLO_TOKEN_SECRET: "token-secret-one",
  ATLASSIAN_SCIM_DIRECTORY_ID: "directory",
  ATLASSIAN_SCIM_TOKEN: "scim-one",
  ATLASSIAN_ORG_ID: "org",
  ATLASSIAN_ORG_API_KEY: "org-one",
  IDENTITY_CONNECTIONS_FILE: "/c.yaml",
};
const FILE = `
rosters:
  hr: { source: scim, base: https://hr.example/scim/v2, token: env:HR }
  it: { source: scim, base: https://it.example/scim/v2, token: env:IT }
directories:
  slack: { base: https://slack.example/scim/v2, token: env:SLACK }
`;
const SECRETS = { HR: "hr-token-one", IT: "it-token-one", SLACK: "slack-token-one" };

const load = (env: Readonly<Record<string, string>> = {}, file = FILE) =>
  loadConfig({
    env: { ...ENV, ...SECRETS, ...env },
    machine: { platform: "linux", home: "/home/ada", folder: "/" },
    readFile: async () => file,
    needsTrello: true,
    toolNames: async () => [],
  });

test.each([
  [{}, [], false],
  [{ TRELLO_API_TOKEN: "token-two" }, ["Trello"], false],
  [{ TRELLO_API_TOKEN: "token-two", TRELLO_TOKEN_SECRET: "token-secret-two" }, ["Trello"], false],
  [{ TRELLO_API_KEY: "key-of-another-app" }, ["Trello"], false],
  [{ ATLASSIAN_SCIM_TOKEN: "scim-two" }, ["SCIM"], false],
  [{ ATLASSIAN_ORG_API_KEY: "org-two" }, ["organization"], false],
  [{ HR: "hr-token-two" }, ["roster hr"], false],
  [{ IT: "it-token-two", SLACK: "slack-token-two" }, ["roster it", "directory slack"], false],
  [{ TRELLO_API_TOKEN: "token-two", IDENTITY_READ_ONLY: "true" }, ["Trello"], true],
  // What is more than new credentials waits for a restart.
  [{ TRELLO_API_SECRET: "secret-of-another-app" }, [], true],
  [{ TRELLO_API_BASE_URL: "https://proxy.example/1", TRELLO_API_TOKEN: "token-two" }, [], true],
  [{ ATLASSIAN_SCIM_DIRECTORY_ID: "another", ATLASSIAN_SCIM_TOKEN: "scim-two" }, [], true],
  [{ ATLASSIAN_ORG_ID: "another", ATLASSIAN_ORG_API_KEY: "org-two" }, [], true],
  [{ IDENTITY_NOTIFY_URL: "https://hooks.slack.com/services/1" }, [], true],
  [{ IDENTITY_STORE_KEY: "0123456789abcdef0123456789abcdef" }, [], true],
] as const)("%j: new credentials of %j; a restart is needed: %s", async (env, upstreams, isRestartNeeded) => {
  const now = await load();
  const next = await load(env);
  const found = credentialChanges(now, next);
  expect(found.changes.map(({ upstream }) => upstream)).toEqual(upstreams);
  expect(found.isRestartNeeded).toBe(isRestartNeeded);
  // Afterwards nothing is new.
  const taken = found.changes.reduce((config, change) => change.in(config), now);
  expect(credentialChanges(taken, next)).toEqual({ changes: [], isRestartNeeded });
});

test.each([
  ["a roster that is gone", FILE.replace(/ {2}it:.*\n/, "")],
  ["a roster at another address", FILE.replace("it.example", "evil.example")],
  ["an application that may be changed now", FILE.replace("env:SLACK", "env:SLACK, write: true")],
])("%s is not taken, even with a new secret", async (_title, file) => {
  const next = await load({ IT: "it-token-two", SLACK: "slack-token-two" }, file);
  const { changes, isRestartNeeded } = credentialChanges(await load(), next);
  expect(isRestartNeeded).toBe(true);
  expect(changes.length).toBeLessThan(2);
});
