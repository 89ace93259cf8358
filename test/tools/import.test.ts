import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { World } from "../../src/sandbox/index.ts";
import type { TestClient } from "../support/client.ts";
import { connect } from "../support/connect.ts";
import { sayYes } from "../support/matrix.ts";
import { MAIN, startProduct, type TestProduct } from "../support/product.ts";
import { warningsOf } from "./changes.ts";
import { storedRunIds } from "./decisions.ts";
import { liftBudgets, writesOf } from "./describe-tool.ts";
import { invitedTo, WORKSPACES } from "./world.ts";
import { EVERY_WAY } from "../support/suites.ts";

const { standard } = WORKSPACES;
/** `npm run test:every-way` imports 500 rows, of which 20 are wrong. */
const GOOD = EVERY_WAY ? 480 : 96;
const WRONG = GOOD / 24;
/** Effects that are under way at once, at most. */
const MOST_AT_ONCE = 6;
const emails = Array.from({ length: GOOD }, (_, n) => `import.${n}@partner.example.org`);

/** Every 25th row is wrong, starting with the first. */
const csv = [
  "email,role,team,fullName",
  ...emails.flatMap((email, n) => [
    ...(n % 24 === 0 ? [n % 48 === 0 ? `broken ${n},,,` : `${email.replace("import", "x")},emperor,,`] : []),
    `${email},member,,Import ${n}`,
  ]),
].join("\n");

const ARGS = { workspace: standard.id, csv };

/** How often each email was invited to the workspace, by the action feed. */
function invitations({ trello }: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, data } of trello.actions) {
    const email = trello.members.get(String(data["idMember"]))?.email ?? "";
    if (type === "unconfirmedOrganizationInvitation" && email.startsWith("import."))
      counts.set(email, (counts.get(email) ?? 0) + 1);
  }
  return counts;
}

/** The program behind a client that is to lose it. */
async function serve(product: TestProduct): Promise<{ readonly client: TestClient; readonly pid: number }> {
  const kind = { sdk: "v2", era: "modern" } as const;
  const client = await connect(
    kind,
    { kind: "spawn", args: [MAIN, "stdio"], env: product.env },
    { elicit: sayYes },
  );
  onTestFinished(() => client.close());
  if (client.pid === null) throw new Error("the program has no process id");
  return { client, pid: client.pid };
}

/** Starts the import and kills the program with half of it done. */
async function importHalf({ client, pid }: Awaited<ReturnType<typeof serve>>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let killed = false;
    const onProgress = ({ progress }: { readonly progress: number }) => {
      if (killed || progress < GOOD / 2) return;
      killed = true;
      process.kill(pid, "SIGKILL");
      resolve();
    };
    client.call("invite_members", ARGS, { onProgress }).then(
      ({ text }) => reject(new Error(`the import ended before it was stopped: ${text.slice(0, 300)}`)),
      () => undefined,
    );
  });
}

describe(`an import of ${GOOD + WRONG} rows with ${WRONG} wrong ones`, () => {
  it("survives kill -9 halfway: nobody is invited twice, nobody is forgotten, and again changes nothing", async () => {
    const product = await startProduct({ sandbox: { rateLimits: false } });
    onTestFinished(() => product.close());
    await liftBudgets(product);
    const { world } = product.sandbox;
    await importHalf(await serve(product));
    const halfway = invitations(world).size;
    expect(halfway).toBeGreaterThanOrEqual(GOOD / 2);
    expect(halfway).toBeLessThan(GOOD);

    const { client } = await serve(product);
    const [runId, ...others] = storedRunIds(product);
    expect(others).toEqual([]);
    const run = await vi.waitFor(
      async () => {
        const { structured } = await client.call("get_run", { runId });
        expect(["applied", "partial"]).toContain(structured["state"]);
        return structured;
      },
      // A process that is dead but not yet reaped counts as alive, and then its lease has to lapse first.
      { timeout: 120_000, interval: 250 },
    );
    // An invitation whose answer died with the process is not sent again blindly: it came, or it is named.
    const { unfinished } = (run as { readonly evidence: { readonly unfinished: readonly string[] } })
      .evidence;
    const lost = emails.filter((email) => unfinished.some((line) => line.includes(email)));
    expect(lost.length).toBeLessThanOrEqual(MOST_AT_ONCE);
    expect(new Set(invitations(world).values())).toEqual(new Set([1]));
    expect(emails.filter((email) => !invitedTo(world, standard.id, email) && !lost.includes(email))).toEqual(
      [],
    );

    // What did not come can be asked for again; the sandbox's emails show who came.
    const missing = emails.filter((email) => !invitedTo(world, standard.id, email));
    if (missing.length > 0)
      await client.call("invite_members", { workspace: standard.id, emails: missing.join(", ") });
    expect(invitations(world)).toEqual(new Map(emails.map((email) => [email, 1])));

    product.sandbox.resetRequests();
    const again = await client.call("invite_members", ARGS);
    expect(again.structured).toMatchObject({ status: "already" });
    const planned = await client.call("invite_members", { ...ARGS, dryRun: true });
    const named = warningsOf(planned).flatMap((text) => /^Line (\d+) skipped/.exec(text)?.[1] ?? []);
    expect(named).toEqual(Array.from({ length: WRONG }, (_, n) => String(2 + n * 25)));
    expect(writesOf(product)).toEqual([]);
  }, 180_000);
});
