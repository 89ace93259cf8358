import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { run } from "../../src/cli/doctor.ts";
import { runProgram } from "./run-command.ts";
import { runInProcess } from "./run-in-process.ts";

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

function doctor(env: Record<string, string> = {}) {
  return runInProcess(run, [], {
    env: { ...sandbox.env, IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`, ...env },
  });
}

describe("doctor", () => {
  test("says what it found of every part", async () => {
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ok +Trello account +Priya Raman \(@priyaraman\)$/m);
    expect(stdout).toMatch(
      /^ok +Trello token +scopes read, write, account; expires on \d{4}-\d\d-\d\d, in (89|90) days; an expiry cannot be changed: make a new token with the `login` command in time$/m,
    );
    expect(stdout).toMatch(
      /^ok +Workspaces .*Northwind Operations \(standard\), Brightpath Design \(premium\)/m,
    );
    expect(stdout).toMatch(/^ok +SCIM directory +\d+ users$/m);
    expect(stdout).toMatch(/^ok +Organization API /m);
    expect(stdout).toMatch(/^ok +Clock +agrees with Trello's$/m);
    expect(stdout).toMatch(
      /^ok +Rate budgets +trello-key \d+ of 300 requests left in 10 s, trello-token \d+ of 100 requests left in 10 s, trello-scarce 9\d of 100 requests left in 900 s, /m,
    );
    expect(stdout).not.toContain("FAIL");
  });

  test("of a token without an expiry there is nothing to replace", async () => {
    const { stdout } = await doctor({ TRELLO_API_TOKEN: SEED.tokens.readOnly });
    expect(stdout).toMatch(/^ok +Trello token +scopes read; never expires$/m);
  });

  test.each([
    // What an answer takes to come back counts as being ahead.
    [-20_000, 0, /^ok +Clock +(19|2\d) s ahead of Trello's$/m],
    [20_000, 0, /^ok +Clock +(1\d|20|21) s behind Trello's$/m],
    [
      -400_000,
      1,
      /^FAIL +Clock +CONFIG_INVALID: This machine's clock is \d+ s ahead of Trello's. Next: Set this machine's clock/m,
    ],
  ])("a clock that is off by %i ms", async (ahead, code, line) => {
    const elsewhere = await startSandbox({ now: () => Date.now() + ahead });
    try {
      const ended = await doctor(elsewhere.env);
      expect(ended.stdout).toMatch(line);
      expect(ended.code).toBe(code);
    } finally {
      await elsewhere.close();
    }
  });

  test.each([
    [{ IDENTITY_TOOLSETS: "webhooks" }, /ok +Webhook secret +one: TRELLO_API_SECRET$/m],
    [
      { TRELLO_API_SECRET_PREVIOUS: "former-secret-123" },
      /ok +Webhook secret +two: .* remove TRELLO_API_SECRET_PREVIOUS/,
    ],
    [{ TRELLO_API_SECRET_PREVIOUS: SEED.app.secret }, /FAIL +Webhook secret +.* are the same/],
    [
      { IDENTITY_TOOLSETS: "webhooks", TRELLO_API_SECRET: "" },
      /FAIL +Webhook secret +.* needs TRELLO_API_SECRET/,
    ],
  ])("says which secrets sign webhooks: %j", async (env, line) => {
    const { stdout } = await doctor(env);
    expect(stdout).toMatch(line);
  });

  test("with a token's secret every request is signed", async () => {
    sandbox.resetRequests();
    const right = await doctor({ TRELLO_TOKEN_SECRET: SEED.tokenSecret });
    expect(right.code).toBe(0);
    const wrong = await doctor({ TRELLO_TOKEN_SECRET: "another-secret-123" });
    expect(wrong.stdout).toMatch(
      /^FAIL +Trello account +UNAUTHENTICATED: Trello refused the OAuth 1.0 signature/m,
    );
    expect(wrong.stdout + wrong.stderr).not.toContain("another-secret-123");
  });

  test("what is not configured is not broken", async () => {
    const { code, stdout } = await doctor({ ATLASSIAN_SCIM_DIRECTORY_ID: "", ATLASSIAN_SCIM_TOKEN: "" });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ok +SCIM directory +not configured \(ATLASSIAN_SCIM_DIRECTORY_ID, ATLASSIAN_SCIM_TOKEN\)$/m,
    );
  });

  test.each([
    [
      "an expired token",
      { TRELLO_API_TOKEN: SEED.tokens.expired },
      /^FAIL +Trello account +UNAUTHENTICATED: .* Next: .*\nFAIL +Trello token +for the same reason as Trello account$/m,
    ],
    [
      "a wrong SCIM token",
      { ATLASSIAN_SCIM_TOKEN: "wrong-token-123" },
      /^FAIL +SCIM directory +UNAUTHENTICATED: .* Next: /m,
    ],
    [
      "a wrong organization key",
      { ATLASSIAN_ORG_API_KEY: "wrong-key-1234" },
      /^FAIL +Organization API +\w+: .* Next: /m,
    ],
    [
      "a level of the log that is none",
      { IDENTITY_LOG_LEVEL: "loud" },
      /^FAIL +Settings +IDENTITY_LOG_LEVEL cannot be loud\. /m,
    ],
    [
      "an allow-list that allows nothing",
      { IDENTITY_WORKSPACES: "0123456789abcdef01234567" },
      /^FAIL +Workspaces +CONFIG_INVALID: The token sees none of the workspaces/m,
    ],
    [
      "an address that other machines reach",
      { IDENTITY_HTTP_HOST: "0.0.0.0" },
      /^FAIL +HTTP address +CONFIG_INVALID: .*loopback/m,
    ],
    ["a missing setting", { TRELLO_API_KEY: "" }, /^FAIL +Settings +TRELLO_API_KEY is missing/m],
    [
      "a store that cannot be opened",
      { IDENTITY_STORE_URL: "sqlite:/dev/null/x.db" },
      /^FAIL +Store +STORE_FAILED: /m,
    ],
    [
      "an allow-list with one workspace that the token does not see",
      { IDENTITY_WORKSPACES: `${SEED.workspaces.standard.id},0123456789abcdef01234567` },
      /^FAIL +Workspaces +CONFIG_INVALID: The token does not see 0123456789abcdef01234567, which is in IDENTITY_W/m,
    ],
    [
      "a toolset that offers nothing",
      { IDENTITY_TOOLSETS: "directory,enterprise", TRELLO_ENTERPRISE_ID: "" },
      /^FAIL +Tools +CONFIG_INVALID: IDENTITY_TOOLSETS names enterprise, .*TRELLO_ENTERPRISE_ID/m,
    ],
    [
      "a toolset of writes that are not allowed",
      { IDENTITY_TOOLSETS: "directory,membership", IDENTITY_READ_ONLY: "true" },
      /^FAIL +Tools +CONFIG_INVALID: IDENTITY_TOOLSETS names membership, /m,
    ],
    [
      "an address that nothing uses",
      {
        ATLASSIAN_SCIM_DIRECTORY_ID: "",
        ATLASSIAN_SCIM_TOKEN: "",
        ATLASSIAN_ORG_ID: "",
        ATLASSIAN_ORG_API_KEY: "",
      },
      /^FAIL +Settings +CONFIG_INVALID: ATLASSIAN_API_BASE_URL does nothing/m,
    ],
  ])("%s is broken", async (_what, env, line) => {
    const { code, stdout, stderr } = await doctor(env);
    expect(code).toBe(1);
    expect(stdout).toMatch(line);
    for (const secret of ["wrong-token-123", "wrong-key-1234", SEED.tokens.full, SEED.app.key]) {
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test("what comes after something broken is still looked at", async () => {
    const { stdout } = await doctor({ TRELLO_API_TOKEN: SEED.tokens.expired });
    expect(stdout.match(/^FAIL/gm)).toHaveLength(4);
    expect(stdout).not.toMatch(/in -\d/);
    expect(stdout).toMatch(/^ok +SCIM directory +\d+ users$/m);
  });

  test("on the sandbox it needs nothing, and leaves nothing", async () => {
    const empty = await mkdtemp(join(folder, "tmp-"));
    const { code, stdout } = await runProgram(["doctor", "--sandbox"], {
      env: { TRELLO_API_TOKEN: "a-real-one-123", TRELLO_API_BASE_URL: "https://real.invalid", TMPDIR: empty },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("Priya Raman");
    for (const source of ["okta", "entra", "google", "onelogin"])
      expect(stdout).toMatch(new RegExp(`^ok +Roster ${source} +${source}: users can be read`, "m"));
    expect(stdout).toMatch(
      /^ok +Application chat +\d+ users; searched by the attribute userName; deactivates users by PATCH$/m,
    );
    expect(stdout).toMatch(
      /^ok +Application vault +\d+ users; searched by all users; deactivates users by PATCH$/m,
    );
    expect(await readdir(empty)).toEqual([]);
  });

  test("a roster that cannot be read is told with the right that is missing, and the others are read", async () => {
    const { file, env } = sandbox.connections;
    const path = join(folder, "connections.yaml");
    await writeFile(path, file);
    const wrong = {
      ...env,
      SANDBOX_CLIENT_SECRET: "not-the-secret-123",
      SANDBOX_CHAT_TOKEN: "not-the-token-123",
      IDENTITY_CONNECTIONS_FILE: path,
    };
    const { code, stdout } = await doctor(wrong);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAIL +Roster entra +UNAUTHENTICATED: .*Set `client_secret` in the connections file to the secret's value/m,
    );
    expect(stdout).toMatch(/^FAIL +Roster onelogin +UNAUTHENTICATED: /m);
    expect(stdout).toMatch(/^ok +Roster okta +okta: users can be read$/m);
    expect(stdout).toMatch(/^ok +Roster google +google: users can be read; deleted users can be read$/m);
    expect(stdout).toMatch(
      /^FAIL +Application chat +UNAUTHENTICATED: .*check the directory chat in IDENTITY_CONNECTIONS_FILE/m,
    );
    expect(stdout).toMatch(/^ok +Application vault /m);
    expect(stdout).not.toMatch(/not-the-(secret|token)-123/);
  });

  test("a plan that nobody could decide is told", async () => {
    const path = join(folder, "approvers.yaml");
    await writeFile(path, "approvers: { emails: [ada@example.com] }\n");
    const { code, stdout } = await doctor({ IDENTITY_POLICY_FILE: path });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAIL +Confirmation +CONFIG_INVALID: No plan can be decided with these settings\. /m,
    );
  });

  test("a port that is in use is told, unless this product listens there", async () => {
    const answers = { text: "hello" };
    const other = createServer((_request, response) => void response.end(answers.text));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const port = String((other.address() as AddressInfo).port);
    try {
      const taken = await doctor({ IDENTITY_HTTP_PORT: port });
      expect(taken.code).toBe(1);
      expect(taken.stdout).toMatch(
        /^FAIL +HTTP address +CONFIG_INVALID: `http` cannot listen on .*\(EADDRINUSE\)/m,
      );
      answers.text = '{"status":"ok"}';
      const ours = await doctor({ IDENTITY_HTTP_PORT: port });
      expect(ours.code).toBe(0);
      expect(ours.stdout).toMatch(/^ok +HTTP address +.*; a server runs there already$/m);
    } finally {
      other.close();
    }
  });

  test("without a network the settings are checked, and what was not reached is named once with its cause", async () => {
    const { code, stdout } = await doctor({
      TRELLO_API_BASE_URL: "http://127.0.0.1:9/1",
      ATLASSIAN_API_BASE_URL: "http://127.0.0.1:9",
      IDENTITY_TOOLSETS: "enterprise",
      TRELLO_ENTERPRISE_ID: "",
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL +Tools +/m);
    expect(
      stdout.match(/http:\/\/127\.0\.0\.1:9: the connection was refused \(ECONNREFUSED\)/g),
    ).toHaveLength(1);
    expect(stdout.match(/not checked, because Trello account failed/g)).toHaveLength(4);
  });
});
