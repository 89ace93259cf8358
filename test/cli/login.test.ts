import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Sandbox, SEED, startSandbox } from "../../src/sandbox/index.ts";
import { gatewayTo } from "../gateway/harness.ts";
import { run as audit } from "../../src/cli/audit.ts";
import { run as logout } from "../../src/cli/logout.ts";
import { runInProcess } from "./run-in-process.ts";
import { follow, press, startLogin } from "./login/person.ts";

const CHOICES = ["--scopes", "read,write", "--expiry", "1day"];

let sandbox: Sandbox;
let folder: string;
let ahead = 0;
beforeEach(async () => {
  ahead = 0;
  sandbox = await startSandbox({ now: () => Date.now() + ahead });
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

function app(more: Record<string, string> = {}): Record<string, string> {
  const { trelloUrl } = sandbox;
  return {
    TRELLO_API_KEY: SEED.app.key,
    TRELLO_API_SECRET: SEED.app.secret,
    TRELLO_API_BASE_URL: trelloUrl,
    // Any free port, because tests of other files may run now.
    IDENTITY_LOGIN_PORT: "0",
    IDENTITY_STORE_URL: "sqlite::memory:",
    ...more,
  };
}

/** The settings that a text holds. */
function settingsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.split("=", 2)),
  );
}

/** The tokens that the sandbox has made since its seed. */
function made() {
  const seeded: readonly string[] = Object.values(SEED.tokens);
  return [...sandbox.world.trello.tokens.values()].filter(({ token }) => !seeded.includes(token));
}

describe("login", () => {
  test("prints the two settings alone, and the token works signed", async () => {
    const login = startLogin(CHOICES, app());
    const address = await login.address();
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      scope: "read,write",
      expiration: "1day",
      name: "trello-identity-mcp",
    });
    expect(await follow(await press(address, "allow"))).toContain("go back to the terminal");
    expect(await login.ended).toBe(0);

    const [token] = made();
    const settings = settingsIn(login.stdout());
    expect(settings).toEqual({ TRELLO_API_TOKEN: token?.token, TRELLO_TOKEN_SECRET: token?.secret });
    expect(login.stderr()).toMatch(
      /A token of Priya Raman \(@priyaraman\), scopes read, write; expires on \d{4}-\d\d-\d\d\./,
    );
    for (const secret of [token?.token, token?.secret, SEED.app.secret]) {
      expect(login.stderr()).not.toContain(secret);
    }
    const { gateway } = await gatewayTo(sandbox.env, {
      trello: {
        baseUrl: sandbox.trelloUrl,
        apiKey: SEED.app.key,
        apiToken: settings["TRELLO_API_TOKEN"] ?? "",
        apiSecret: SEED.app.secret,
        tokenSecret: settings["TRELLO_TOKEN_SECRET"],
      },
    });
    const { trello } = gateway.reads({ priority: "interactive" });
    expect((await trello.me()).id).toBe(SEED.admin.id);
    await gateway.close();
  });

  test("asks for scopes and expiry at a terminal, again where they are wrong", async () => {
    const login = startLogin([], app(), { tty: true });
    await login.type("Scopes, with commas: ", "write");
    await login.type("That takes read, .*\n.*Scopes, with commas: ", "read, account");
    await login.type("Expiry, one of 1hour, 1day, 30days, never: ", "never");
    const address = await login.address();
    expect(address.searchParams.get("scope")).toBe("read,account");
    await follow(await press(address, "allow"));
    expect(await login.ended).toBe(0);
    expect(made()).toMatchObject([{ scopes: new Set(["read", "account"]), dateExpires: null }]);
    expect(login.stderr()).toContain("scopes read, account; never expires");
    expect(Object.keys(settingsIn(login.stdout()))).toEqual(["TRELLO_API_TOKEN", "TRELLO_TOKEN_SECRET"]);
  });

  test("an empty answer asks nothing of Trello", async () => {
    const login = startLogin([], app(), { tty: true });
    await login.type("Scopes", "");
    expect(await login.ended).toBe(1);
    expect(login.stderr()).toMatch(/CONFIRMATION_DECLINED: You chose nothing.* Next: /m);
    expect(sandbox.requests).toEqual([]);
  });

  test("an expired token in the settings does not stand in the way", async () => {
    const login = startLogin(CHOICES, app({ TRELLO_API_TOKEN: SEED.tokens.expired }));
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(0);
  });

  test("the token is handed over even where it cannot be tried", async () => {
    const login = startLogin(CHOICES, app());
    const location = await press(await login.address(), "allow");
    for (const [id, member] of sandbox.world.trello.members) {
      if (member.id === SEED.admin.id) sandbox.world.trello.members.delete(id);
    }
    await follow(location);
    expect(await login.ended).toBe(0);
    expect(login.stderr()).toContain("but using it failed: UNAUTHENTICATED");
    expect(settingsIn(login.stdout())["TRELLO_API_TOKEN"]).toBe(made()[0]?.token);
  });
});

