import { chainHash } from "../../../src/store/chain.ts";
import type { Random } from "../../faults/random.ts";
import type { Cell, Row, TableName, Tables } from "./tables.ts";

/** Changes `tables` in place. The caller draws again if nothing is different afterwards. */
type Corrupt = (tables: Tables, random: Random) => void;

const JSON_TEXTS: readonly (readonly [TableName, string])[] = [
  ["plans", "plan"],
  ["plans", "decision"],
  ["runs", "evidence"],
  ["runs", "stopped"],
  ["reviews", "review"],
  ["sign_offs", "sign_off"],
  ["sign_off_entries", "entry"],
];

/** The columns that a process may change without a record: who works on a run and until when. */
const WORKING = new Set(["owner", "lease_until", "destructive"]);

function pickRow(rows: readonly Row[], random: Random, column?: string): Row {
  return random.pick(column === undefined ? rows : rows.filter((row) => row[column] !== null));
}

function flipped(text: string, random: Random): string {
  const place = random.between(0, text.length - 1);
  const other = String.fromCodePoint(
    ((text.codePointAt(place) ?? 0) ^ (1 << random.between(0, 4))) & 0x7f || 0x3f,
  );
  return text.slice(0, place) + other + text.slice(place + 1);
}

const flip =
  (table: TableName, column: string): Corrupt =>
  (tables, random) => {
    const row = pickRow(tables[table], random, column);
    row[column] = flipped(String(row[column]), random);
  };

/** Any object within a structure, the outermost included. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (value === null || typeof value !== "object") return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

const inJson =
  (change: (object: Record<string, unknown>, random: Random) => void): Corrupt =>
  (tables, random) => {
    const [table, column] = random.pick(JSON_TEXTS);
    const row = pickRow(tables[table], random, column);
    const value: unknown = JSON.parse(String(row[column]));
    change(random.pick(objectsIn(value).filter((object) => Object.keys(object).length > 0)), random);
    row[column] = JSON.stringify(value);
  };

const inDecision =
  (name: string, values: readonly unknown[]): Corrupt =>
  (tables, random) => {
    const row = pickRow(tables.plans, random, "decision");
    row["decision"] = JSON.stringify({ ...JSON.parse(String(row["decision"])), [name]: random.pick(values) });
  };

const changedColumn =
  (table: TableName): Corrupt =>
  (tables, random) => {
    const row = pickRow(tables[table], random);
    const column = random.pick(Object.keys(row).filter((name) => !WORKING.has(name)));
    // A key must stay the only one of its value, or the database takes no such row.
    const others = tables[table].map((each) => each[column] ?? null);
    const isKey = new Set(others).size === others.length && others.length > 1;
    const other: Cell = random.pick(others);
    if (isKey)
      row[column] = typeof row[column] === "number" ? 1000 + random.between(0, 99) : `${row[column]}x`;
    else if (column !== "run_id" && column !== "effect" && column !== "n") row[column] = other;
    else if (column === "run_id") row[column] = "run_of_none";
    else row[column] = 1000 + random.between(0, 99);
  };

const deleted =
  (table: TableName): Corrupt =>
  (tables, random) => {
    tables[table].splice(random.between(0, tables[table].length - 1), 1);
  };

/** Everything but the keys of two rows changes places. */
const swapped =
  (table: TableName, columns: readonly string[]): Corrupt =>
  (tables, random) => {
    const rows = table === "journal" ? sealed(tables) : tables[table];
    const [one, other] = [random.pick(rows), random.pick(rows)];
    for (const column of columns) [one[column], other[column]] = [other[column] ?? null, one[column] ?? null];
  };

/** Journal records that the chain has a seal of; records since the last seal are compared with the index alone. */
function sealed({ runs, journal }: Tables): Row[] {
  const ended = new Set(runs.filter((row) => row["evidence"] !== null).map((row) => row["id"]));
  return journal.filter((row) => ended.has(row["run_id"] ?? null));
}

