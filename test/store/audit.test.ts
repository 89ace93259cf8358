import * as fc from "fast-check";
import Libsql from "libsql";
import { describe, expect, it } from "vitest";
import { chainHash } from "../../src/store/chain.ts";
import type { AuditLog } from "../../src/domain/audit.ts";
import { BACKENDS, newStore, opened, SQLITE } from "./backends.ts";
import { anEvent } from "./fixtures.ts";

const ZEROS = "0".repeat(64);

async function append(audit: AuditLog, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await audit.append(anEvent({ subject: `run_${index}` }));
}

describe.each(BACKENDS)("the audit log on $name", (backend) => {
  it("chains each record to the one before and reads it back as it was appended", async () => {
    const { audit } = await newStore(backend);
    const odd = anEvent({
      subject: "Zoë \ud800 \u0000 🙂",
      facts: { b: [1.5, null, { z: 1, a: "x" }], a: false },
    });
    const first = await audit.append(odd);
    const second = await audit.append(anEvent());
    expect(first).toMatchObject({ ...odd, seq: 1, previous: ZEROS });
    expect(second).toMatchObject({ seq: 2, previous: first.hash });
    expect(await audit.read({ limit: 10 })).toEqual([first, second]);
    expect(await audit.verify()).toMatchObject({ records: 2, broken: null });
  });

  it("hashes the record before and the sorted JSON of the event, nothing else", async () => {
    const { audit } = await newStore(backend);
    const { hash } = await audit.append(anEvent());
    const sorted =
      '{"at":"2026-03-01T12:00:00.000Z","client":"test/1","event":"run.started","facts":{"by":"jo","effects":3},' +
      '"principal":"m9","subject":"run_1","tool":"remove_from_boards"}';
    expect(hash).toBe(chainHash(ZEROS, sorted));
  });

  it("reads in pages and verifies across them", async () => {
    const { audit } = await newStore(backend);
    expect(await audit.verify()).toMatchObject({ records: 0, broken: null });
    await append(audit, 1003);
    const page = await audit.read({ after: 500, limit: 3 });
    expect(page.map(({ seq }) => seq)).toEqual([501, 502, 503]);
    expect(await audit.verify()).toMatchObject({ records: 1003, broken: null });
    // Each record is synced to the disk, which may be a slow one.
  }, 120_000);

  it("holds one chain under appends at once, while it is verified", async () => {
    const { audit } = await newStore(backend);
    const appends = Promise.all(Array.from({ length: 50 }, () => append(audit, 4)));
    for (let round = 0; round < 20; round += 1) expect((await audit.verify()).broken).toBeNull();
    await appends;
    expect(await audit.verify()).toMatchObject({ records: 200, broken: null });
  });
});

describe("tampering with the audit table of a SQLite file", () => {
  const RECORDS = 12;
  const change = fc.constantFrom(
    "UPDATE audit SET body = replace(body, 'm9', 'm8') WHERE seq = $n",
    "UPDATE audit SET body = body || ' ' WHERE seq = $n",
    "UPDATE audit SET hash = replace(hash, substr(hash, 1, 4), 'zzzz') WHERE seq = $n",
    "UPDATE audit SET previous = upper(previous) || '.' WHERE seq = $n",
    "DELETE FROM audit WHERE seq = $n",
    "DELETE FROM audit WHERE seq >= $n",
    "UPDATE audit SET body = (SELECT body FROM audit WHERE seq <> $n LIMIT 1) WHERE seq = $n",
    "UPDATE audit SET seq = seq + 1000 WHERE seq >= $n",
  );

  it("is named by the first record that does not fit", async () => {
    const url = await SQLITE.newUrl();
    const { audit } = await opened(url);
    await append(audit, RECORDS);
    const table = new Libsql(url.slice("sqlite:".length));
    const original = table.prepare("SELECT * FROM audit").all([]) as { seq: number }[];
    await fc.assert(
      fc.asyncProperty(change, fc.integer({ min: 1, max: RECORDS }), async (sql, n) => {
        table.exec(sql.replaceAll("$n", String(n)));
        try {
          expect(await audit.verify()).toMatchObject({ broken: n });
        } finally {
          table.exec("DELETE FROM audit");
          const insert = table.prepare("INSERT INTO audit VALUES (?, ?, ?, ?)");
          for (const row of original) insert.run(Object.values(row));
        }
      }),
      { numRuns: 60 },
    );
    expect(await audit.verify()).toMatchObject({ records: RECORDS, broken: null });
    table.close();
  });

  it("is seen where the end of the chain was computed anew", async () => {
    const url = await SQLITE.newUrl();
    const { audit } = await opened(url);
    await append(audit, 3);
    const [, second, third] = await audit.read({ limit: 3 });
    if (!second || !third) throw new Error("records are missing");
    const table = new Libsql(url.slice("sqlite:".length));
    const body = '{"forged":true}';
    table
      .prepare("UPDATE audit SET body = ?, hash = ? WHERE seq = 3")
      .run([body, chainHash(second.hash, body)]);
    table.close();
    expect(await audit.verify()).toMatchObject({ records: 2, broken: 3 });
  });
});