describe("login ends without a token, and says why, when", () => {
  async function ending(login: ReturnType<typeof startLogin>) {
    const code = await login.ended;
    return { code, stderr: login.stderr(), stdout: login.stdout(), tokens: made().length };
  }
  const without = (line: RegExp) => ({
    code: 1,
    stderr: expect.stringMatching(line) as unknown,
    stdout: "",
    tokens: 0,
  });

  test("the person denies it", async () => {
    const login = startLogin(CHOICES, app());
    await follow(await press(await login.address(), "deny"));
    expect(await ending(login)).toEqual(
      without(/^CONFIRMATION_DECLINED: Access was denied at Trello.* Next: /m),
    );
  });

  test("the verifier is wrong", async () => {
    const login = startLogin(CHOICES, app());
    const location = await press(await login.address(), "allow");
    location.searchParams.set("oauth_verifier", "guess");
    await follow(location);
    expect(await ending(login)).toEqual(
      without(/^UNAUTHENTICATED: Trello did not accept the verifier.* Next: /m),
    );
    expect(login.stderr()).not.toContain("guess");
  });

  test("the answer is another login's", async () => {
    const login = startLogin(CHOICES, app());
    const location = await press(await login.address(), "allow");
    location.searchParams.set("oauth_token", "another");
    await follow(location);
    expect(await ending(login)).toEqual(
      without(/^UNAUTHENTICATED: The browser came back with the answer to another login/m),
    );
  });

  test("the request token has expired", async () => {
    const login = startLogin(CHOICES, app());
    const location = await press(await login.address(), "allow");
    for (const request of sandbox.world.trello.requestTokens.values()) {
      sandbox.world.trello.requestTokens.set(request.token, { ...request, expiresAt: 0 });
    }
    await follow(location);
    expect(await ending(login)).toEqual(
      without(/^UNAUTHENTICATED: Trello no longer accepts this login: it waited too long/m),
    );
  });

  test("the person breaks off", async () => {
    const login = startLogin(CHOICES, app());
    await login.address();
    login.stop.abort();
    expect(await ending(login)).toEqual(without(/^CONFIRMATION_DECLINED: The login was stopped/m));
  });

  test("the key is unknown", async () => {
    const login = startLogin(CHOICES, app({ TRELLO_API_KEY: "another-key-123" }));
    expect(await ending(login)).toEqual(
      without(/^UNAUTHENTICATED: Trello does not know the API key.* TRELLO_API_KEY/m),
    );
  });

  test("the app's secret is wrong", async () => {
    const login = startLogin(CHOICES, app({ TRELLO_API_SECRET: "another-secret-123" }));
    expect(await ending(login)).toEqual(
      without(/^UNAUTHENTICATED: Trello refused the OAuth 1.0 signature.* TRELLO_API_SECRET/m),
    );
    expect(login.stderr()).not.toContain("another-secret-123");
  });

  test("this machine's clock is wrong", async () => {
    ahead = 400_000;
    expect(await ending(startLogin(CHOICES, app()))).toEqual(
      without(/^UNAUTHENTICATED: .*signature.* clock/m),
    );
  });

  test("the last answer is lost", async () => {
    const lossy = await startSandbox({
      world: sandbox.world,
      faults: [{ operation: "POST /OAuthGetAccessToken", attempt: 1, kind: "reset_after" }],
    });
    const login = startLogin(CHOICES, app({ TRELLO_API_BASE_URL: lossy.trelloUrl }));
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(1);
    expect(login.stderr()).toMatch(/^UPSTREAM_UNAVAILABLE: .*no token.* can be revoked/m);
    // Sending the verifier again could not have worked: it was used up.
    expect(lossy.requests.filter(({ operation }) => operation?.endsWith("AccessToken"))).toHaveLength(1);
    await lossy.close();
  });

  test.each([
    [[], {}, 2, /^login needs --scopes/],
    [["--scopes", "read"], {}, 2, /^login needs --expiry/],
    [["--scopes", "write", "--expiry", "1day"], {}, 2, /^--scopes takes read, /],
    [["--scopes", "read,root", "--expiry", "1day"], {}, 2, /^--scopes takes read, /],
    [["--scopes", "read", "--expiry", "1year"], {}, 2, /^--expiry takes 1hour, 1day, 30days or never\./],
    [["--force"], {}, 2, /^--force needs --write-env/],
    [["--port", "70000"], {}, 2, /^--port takes/],
    [CHOICES, { TRELLO_API_SECRET: "" }, 1, /^CONFIG_INVALID: TRELLO_API_SECRET is missing\. Set it: /],
    [
      CHOICES,
      { TRELLO_API_BASE_URL: "http://trello.example" },
      1,
      /^CONFIG_INVALID: TRELLO_API_BASE_URL must/,
    ],
  ])("typed or set wrong: %j %j", async (args, env, code, line) => {
    const login = startLogin(args, app(env));
    expect(await login.ended).toBe(code);
    expect(login.stderr()).toMatch(line);
    expect(sandbox.requests).toEqual([]);
  });
});