const duplicated =
  (table: TableName): Corrupt =>
  (tables, random) => {
    const rows = table === "journal" ? sealed(tables) : tables[table];
    const copy = { ...random.pick(rows) };
    if (table === "plans") copy["id"] = `${copy["id"]}_copy`;
    if (table === "runs") {
      const used = new Set(tables.runs.map((row) => row["plan_id"]));
      copy["id"] = `${copy["id"]}_copy`;
      copy["plan_id"] = random.pick(tables.plans.filter((row) => !used.has(row["id"] ?? null)))["id"] ?? null;
    }
    const last = (column: string, of: readonly Row[]) => Math.max(...of.map((row) => Number(row[column])));
    if (table === "journal")
      copy["n"] =
        1 +
        last(
          "n",
          tables.journal.filter((row) => row["run_id"] === copy["run_id"]),
        );
    if (table === "effects")
      copy["effect"] =
        1 +
        last(
          "effect",
          tables.effects.filter((row) => row["run_id"] === copy["run_id"]),
        );
    if (table === "sign_off_entries") copy["n"] = 1 + last("n", tables.sign_off_entries);
    if (table === "sign_offs") copy["review_id"] = `${copy["review_id"]}_copy`;
    if (table === "audit") copy["seq"] = random.pick([0, -1, 1 + last("seq", tables.audit)]);
    if (table === "audit_head") copy["id"] = 2;
    tables[table].push(copy);
  };

/** Computes hashes anew from a record on, to the end or for this record alone. */
function rehash(tables: Tables, from: number, to = tables.audit.length): void {
  for (let index = from; index < to; index += 1) {
    const row = tables.audit[index];
    if (!row) return;
    row["previous"] = tables.audit[index - 1]?.["hash"] ?? "0".repeat(64);
    row["hash"] = chainHash(String(row["previous"]), String(row["body"]));
  }
}

/** Makes the kept end of the chain that of its last record. */
function mendEnd(tables: Tables): void {
  const last = tables.audit.at(-1);
  tables.audit_head = [{ id: 1, seq: last?.["seq"] ?? 0, hash: last?.["hash"] ?? "0".repeat(64) }];
}

function subjectOf({ body }: Row): string {
  return (JSON.parse(String(body)) as { subject: string }).subject;
}

function forge(row: Row, random: Random): void {
  const event = JSON.parse(String(row["body"])) as Record<string, unknown>;
  event[random.pick(["at", "principal", "client", "tool"])] = "forged";
  row["body"] = JSON.stringify(event);
}

/** Changes the lists of the records about what was deleted, one record or each of one kind, and writes the chain anew. */
function inDeleted(
  tables: Tables,
  random: Random,
  change: (ids: readonly string[], of: string) => readonly string[],
): void {
  const rows = tables.audit.filter(({ body }) => String(body).includes('"retention.deleted"'));
  const row = random.pick(rows);
  const event = JSON.parse(String(row["body"])) as { facts: Record<string, unknown> };
  for (const of of ["plans", "runs", "reviews"])
    event.facts[of] = change(event.facts[of] as readonly string[], of);
  row["body"] = JSON.stringify(event);
  rehash(tables, 0);
  mendEnd(tables);
}

