import Libsql from "libsql";
import { describe, expect, test } from "vitest";
import { chainHash, GENESIS } from "../../src/store/chain.ts";
import type { Store } from "../../src/store/store.ts";
import { opened, SQLITE } from "./backends.ts";
import { aDecision, anEntry, aPlan, aRun, at, NOON, PASS, someEffects } from "./fixtures.ts";

/** A store with one plan of each state, a run that ended and one that goes on. */
async function fill(store: Store): Promise<void> {
  const [accepted, declined, stale, waiting] = [aPlan(), aPlan(), aPlan(), aPlan()] as const;
  for (const plan of [accepted, declined, stale, waiting]) await store.plans.put(plan);
  await store.plans.decide(aDecision(accepted, { by: "jo" }));
  await store.plans.decide(aDecision(declined, { accepted: false }));
  await store.plans.discard(stale.id, { at: at(70), found: null });
  for (const finish of [true, false]) {
    const plan = aPlan({ effects: someEffects(3), ticket: "IT-7" });
    await store.plans.put(plan);
    await store.plans.decide(aDecision(plan));
    const runId = `run_${plan.id}`;
    const start = { runId, principalId: plan.principal.id, holder: "one", at: at(80), leaseMs: 60_000 };
    await store.plans.startRun(plan.id, start);
    for (const index of [0, 1, 2]) {
      await store.runs.append(runId, "one", anEntry(index, "sent", 81));
      await store.runs.append(runId, "one", anEntry(index, "applied", 82));
    }
    if (finish) await store.runs.finish(runId, "one", { state: "applied", evidence: PASS, at: at(90) });
  }
  await aRun(store);
}

interface Tampering {
  readonly sql: string;
  readonly said: RegExp;
}

/** Edits that leave the chain as it is; each is told by what it changed. */
const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  "another decider": {
    sql: `UPDATE plans SET decision = json_set(decision, '$.by', 'Chief Security Officer') WHERE state = 'used'`,
    said: /^The decision on plan \S+ was changed after it was made\.$/,
  },
  "a stronger level": {
    sql: `UPDATE plans SET decision = json_set(decision, '$.level', 'four_eyes') WHERE state = 'accepted'`,
    said: /^The decision on plan/,
  },
  "a no made a yes": {
    sql: `UPDATE plans SET state = 'accepted', decision = json_set(decision, '$.accepted', json('true')) WHERE state = 'declined'`,
    said: /^The decision on plan/,
  },
  "a no made a yes by its state alone": {
    sql: `UPDATE plans SET state = 'accepted' WHERE state = 'declined'`,
    said: /^The decision on plan/,
  },
  "a decision taken away": {
    sql: `UPDATE plans SET state = 'waiting', decision = NULL WHERE state = 'accepted'`,
    said: /^The decision on plan/,
  },
  "a decision nobody made": {
    sql: `UPDATE plans SET state = 'accepted', decision = (SELECT decision FROM plans WHERE state = 'accepted') WHERE state = 'waiting'`,
    said: /^The decision on plan \S+ has no record in the audit log/,
  },
  "an effect dropped, with the old digest": {
    sql: `UPDATE plans SET plan = json_remove(plan, '$.effects[1]') WHERE state = 'used'`,
    said: /^Plan \S+ was changed after it was stored\.$/,
  },
  "another ticket": {
    sql: `UPDATE plans SET plan = json_set(plan, '$.ticket', 'IT-8') WHERE state = 'used'`,
    said: /^Plan \S+ was changed/,
  },
  "a plan added": {
    sql: `INSERT INTO plans SELECT 'plan_new', 'void', created_at, expires_at, plan, NULL FROM plans LIMIT 1`,
    said: /^Plan plan_new has no record in the audit log/,
  },
  "a plan removed": {
    sql: `DELETE FROM plans WHERE state = 'declined'`,
    said: /^Plan \S+ was removed\.$/,
  },
  "evidence that says more": {
    sql: `UPDATE runs SET evidence = json_set(evidence, '$.requests', 400) WHERE evidence IS NOT NULL`,
    said: /^The evidence of run/,
  },
  "evidence taken away": {
    sql: `UPDATE runs SET evidence = NULL, result = NULL, state = 'running' WHERE evidence IS NOT NULL`,
    said: /^The evidence of run/,
  },
  "another end": {
    sql: `UPDATE runs SET state = 'partial' WHERE evidence IS NOT NULL`,
    said: /^The evidence of run/,
  },
  "evidence of a run that has none": {
    sql: `UPDATE runs SET state = 'applied', evidence = (SELECT evidence FROM runs WHERE evidence IS NOT NULL) WHERE evidence IS NULL`,
    said: /^The end of run \S+ has no record in the audit log/,
  },
  "a journal record that was failed": {
    sql: `UPDATE journal SET state = 'failed' WHERE state = 'applied' AND effect = 1`,
    said: /^The journal of run/,
  },
  "a journal record taken away": {
    sql: `DELETE FROM journal WHERE state = 'applied' AND effect = 2`,
    said: /^The journal of run/,
  },
  "a run given to another plan": {
    sql: `UPDATE runs SET plan_id = (SELECT id FROM plans WHERE state = 'waiting') WHERE evidence IS NOT NULL`,
    said: /^Run \S+ has no record in the audit log/,
  },
  "a run removed": {
    sql: `DELETE FROM journal; DELETE FROM effects; DELETE FROM runs`,
    said: /^Run \S+ was removed\.$/,
  },
};

