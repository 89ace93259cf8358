/** `login` and `logout` by OAuth 2.0 against the sandbox, the person played over real HTTP. */
import { once } from "node:events";
import { readFile, readdir, mkdtemp, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run as audit } from "../../../src/cli/audit.ts";
import { run as doctor } from "../../../src/cli/doctor.ts";
import { run as logout } from "../../../src/cli/logout.ts";
import { type FaultSchedule, type Sandbox, SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { MEMORY } from "../../support/memory.ts";
import { runInProcess } from "../run-in-process.ts";
import { follow, press, startLogin } from "./person.ts";

const { confidential, public: publicClient } = SEED.oauth2;

let sandbox: Sandbox;
let folder: string;
let port: number;
let faults: FaultSchedule;
beforeEach(async () => {
  faults = [];
  sandbox = await startSandbox({ faults });
  folder = await mkdtemp(join(MEMORY, "oauth2-"));
  // A port of its own, because tests of other files may run now.
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  const { clients } = sandbox.world.trello.oauth2;
  for (const [id, client] of clients)
    clients.set(id, {
      ...client,
      redirectUrls: [...client.redirectUrls, `http://127.0.0.1:${port}/callback`],
    });
});
afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

function settings(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    TRELLO_OAUTH2_CLIENT_ID: confidential.id,
    TRELLO_OAUTH2_CLIENT_SECRET: confidential.secret,
    TRELLO_API_BASE_URL: sandbox.trelloUrl,
    ATLASSIAN_AUTH_BASE_URL: sandbox.atlassianUrl,
    IDENTITY_LOGIN_PORT: String(port),
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    ...more,
  };
}

async function signIn(
  env = settings(),
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
) {
  const login = startLogin(args, env);
  await follow(await press(await login.address(), "allow", more));
  expect(await login.ended).toBe(0);
  return login;
}

const grants = () => [...sandbox.world.trello.oauth2.grants.values()];
const scopesOf = (address: URL) =>
  (address.searchParams.get("scope") ?? "").replaceAll(":trello", "").split(" ");