/** Each way in which a store is bent, without a head that was kept elsewhere. */
export const KINDS: Readonly<Record<string, Corrupt>> = {
  "a character of a plan": flip("plans", "plan"),
  "a character of a decision": flip("plans", "decision"),
  "a character of evidence": flip("runs", "evidence"),
  "a character of why a run was stopped": flip("runs", "stopped"),
  "a character of a review's list": flip("reviews", "review"),
  "a character of a named review": flip("sign_offs", "sign_off"),
  "a character of a reviewer's decision": flip("sign_off_entries", "entry"),
  "a character of the list afterwards": (tables, random) => {
    const row = tables.reviews.find(({ id }) => id === "review_3");
    if (row) row["review"] = flipped(String(row["review"]), random);
  },
  "a named review removed": deleted("sign_offs"),
  "a reviewer's decision removed": deleted("sign_off_entries"),
  "a review's list removed": deleted("reviews"),
  "a named review copied": duplicated("sign_offs"),
  "a reviewer's decision copied": duplicated("sign_off_entries"),
  "a reviewer's decision turned around": (tables) => {
    const row = tables.sign_off_entries.find(({ entry }) => String(entry).includes('"decision":"remove"'));
    if (row) row["entry"] = String(row["entry"]).replace('"decision":"remove"', '"decision":"keep"');
  },
  "another reviewer's decision": swapped("sign_off_entries", ["entry"]),
  "a named review's time": (tables, random) => {
    pickRow(tables.sign_offs, random)["at"] = "2020-01-01T00:00:00.000Z";
  },
  "a character of a record": flip("audit", "body"),
  "a character of a record's hash": flip("audit", "hash"),
  "a character of the hash before": flip("audit", "previous"),
  "a character of the kept end": flip("audit_head", "hash"),
  "a field changed in JSON": inJson((object, random) => {
    object[random.pick(Object.keys(object))] = random.pick(["x", 7, true, null, [], {}]);
  }),
  "a field taken out of JSON": inJson((object, random) => {
    delete object[random.pick(Object.keys(object))];
  }),
  "a field put into JSON": inJson((object, random) => {
    object[`extra_${random.between(0, 9)}`] = random.pick([0, "", false, null]);
  }),
  "a text cut off": (tables, random) => {
    const [table, column] = random.pick(JSON_TEXTS);
    const row = pickRow(tables[table], random, column);
    const text = String(row[column]);
    row[column] = random.pick([text.slice(0, random.between(0, text.length - 1)), "null", "[]", `${text} `]);
  },
  "a decision's person": inDecision("by", ["Chief Security Officer", "", null, "root"]),
  "a decision's email": inDecision("email", ["ciso@example.com", ""]),
  "a decision's level": inDecision("level", ["two_step", "client", "approval", "four_eyes"]),
  "a decision's answer": inDecision("accepted", [true, false]),
  "a decision's time": inDecision("at", ["2020-01-01T00:00:00.000Z", "soon"]),
  "a plan's state": (tables, random) => {
    pickRow(tables.plans, random)["state"] = random.pick(["waiting", "accepted", "declined", "used", "void"]);
  },
  "a decision taken away": (tables, random) => {
    Object.assign(pickRow(tables.plans, random, "decision"), { decision: null, state: "waiting" });
  },
  "another plan's decision": swapped("plans", ["decision", "state"]),
  "another plan's text": swapped("plans", ["plan"]),
  "another run's evidence": swapped("runs", ["evidence", "state", "result", "ended_at"]),
  "another run's plan": swapped("runs", [
    "principal",
    "tool",
    "summary",
    "started_at",
    "ended_at",
    "effects",
  ]),
  "a run's result": (tables, random) => {
    const row = pickRow(tables.runs, random, "evidence");
    const result = random.pick(["PASS", "UNVERIFIED", "INCOMPLETE", "FAIL"]);
    const evidence = JSON.stringify({ ...JSON.parse(String(row["evidence"])), result });
    Object.assign(row, { result, evidence, state: result === "PASS" ? "applied" : "partial" });
  },
  "a run's result column": (tables, random) => {
    pickRow(tables.runs, random)["result"] = random.pick(["PASS", "FAIL", null]);
  },
  "a run's end taken away": (tables, random) => {
    const row = pickRow(tables.runs, random, "ended_at");
    Object.assign(row, { evidence: null, result: null, stopped: null, ended_at: null, state: "running" });
  },
  "a stopped or cancelled run set going": (tables, random) => {
    const rows = tables.runs.filter((row) => row["state"] === "stopped" || row["state"] === "cancelled");
    Object.assign(random.pick(rows), { state: "running", stopped: null, ended_at: null });
  },
  "a column of a plan": changedColumn("plans"),
  "a column of a run": changedColumn("runs"),
  "a column of a journal record": (tables, random) => {
    const row = random.pick(sealed(tables));
    const column = random.pick(["state", "at", "error", "requests", "effect"]);
    row[column] = random.pick(sealed(tables))[column] ?? null;
  },
  "a state in the journal of an open run": (tables, random) => {
    pickRow(tables.journal, random)["state"] = random.pick([
      "pending",
      "sent",
      "applied",
      "failed",
      "already",
    ]);
  },
  "a column of an effect": changedColumn("effects"),
  "a column of a record": changedColumn("audit"),
  "a column of the kept end": (tables, random) => {
    const [row] = tables.audit_head;
    if (row) row["seq"] = random.between(0, 2 * tables.audit.length);
  },
  "a plan removed": deleted("plans"),
  "a run removed": deleted("runs"),
  "a journal record removed": deleted("journal"),
  "an effect removed": deleted("effects"),
  "a record removed": deleted("audit"),
  "the kept end removed": deleted("audit_head"),
  "two records swapped": swapped("audit", ["body", "previous", "hash"]),
  "two texts of records swapped": swapped("audit", ["body"]),
  "two journal records swapped": swapped("journal", ["effect", "state", "at", "error", "requests"]),
  "a plan copied": duplicated("plans"),
  "a run copied": duplicated("runs"),
  "a journal record copied": duplicated("journal"),
  "an effect copied": duplicated("effects"),
  "a record copied": duplicated("audit"),
  "the kept end copied": duplicated("audit_head"),
  "a gap in the numbers": (tables, random) => {
    const from = random.between(0, tables.audit.length - 1);
    for (const row of tables.audit.slice(from)) row["seq"] = Number(row["seq"]) + random.between(1, 1);
    if (random.chance(0.5)) mendEnd(tables);
  },
  "a record hashed anew without the next": (tables, random) => {
    const index = random.between(0, tables.audit.length - 1);
    const row = tables.audit[index];
    if (!row) return;
    forge(row, random);
    rehash(tables, index, index + 1);
  },
  "a record put in between": (tables, random) => {
    const index = random.between(1, tables.audit.length - 1);
    const before = tables.audit[index - 1];
    if (!before) return;
    for (const row of tables.audit.slice(index)) row["seq"] = Number(row["seq"]) + 1;
    const body = String(random.pick(tables.audit)["body"]);
    const previous = String(before["hash"]);
    tables.audit.splice(index, 0, { seq: index + 1, body, previous, hash: chainHash(previous, body) });
    if (random.chance(0.5)) mendEnd(tables);
  },
  "the tail cut": (tables, random) => {
    tables.audit.length = random.between(0, tables.audit.length - 1);
  },
  "the chain written anew, with something taken out of what was deleted": (tables, random) => {
    inDeleted(tables, random, (ids) => ids.slice(0, -1));
  },
  "the chain written anew, with a young plan or run among what was deleted": (tables, random) => {
    const [table, kind] = random.pick([
      ["plans", "plans"],
      ["runs", "runs"],
      ["sign_offs", "reviews"],
    ] as const);
    const [gone] = tables[table].splice(random.between(0, tables[table].length - 1), 1);
    const id = gone?.["id"] ?? gone?.["review_id"];
    if (table === "sign_offs")
      tables.sign_off_entries = tables.sign_off_entries.filter((row) => row["review_id"] !== id);
    inDeleted(tables, random, (ids, of) => (of === kind ? [...ids, String(id)] : ids));
  },
  "the chain written anew without decisions": (tables) => {
    tables.audit = tables.audit
      .filter((row) => !String(row["body"]).includes('"plan.decided"'))
      .map((row, index) => ({ ...row, seq: index + 1 }));
    rehash(tables, 0);
    mendEnd(tables);
  },
  "the chain written anew with another decider": (tables, random) => {
    // An earlier decision of a plan that was decided twice is in the chain alone: only a head shows that it changed.
    // So is the decision on a plan that retention has deleted.
    const there = new Set(tables.plans.map(({ id }) => id));
    const last = tables.audit.filter(
      (row) => String(row["body"]).includes('"plan.decided"') && there.has(subjectOf(row)),
    );
    const row = random.pick([...new Map(last.map((each) => [subjectOf(each), each])).values()]);
    row["body"] = String(row["body"]).replace(/"by":"[^"]*"/, '"by":"forged"');
    rehash(tables, 0);
    mendEnd(tables);
  },
};

/** Only a head that was kept elsewhere shows these: the whole store is as it would be if the rest had never been. */
export const KINDS_AGAINST_A_HEAD: Readonly<Record<string, Corrupt>> = {
  "the tail cut, and the kept end set back": (tables, random) => {
    tables.audit.length = random.between(0, tables.audit.length - 1);
    mendEnd(tables);
  },
  "everything written anew from a record on": (tables, random) => {
    const index = random.between(0, tables.audit.length - 1);
    const row = tables.audit[index];
    if (!row) return;
    forge(row, random);
    rehash(tables, index);
    mendEnd(tables);
  },
  "a plan and its records taken out": (tables, random) => {
    const { id } = pickRow(
      tables.plans.filter((row) => row["state"] !== "used"),
      random,
    );
    tables.plans = tables.plans.filter((row) => row["id"] !== id);
    tables.audit = tables.audit
      .filter((row) => !String(row["body"]).includes(`"subject":"${id}"`))
      .map((row, index) => ({ ...row, seq: index + 1 }));
    rehash(tables, 0);
    mendEnd(tables);
  },
};
