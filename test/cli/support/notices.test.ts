import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createNotices } from "../../../src/cli/support/notices.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { createSecret } from "../../../src/config/secret.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { hastyClock, type Stack, startStack } from "../../support/stack.ts";

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const posted: Posted[] = [];
/** What the webhook answers next; then 200. */
const answers: number[] = [];
const webhook = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  request.once("end", () => {
    posted.push({ headers: request.headers, text });
    response.writeHead(answers.shift() ?? 200).end();
  });
});

const HOSTILE = `<!channel> [click](https://evil.example) *bold* <https://evil.example|x> & "`;
let url: string;
let stack: Stack;
const logged: string[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => void webhook.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(webhook.address() as { port: number }).port}/hook?sig=s3cret`;
  stack = await startStack({ sandbox: { rateLimits: false }, windowMs: 50 });
});
afterAll(async () => {
  await stack.close();
  webhook.close();
});

function noticesIn(format: "slack" | "teams" | "json", pagesUrl: string | null = null) {
  const notify = { url: createSecret(url), format, secret: createSecret("signing-secret") };
  return createNotices({ notify }, stack.engine, {
    clock: hastyClock,
    log: (level, facts, message) => logged.push(JSON.stringify({ level, facts, message })),
    pagesUrl,
  });
}

async function planned() {
  return await stack.engine.propose(
    "remove_from_boards",
    { workspace: SEED.workspaces.enterprise.id, member: SEED.leaver.id, reason: HOSTILE, ticket: "HR-1" },
    stack.caller,
  );
}

async function posts(count: number): Promise<readonly Posted[]> {
  await vi.waitFor(() => expect(posted).toHaveLength(count));
  return posted.splice(0);
}

describe("a notice", () => {
  it.each(["slack", "teams", "json"] as const)(
    "is told once in the format %s, with names as text",
    async (format) => {
      const notices = noticesIn(format);
      const plan = await planned();
      notices.waiting(plan);
      notices.waiting(plan);
      const [{ text, headers } = { text: "", headers: {} }] = await posts(1);
      expect(text).toContain("A plan waits for a person");
      expect(text).toContain("HR-1");
      for (const secret of [SEED.app.key, SEED.tokens.full, "signing-secret", "s3cret"])
        expect(text).not.toContain(secret);
      const body = JSON.parse(text) as Record<string, unknown>;
      if (format === "slack") {
        expect(String(body["text"])).not.toMatch(/[<>]/);
        // Every other text is plain, so that a name is neither a link nor a call.
        expect(text).not.toContain("mrkdwn");
      }
      if (format === "teams") {
        expect(body).toMatchObject({ type: "message", attachments: [{ content: { type: "AdaptiveCard" } }] });
        expect(text).not.toContain("[click](https");
      }
      const signature = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-identity-signature"]));
      expect(signature !== null).toBe(format === "json");
      if (signature) {
        const expected = createHmac("sha256", "signing-secret")
          .update(`${signature[1]}.${text}`)
          .digest("hex");
        expect(signature[2]).toBe(expected);
        expect(body).toMatchObject({ event: "plan.waiting", planId: plan.id, runId: null });
      }
      notices.close();
    },
  );

  it.each([
    ["slack", (url: string) => `"text":"<${url}|Open the plan>"`],
    [
      "teams",
      (url: string) => `"actions":[{"type":"Action.OpenUrl","title":"Open the plan","url":"${url}"}]`,
    ],
    ["json", (url: string) => `"url":"${url}"`],
  ] as const)("links to the page of the service in the format %s", async (format, link) => {
    const notices = noticesIn(format, "https://identity.example/approvals");
    const plan = await planned();
    notices.waiting(plan);
    const [{ text } = { text: "" }] = await posts(1);
    expect(text).toContain(link(`https://identity.example/approvals/plans/${plan.id}`));
    expect(text).toContain("where you sign in");
    expect(text).not.toContain("approvals open");
    notices.close();
  });

  it("tells the end of a run with its evidence", async () => {
    const notices = noticesIn("json");
    const plan = await planned();
    await notices.engine.storePlan(plan);
    await notices.engine.decide(plan.id, { accepted: true, level: "approval", by: "it-admin" });
    const run = await notices.engine.apply(plan.id, stack.caller);
    const [{ text } = { text: "" }] = await posts(1);
    expect(JSON.parse(text)).toMatchObject({ event: "run.finished", runId: run.id, planId: plan.id });
    expect(text).toContain("PASS: Remove");
    expect(text).toContain("it-admin");
    notices.close();
  });

  it.each([
    [[503, 429, 500], 4],
    [[400], 1],
    [[503, 503, 503, 503], 4],
  ])("is tried again after what may pass, and no more (%j)", async (statuses, tries) => {
    answers.push(...statuses);
    logged.splice(0);
    const notices = noticesIn("slack");
    notices.waiting(await planned());
    await posts(tries);
    const isLost = statuses.length === tries;
    if (isLost) await vi.waitFor(() => expect(logged).toHaveLength(1));
    expect(logged.join("")).not.toContain("127.0.0.1");
    expect(logged.join("")).not.toContain("s3cret");
    notices.close();
  });
});

describe("the settings", () => {
  const load = (env: Readonly<Record<string, string>>) =>
    loadConfig({
      env,
      flags: {},
      machine: { platform: "linux", home: "/home/x", folder: "/" },
      readFile: () => Promise.reject(new Error("there is no file")),
      needsTrello: false,
      toolNames: () => Promise.resolve([]),
    });

  it.each([
    ["https://hooks.slack.com/services/T/B/x", "slack"],
    ["https://acme.webhook.office.com/webhookb2/x", "teams"],
    ["https://prod-01.westeurope.logic.azure.com:443/workflows/x?sig=y", "teams"],
  ])("choose the format of %s by its address", async (address, format) => {
    expect((await load({ IDENTITY_NOTIFY_URL: address })).notify?.format).toBe(format);
    const chosen = await load({
      IDENTITY_NOTIFY_URL: address,
      IDENTITY_NOTIFY_FORMAT: "json",
      IDENTITY_NOTIFY_SECRET: "s",
    });
    expect(chosen.notify?.format).toBe("json");
  });

  it.each([
    [{ IDENTITY_NOTIFY_URL: "http://example.com/x" }, "IDENTITY_NOTIFY_URL must be an address"],
    [{ IDENTITY_NOTIFY_URL: "not an address" }, "IDENTITY_NOTIFY_URL must be an address"],
    [{ IDENTITY_NOTIFY_URL: "https://example.com/x" }, "IDENTITY_NOTIFY_SECRET is missing"],
    [{ IDENTITY_NOTIFY_URL: "https://slack.com.evil.example/x" }, "IDENTITY_NOTIFY_SECRET is missing"],
  ])("stop the start when they are wrong: %j", async (env, problem) => {
    await expect(load(env)).rejects.toMatchObject({ message: expect.stringContaining(problem) as string });
  });
});