describe("login --write-env", () => {
  const path = () => join(folder, "trello.env");
  const writing = (...more: string[]) =>
    startLogin([...CHOICES, "--write-env", "trello.env", ...more], app(), { folder });

  test("writes a file for its owner's eyes, and nothing to standard output", async () => {
    const login = writing();
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(0);
    expect(settingsIn(await readFile(path(), "utf8"))).toEqual({
      TRELLO_API_TOKEN: made()[0]?.token,
      TRELLO_TOKEN_SECRET: made()[0]?.secret,
    });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(login.stdout()).toBe("");
    expect(login.stderr()).not.toContain(made()[0]?.token);
  });

  test("is a record of the audit log, like the logout", async () => {
    const store = { IDENTITY_STORE_URL: `sqlite:${join(folder, "store.db")}` };
    const login = startLogin(CHOICES, app(store));
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(0);
    const settings = { ...app(store), ...settingsIn(login.stdout()) };
    expect((await runInProcess(logout, [], { env: settings })).code).toBe(0);
    const { stdout } = await runInProcess(audit, ["export"], { env: settings });
    const records = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(records).toMatchObject([
      {
        event: "sign_in",
        principal: sandbox.world.trello.tokens.get(SEED.tokens.full)?.idMember,
        facts: { way: "OAuth 1.0", by: userInfo().username, scopes: ["read", "write"] },
      },
      {
        event: "sign_out",
        principal: sandbox.world.trello.tokens.get(SEED.tokens.full)?.idMember,
        facts: { way: "OAuth 1.0" },
      },
    ]);
    for (const secret of Object.values(settingsIn(login.stdout()))) expect(stdout).not.toContain(secret);
  });

  test.each([
    ["a store that cannot be opened", () => ({ IDENTITY_STORE_URL: `sqlite:${folder}` }), "STORE_FAILED"],
    ["another setting that is wrong", () => ({ IDENTITY_CONFIRMATION: "none" }), "CONFIG_INVALID"],
  ])("with %s, the token is still printed, and the missing record is told", async (_, settings, code) => {
    const login = startLogin(CHOICES, app(settings()));
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(0);
    expect(settingsIn(login.stdout())["TRELLO_API_TOKEN"]).toBe(made()[0]?.token);
    expect(login.stderr()).toContain(`The audit log has no record of this login: ${code}: `);
  });

  test("leaves an existing file alone, before anybody is asked anything", async () => {
    await writeFile(path(), "mine");
    const login = writing();
    expect(await login.ended).toBe(1);
    expect(login.stderr()).toMatch(/^CONFLICT: .* --force/);
    expect(await readFile(path(), "utf8")).toBe("mine");
    expect(sandbox.requests).toEqual([]);
  });

  test("replaces it with --force, at the end, and closes it to others", async () => {
    await writeFile(path(), "mine", { mode: 0o644 });
    const login = writing("--force");
    const address = await login.address();
    expect(await readFile(path(), "utf8")).toBe("mine");
    await follow(await press(address, "allow"));
    expect(await login.ended).toBe(0);
    expect(await readFile(path(), "utf8")).toContain(made()[0]?.token);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["trello.env"]);
  });

  test.each([[[]], [["--force"]]])(
    "a login that failed leaves nothing behind %j",
    async (force: string[]) => {
      if (force.length > 0) await writeFile(path(), "mine");
      const login = writing(...force);
      await follow(await press(await login.address(), "deny"));
      expect(await login.ended).toBe(1);
      expect(await readdir(folder)).toEqual(force.length > 0 ? ["trello.env"] : []);
    },
  );

  test("a place where nothing can be written is told at once", async () => {
    const login = startLogin([...CHOICES, "--write-env", "no/such/folder/x"], app(), { folder });
    expect(await login.ended).toBe(1);
    expect(login.stderr()).toMatch(/^CONFIG_INVALID: The file for the settings cannot be made/);
    expect(sandbox.requests).toEqual([]);
  });
});