describe("login by OAuth 2.0", () => {
  test("tells the callback and the scopes before, and keeps the sign-in, encrypted, for the server", async () => {
    const login = startLogin([], settings());
    const address = await login.address();
    expect(login.stderr()).toContain(`\n  http://127.0.0.1:${port}/callback\n`);
    expect(login.stderr()).toMatch(/^ {2}write:board:membership +add, change and remove people of boards$/m);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      prompt: "consent",
      redirect_uri: `http://127.0.0.1:${port}/callback`,
    });
    expect(await follow(await press(address, "allow"))).toContain("go back to the terminal");
    expect(await login.ended).toBe(0);
    expect(login.stdout()).toBe("");
    expect(login.stderr()).toMatch(/^Signed in as Priya Raman \(@priyaraman\), scopes read:member, /m);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["identity.db", "store-key"]));
    expect((await stat(join(folder, "store-key"))).mode & 0o777).toBe(0o600);
    const { accessTokens, refreshTokens } = sandbox.world.trello.oauth2;
    const written = [
      login.stderr(),
      ...(await Promise.all(["identity.db", "identity.db-wal"].map(read))),
    ].join();
    for (const secret of [...accessTokens.keys(), ...refreshTokens.keys(), confidential.secret])
      expect(written).not.toContain(secret);

    const checked = await runInProcess(doctor, [], { env: settings() });
    expect(checked.stdout).toMatch(
      /^ok +Trello sign-in +OAuth 2\.0 \(confidential client\); requests for which Trello has no scope /m,
    );
    expect(checked.stdout).toMatch(/^ok +Trello account +Priya Raman \(@priyaraman\)$/m);
    expect(checked.stdout).toMatch(
      /^ok +Trello token +scopes read:member, .*; signed in on \d{4}-\d\d-\d\d, renewed by itself$/m,
    );
    expect(checked.code).toBe(0);
  });

  const read = (name: string) => readFile(join(folder, name), "latin1").catch(() => "");

  test("with IDENTITY_STORE_KEY there is no key file, and without that key nothing can be read", async () => {
    const key = { IDENTITY_STORE_KEY: "another-key-of-this-test-0123456789" };
    await signIn(settings(key));
    expect(await readdir(folder)).not.toContain("store-key");
    const checked = await runInProcess(doctor, [], { env: settings() });
    expect(checked.stdout).toMatch(
      /^FAIL +Trello account +CONFIG_INVALID: .*another key.*IDENTITY_STORE_KEY/m,
    );
    expect((await runInProcess(doctor, [], { env: settings(key) })).code).toBe(0);
  });

  test.each([
    ["directory", {}, []],
    [
      "directory,membership",
      {},
      ["write:member", "write:organization:membership", "write:board", "write:board:membership"],
    ],
    ["directory,offboarding", {}, ["write:organization:membership", "write:board", "write:board:membership"]],
    ["directory,scim", {}, ["write:organization:membership", "write:board:membership"]],
    ["directory,membership,offboarding", { IDENTITY_READ_ONLY: "true" }, []],
    [
      "directory,enterprise",
      { TRELLO_ENTERPRISE_ID: SEED.enterprise.id },
      ["read:enterprise", "write:enterprise"],
    ],
  ])("asks for what %s needs", async (toolsets, more, scopes) => {
    const login = startLogin([], settings({ IDENTITY_TOOLSETS: toolsets, ...more }));
    const asked = scopesOf(await login.address());
    login.stop.abort();
    await login.ended;
    const always = ["read:member", "read:organization", "read:board", "offline_access"];
    expect(asked.toSorted()).toEqual([...always, ...scopes].toSorted());
  });

  test("a public client signs in by PKCE alone", async () => {
    const env = settings({ TRELLO_OAUTH2_CLIENT_ID: publicClient.id, TRELLO_OAUTH2_CLIENT_SECRET: "" });
    await signIn(env);
    expect(grants()).toMatchObject([{ clientId: publicClient.id }]);
  });

  test.each([
    ["without a browser on this machine", ["--paste"], (url: URL) => url.href],
    ["and only its query", ["--paste"], (url: URL) => url.search],
    ["while the command listens as well", [], (url: URL) => url.href],
  ])("the answer is pasted %s", async (_what, args, typed) => {
    const login = startLogin(args, settings(), { tty: true });
    const location = await press(await login.address(), "allow");
    await login.type("aste the whole address", "http://127.0.0.1/callback?code=x&state=another");
    await login.type("not the answer to this login", typed(location));
    expect(await login.ended).toBe(0);
    expect(grants()).toHaveLength(1);
  });

  test("the callback may be any address that the app lists; then the answer is pasted", async () => {
    const login = startLogin(["--callback", "https://localhost:7248/oauth/callback"], settings(), {
      tty: true,
    });
    const location = await press(await login.address(), "allow");
    expect(location.href).toMatch(/^https:\/\/localhost:7248\/oauth\/callback\?code=/);
    await login.type("Address: ", location.href);
    expect(await login.ended).toBe(0);
  });

  test("scopes that were not granted are named, by doctor too", async () => {
    const login = await signIn(settings(), [], { refuse: "write:board:trello" });
    expect(login.stderr()).toMatch(/^Not granted: write:board\. /m);
    const checked = await runInProcess(doctor, [], { env: settings() });
    expect(checked.stdout).toMatch(/^FAIL +Trello token +UPSTREAM_FORBIDDEN: .*`write:board`.*`login`/m);
  });

  test("a new sign-in replaces the old one; of another account it says so", async () => {
    await signIn();
    expect((await signIn()).stderr()).toContain("use the new sign-in at once");
    const other = await signIn(settings(), [], { member: SEED.successor.id });
    expect(other.stderr()).toContain("This sign-in replaces the sign-in of another account");
  });

  test("before it, doctor says what to do", async () => {
    const checked = await runInProcess(doctor, [], { env: settings() });
    expect(checked.code).toBe(1);
    expect(checked.stdout).toMatch(/^FAIL +Trello account +UNAUTHENTICATED: No one is signed in.*`login`/m);
  });
});