let store: Store;
let table: InstanceType<typeof Libsql>;

async function begin(): Promise<void> {
  const url = await SQLITE.newUrl();
  store = await opened(url);
  await fill(store);
  table = new Libsql(url.slice("sqlite:".length));
  table.exec("PRAGMA foreign_keys = OFF");
}

test("a store that nobody touched is as its chain says", async () => {
  await begin();
  const verified = await store.audit.verify();
  expect(verified).toMatchObject({ broken: null, changed: [], hasHead: true });
  expect(verified.records).toBeGreaterThan(10);
  expect(verified.head).toBe(await store.audit.head());
  table.close();
});

test.each(Object.entries(TAMPERINGS))("%s is told", async (_what, { sql, said }) => {
  await begin();
  table.exec(sql);
  table.close();
  const { broken, changed } = await store.audit.verify();
  expect(broken).toBeNull();
  expect(changed).toContainEqual(expect.stringMatching(said));
});

describe("a head that was kept elsewhere", () => {
  const heads = async (): Promise<readonly [string, string]> => {
    await begin();
    const first = await store.audit.head();
    await store.plans.put(aPlan({ createdAt: NOON }));
    return [first, await store.audit.head()];
  };

  test("is in the chain that went on, with its number or alone", async () => {
    for (const head of (await heads()).flatMap((each) => [each, each.split(":")[1] ?? ""]))
      expect(await store.audit.verify(head)).toMatchObject({ broken: null, hasHead: true });
  });

  test.each(["7", "", `3:${"0".repeat(64)}`, "0".repeat(63)])("%j is in none", async (head) => {
    await heads();
    expect((await store.audit.verify(head)).hasHead).toBe(false);
  });

  test("finds a tail that was cut with all that it told", async () => {
    const [first, last] = await heads();
    const [seq, hash] = first.split(":");
    table.exec(
      `DELETE FROM audit WHERE seq > ${seq}; UPDATE audit_head SET seq = ${seq}, hash = '${hash}'; DELETE FROM plans WHERE id = (SELECT max(id) FROM plans)`,
    );
    // Without it, nothing shows.
    expect(await store.audit.verify(first)).toMatchObject({ broken: null, hasHead: true });
    expect(await store.audit.verify(last)).toMatchObject({ broken: null, hasHead: false });
  });

  test("finds a chain that was written anew without a decision", async () => {
    const [first] = await heads();
    const rows = table.prepare("SELECT body FROM audit ORDER BY seq").all([]) as { body: string }[];
    table.exec("DELETE FROM audit");
    let previous = GENESIS;
    let seq = 0;
    for (const { body } of rows) {
      if (body.includes('"plan.decided"')) continue;
      const hash = chainHash(previous, body);
      seq += 1;
      table.prepare("INSERT INTO audit VALUES (?, ?, ?, ?)").run([seq, body, previous, hash]);
      previous = hash;
    }
    table.prepare("UPDATE audit_head SET seq = ?, hash = ?").run([seq, previous]);
    const { broken, hasHead, changed } = await store.audit.verify(first);
    expect([broken, hasHead]).toEqual([null, false]);
    expect(changed).toContainEqual(
      expect.stringMatching(/^The decision on plan \S+ has no record in the audit log/),
    );
  });
});