describe("login --open", () => {
  const PATIENCE = { timeout: 20_000 };

  async function browserThat(script: string): Promise<string> {
    await writeFile(join(folder, "xdg-open"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "xdg-open"), 0o755);
    return `${folder}:/usr/bin:/bin`;
  }

  test("hands the address to the browser, and no setting", async () => {
    const PATH = await browserThat(`env > ${folder}/env; printf %s "$1" > ${folder}/opened`);
    const login = startLogin([...CHOICES, "--open"], app({ PATH }));
    const address = await login.address();
    await vi.waitFor(async () => {
      expect(await readFile(join(folder, "opened"), "utf8")).toBe(address.href);
    }, PATIENCE);
    const given = await readFile(join(folder, "env"), "utf8");
    expect(given).toMatch(/^PATH=/m);
    expect(given).not.toContain("TRELLO");
    await follow(await press(address, "allow"));
    expect(await login.ended).toBe(0);
  });

  test("goes on where there is no browser, and opens none unasked", async () => {
    const login = startLogin([...CHOICES, "--open"], app({ PATH: folder }));
    await vi.waitFor(() => expect(login.stderr()).toContain("No browser could be started"), PATIENCE);
    await follow(await press(await login.address(), "allow"));
    expect(await login.ended).toBe(0);

    const PATH = await browserThat(`: > ${folder}/opened`);
    const unasked = startLogin(CHOICES, app({ PATH }));
    await follow(await press(await unasked.address(), "allow"));
    expect(await unasked.ended).toBe(0);
    expect(await readdir(folder)).not.toContain("opened");
  });
});