describe("nobody is signed in, and it is said why, when", () => {
  async function ending(login: ReturnType<typeof startLogin>) {
    const code = await login.ended;
    const { stdout } = await runInProcess(doctor, [], { env: settings() });
    return { code, stderr: login.stderr(), isSignedIn: !stdout.includes("No one is signed in") };
  }
  const without = (line: RegExp) => ({
    code: 1,
    stderr: expect.stringMatching(line) as unknown,
    isSignedIn: false,
  });

  test("the person denies it", async () => {
    const login = startLogin([], settings());
    await follow(await press(await login.address(), "deny"));
    expect(await ending(login)).toEqual(without(/^CONFIRMATION_DECLINED: Access was not given.* Next: /m));
  });

  test("the browser brings the answer to another login: it is refused, and the right one still counts", async () => {
    const login = startLogin([], settings());
    const location = await press(await login.address(), "allow");
    const other = new URL(location);
    other.searchParams.set("state", "guess");
    expect(await follow(other)).toContain("another login");
    await follow(location);
    expect(await login.ended).toBe(0);
  });

  test("the code is wrong", async () => {
    const login = startLogin([], settings());
    const location = await press(await login.address(), "allow");
    location.searchParams.set("code", "guess");
    await follow(location);
    expect(await ending(login)).toEqual(without(/^UNAUTHENTICATED: Atlassian did not accept the code/m));
  });

  test("the app's secret is wrong", async () => {
    const login = startLogin([], settings({ TRELLO_OAUTH2_CLIENT_SECRET: "ATO-another-secret-123" }));
    await follow(await press(await login.address(), "allow"));
    expect(await ending(login)).toEqual(without(/^UNAUTHENTICATED: .*TRELLO_OAUTH2_CLIENT_SECRET/m));
    expect(login.stderr()).not.toContain("ATO-another-secret-123");
  });

  test("the last answer is lost; the code is not sent twice", async () => {
    faults.push({ operation: "POST /oauth/token", attempt: 1, kind: "reset_after" });
    const login = startLogin([], settings());
    await follow(await press(await login.address(), "allow"));
    expect(await ending(login)).toEqual(without(/^UPSTREAM_UNAVAILABLE: .*no one is signed in/m));
    expect(sandbox.requests.filter(({ path }) => path === "/oauth/token")).toHaveLength(1);
  });

  test("the owner cannot be read; the sign-in before stays", async () => {
    await signIn();
    faults.push({ operation: "GET /members/{id}", attempt: "every", kind: "empty", status: 403 });
    sandbox.resetRequests();
    const login = startLogin([], settings());
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(1);
    faults.length = 0;
    expect((await runInProcess(doctor, [], { env: settings() })).code).toBe(0);
  });

  test("the person stops", async () => {
    const login = startLogin([], settings());
    await login.address();
    login.stop.abort();
    expect(await ending(login)).toEqual(without(/^CONFIRMATION_DECLINED: The login was stopped/m));
  });

  test("the port is taken", async () => {
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    const login = startLogin([], settings());
    expect(await login.ended).toBe(1);
    expect(login.stderr()).toMatch(/^CONFIG_INVALID: Cannot listen on port .*EADDRINUSE.*--paste/m);
    other.close();
  });

  test.each([
    [
      ["--oauth2"],
      { TRELLO_OAUTH2_CLIENT_ID: "", TRELLO_OAUTH2_CLIENT_SECRET: "" },
      1,
      /^CONFIG_INVALID: TRELLO_OAUTH2_CLIENT_ID is missing/,
    ],
    [
      [],
      { TRELLO_API_KEY: SEED.app.key, TRELLO_API_TOKEN: SEED.tokens.full },
      1,
      /^CONFIG_INVALID: TRELLO_API_TOKEN and TRELLO_OAUTH2_CLIENT_ID are both set/,
    ],
    [[], { TRELLO_OAUTH2_CLIENT_ID: "" }, 2, /^login needs --scopes|TRELLO_API_KEY/],
    [["--scopes", "read"], {}, 2, /^--scopes works only with OAuth 1\.0/],
    [["--write-env", "x"], {}, 2, /^--write-env works only with OAuth 1\.0/],
    [["--port", "0"], {}, 2, /^--port cannot be 0/],
    [["--port", "99999"], {}, 2, /^--port takes a whole number/],
    [["--callback", "nowhere"], {}, 2, /^--callback needs/],
    [
      ["--paste"],
      { TRELLO_OAUTH2_CLIENT_ID: "", TRELLO_OAUTH2_CLIENT_SECRET: "" },
      2,
      /^--paste works only with OAuth 2\.0/,
    ],
    [[], { IDENTITY_STORE_KEY: "short" }, 1, /^CONFIG_INVALID: IDENTITY_STORE_KEY is shorter than 32/],
    [
      [],
      { TRELLO_OAUTH2_CLIENT_ID: "", TRELLO_API_KEY: "k-12345678", TRELLO_API_SECRET: "s-12345678" },
      2,
      /^login needs --scopes/,
    ],
  ] as [string[], Record<string, string>, number, RegExp][])(
    "typed or set wrong: %j %j",
    async (args, more, code, line) => {
      const login = startLogin(args, settings(more));
      const ended = await login.ended;
      expect(login.stderr()).toMatch(line);
      if (code === 2) expect([1, 2]).toContain(ended);
      else expect(ended).toBe(code);
      expect(sandbox.requests).toEqual([]);
    },
  );
});

