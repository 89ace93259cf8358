import Database from "libsql";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { World } from "../../src/sandbox/index.ts";
import type { TestClient } from "../support/client.ts";
import { connect } from "../support/connect.ts";
import { startHttpProcess } from "../support/http-process.ts";
import { MAIN, startProduct, type TestProduct } from "../support/product.ts";
import { liftBudgets, writesOf } from "./describe-tool.ts";
import { invitedTo, WORKSPACES } from "./world.ts";

const { standard } = WORKSPACES;
const GOOD = 480;
const emails = Array.from({ length: GOOD }, (_, n) => `import.${n}@partner.example.org`);

/** 500 rows, 20 of them wrong: every 25th, starting with the first. */
const csv = [
  "email,role,team,fullName",
  ...emails.flatMap((email, n) => [
    ...(n % 24 === 0 ? [n % 48 === 0 ? `broken ${n},,,` : `${email.replace("import", "x")},emperor,,`] : []),
    `${email},member,,Import ${n}`,
  ]),
].join("\n");

/** How often each email was invited to the workspace, by the action feed. */
function invitations({ trello }: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, data } of trello.actions) {
    const email = trello.members.get(String(data["idMember"]))?.email ?? "";
    if (type === "addMemberToOrganization" && email.startsWith("import.")) counts.set(email, (counts.get(email) ?? 0) + 1);
  }
  return counts;
}

function runIds({ env }: TestProduct): readonly string[] {
  const file = new Database((env["IDENTITY_STORE_URL"] ?? "").replace(/^sqlite:/, ""));
  const rows = file.prepare("SELECT id FROM runs").all([]) as { id: string }[];
  file.close();
  return rows.map(({ id }) => id);
}

interface Server {
  readonly client: TestClient;
  readonly pid: number;
}

/** A server process of its own behind a client, since one of them is to be killed. */
async function serve(product: TestProduct, transport: "stdio" | "http"): Promise<Server> {
  if (transport === "stdio") {
    const kind = { sdk: "v2", era: "modern" } as const;
    const client = await connect(kind, { kind: "spawn", args: [MAIN, "stdio"], env: product.env });
    onTestFinished(() => client.close());
    return { client, pid: client.pid ?? 0 };
  }
  const server = await startHttpProcess([MAIN, "http"], product.env);
  onTestFinished(async () => void (await server.stop()));
  const client = await connect({ sdk: "v2", era: "legacy" }, { kind: "url", url: server.url });
  onTestFinished(() => client.close().catch(() => undefined));
  return { client, pid: server.pid };
}

describe.each(["stdio", "http"] as const)("an import of 500 rows with 20 wrong ones, over %s", (transport) => {
  it("survives kill -9 halfway: nobody is invited twice, nobody is forgotten, and again changes nothing", async () => {
    const product = await startProduct({ sandbox: { rateLimits: false } });
    onTestFinished(() => product.close());
    await liftBudgets(product);
    const args = { workspace: standard.id, csv };
    const { world } = product.sandbox;

    const first = await serve(product, transport);
    let killed = false;
    const cut = first.client.call("invite_members", args, {
      onProgress: ({ progress }) => {
        if (killed || progress < GOOD / 2) return;
        killed = true;
        process.kill(first.pid, "SIGKILL");
      },
    });
    await expect(cut).rejects.toThrow();
    const halfway = invitations(world).size;
    expect(halfway).toBeGreaterThanOrEqual(GOOD / 2);
    expect(halfway).toBeLessThan(GOOD);

    const second = await serve(product, transport);
    const [runId, ...others] = runIds(product);
    expect(others).toEqual([]);
    await vi.waitFor(
      async () => expect((await second.client.call("get_run", { runId })).structured).toMatchObject({ state: "applied" }),
      { timeout: 25_000, interval: 100 },
    );
    const run = await second.client.call("get_run", { runId });
    expect(run.structured).toMatchObject({ evidence: { result: "PASS", remaining: [] } });
    expect(invitations(world)).toEqual(new Map(emails.map((email) => [email, 1])));
    for (const email of emails) expect(invitedTo(world, standard.id, email)).toBeDefined();

    product.sandbox.resetRequests();
    const again = await second.client.call("invite_members", args);
    expect(again.structured).toMatchObject({ status: "already" });
    expect(writesOf(product)).toEqual([]);
  }, 60_000);

  it("names the wrong rows by line before anything is sent", async () => {
    const product = await startProduct({ sandbox: { rateLimits: false } });
    onTestFinished(() => product.close());
    await liftBudgets(product);
    const { client } = await serve(product, transport);
    const { structured } = await client.call("invite_members", { workspace: standard.id, csv, dryRun: true });
    const { warnings, impact } = structured["plan"] as { warnings: string[]; impact: { writes: number } };
    expect(impact.writes).toBe(GOOD);
    const lines = warnings.flatMap((text) => /^Line (\d+) left out/.exec(text)?.[1] ?? []);
    expect(lines).toEqual(Array.from({ length: 20 }, (_, n) => String(2 + n * 25)));
    expect(writesOf(product)).toEqual([]);
  });
});