describe("logout", () => {
  test("forgets the sign-in, asks to revoke it, and says where to check", async () => {
    await signIn();
    const ended = await runInProcess(logout, [], { env: settings() });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(
      /removed from the store.*\n.*cannot see whether it is revoked.*\n.*trello\.com\/u\/USERNAME\/account/,
    );
    expect(grants()).toMatchObject([{ revoked: true }]);
    expect((await runInProcess(doctor, [], { env: settings() })).stdout).toContain("No one is signed in");
    expect((await runInProcess(logout, [], { env: settings() })).stdout).toContain("No one was signed in");
  });

  test("signing in and out are records that audit verifies and exports in every format, without a token", async () => {
    await signIn();
    const { accessTokens, refreshTokens } = sandbox.world.trello.oauth2;
    const secrets = [...accessTokens.keys(), ...refreshTokens.keys(), confidential.secret];
    await runInProcess(logout, [], { env: settings() });
    const ended = await runInProcess(logout, [], { env: withKey() });
    expect(ended.code).toBe(0);
    const verified = await runInProcess(audit, ["verify"], { env: settings() });
    expect(verified).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("The chain of 3 records is unbroken") as unknown,
    });
    for (const format of ["jsonl", "ocsf", "cef"]) {
      const { stdout } = await runInProcess(audit, ["export", "--format", format], { env: settings() });
      const lines = stdout.trim().split("\n");
      expect(lines.map((line) => /sign_(?:in|out)/.exec(line)?.[0])).toEqual([
        "sign_in",
        "sign_out",
        "sign_out",
      ]);
      for (const line of lines) expect(line).toContain(SEED.admin.id);
      expect(lines[1]).toContain("accepted");
      expect(lines[2]).toContain("token refused afterwards");
      for (const secret of [...secrets, SEED.tokens.full]) expect(stdout).not.toContain(secret);
    }
  });

  test("forgets it also if the key is gone, and says that Atlassian was not asked", async () => {
    await signIn();
    await rm(join(folder, "store-key"));
    const ended = await runInProcess(logout, [], { env: settings() });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/removed from the store.*\n.*could not be asked to revoke the sign-in/);
    expect(grants()).toMatchObject([{ revoked: false }]);
  });

  test("forgets it also if Atlassian cannot be asked", async () => {
    await signIn();
    faults.push({ operation: "POST /oauth/revoke", attempt: "every", kind: "reset_before" });
    const ended = await runInProcess(logout, [], { env: settings() });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("may still work");
    expect(grants()).toMatchObject([{ revoked: false }]);
  });

  const withKey = () => ({
    TRELLO_API_KEY: SEED.app.key,
    TRELLO_API_TOKEN: SEED.tokens.full,
    TRELLO_API_BASE_URL: sandbox.trelloUrl,
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
  });

  test.each([{}, { TRELLO_API_SECRET: SEED.app.secret, TRELLO_TOKEN_SECRET: SEED.tokenSecret }])(
    "revokes a token of the settings, and proves it %j",
    async (more) => {
      const ended = await runInProcess(logout, [], { env: { ...withKey(), ...more } });
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(ended.stdout).toMatch(/^Trello no longer accepts the token\.\nRemove TRELLO_API_TOKEN/);
      expect(sandbox.world.trello.tokens.get(SEED.tokens.full)?.revoked).toBe(true);
    },
  );

  test("says if the token is still good", async () => {
    faults.push({ operation: "DELETE /tokens/{token}/", attempt: "every", kind: "500" });
    const ended = await runInProcess(logout, [], { env: withKey() });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(
      /^Trello was asked to revoke the token, but still accepts it\. Revoke the token at https:/,
    );
  });

  test("without settings it says what is missing", async () => {
    const ended = await runInProcess(logout, [], { env: { IDENTITY_STORE_URL: "sqlite::memory:" } });
    expect(ended.stderr).toMatch(/^CONFIG_INVALID: Neither TRELLO_OAUTH2_CLIENT_ID nor TRELLO_API_TOKEN/);
  });
});
