import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../../src/domain/audit.ts";
import type { Json } from "../../src/domain/json.ts";
import { cefLine } from "../../src/report/cef.ts";
import { ocsfEvent } from "../../src/report/ocsf.ts";
import { securityEvents } from "../../src/report/security-events.ts";
import { anEffect, anEvent, aPlan } from "../store/fixtures.ts";

/** Names from strangers, with everything that either format gives a meaning to. */
const HOSTILE = "Eve|x=y\\z\nCEF:0|fake|1.0\r\u2028end=1";

function aRecord(over: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ...anEvent({ subject: "plan_1" }),
    seq: 7,
    previous: "0".repeat(64),
    hash: "a".repeat(64),
    ...over,
  };
}

const target = { idMember: "m1", idOrganization: "w1" };
const account = { accountId: "acc1" };
/** One effect of each kind, and what it is in the words of the schema. */
const EFFECTS = [
  [
    anEffect({ resource: "workspace_membership", before: { memberType: "normal" }, after: null, target }),
    3001,
    8,
  ],
  [anEffect({ resource: "board_membership", before: null, after: { memberType: "normal" } }), 3001, 7],
  [
    anEffect({
      resource: "board_membership",
      before: { memberType: "normal" },
      after: { memberType: "admin" },
    }),
    3001,
    7,
  ],
  [
    anEffect({
      resource: "workspace_membership",
      before: null,
      after: { memberType: "normal" },
      target: { email: "a@b.example" },
    }),
    3001,
    1,
  ],
  [
    anEffect({
      resource: "workspace_membership",
      before: { deactivated: false },
      after: { deactivated: true },
      target,
    }),
    3001,
    5,
  ],
  [
    anEffect({
      resource: "workspace_membership",
      before: { deactivated: true },
      after: { deactivated: false },
      target,
    }),
    3001,
    2,
  ],
  [
    anEffect({
      resource: "scim_user",
      before: { active: true },
      after: { active: false },
      target: { scimId: "s1" },
    }),
    3001,
    5,
  ],
  [
    anEffect({
      resource: "scim_user",
      before: null,
      after: { userName: "a", active: true },
      target: { email: "a@b.example" },
    }),
    3001,
    1,
  ],
  [
    anEffect({ resource: "scim_user", before: { userName: "a" }, after: null, target: { scimId: "s1" } }),
    3001,
    6,
  ],
  [
    anEffect({
      resource: "scim_user",
      before: { title: "A" },
      after: { title: "B" },
      target: { scimId: "s1" },
    }),
    3001,
    99,
  ],
  [
    anEffect({
      resource: "scim_group_membership",
      before: null,
      after: {},
      target: { scimId: "s1", groupId: "g1" },
    }),
    3001,
    7,
  ],
  [
    anEffect({
      resource: "scim_group",
      before: { displayName: "G" },
      after: null,
      id: "g1",
      target: { groupId: "g1" },
    }),
    3001,
    6,
  ],
  [
    anEffect({
      resource: "atlassian_account",
      before: { enabled: true },
      after: { enabled: false },
      target: account,
    }),
    3001,
    5,
  ],
  [
    anEffect({
      resource: "atlassian_account",
      before: { suspended: true },
      after: { suspended: false },
      target: account,
    }),
    3001,
    2,
  ],
  [
    anEffect({
      resource: "enterprise_membership",
      before: { licensed: true },
      after: { licensed: false },
      target,
    }),
    3001,
    5,
  ],
  [anEffect({ resource: "card", before: { idMembers: ["m1"] }, after: { idMembers: [] } }), 3001, 99],
] as const;
const PLAN = aPlan({
  id: "plan_1",
  summary: `Remove ${HOSTILE}`,
  effects: EFFECTS.map(([effect]) => ({ ...effect, label: HOSTILE, description: `Change ${HOSTILE}` })),
  subjects: [{ idMember: "m1", username: "jane", email: "jane@example.com" }],
  principal: { id: "m9", name: HOSTILE, client: HOSTILE },
});
const STATES = ["applied", "already", "failed", "lost", "pending"] as const;
const FINISHED = aRecord({
  event: "run.finished",
  client: HOSTILE,
  facts: {
    run: "run_1",
    state: "partial",
    evidence: "INCOMPLETE",
    effects: EFFECTS.map(([effect], index) => ({
      op: effect.op,
      id: effect.id,
      state: STATES[index % STATES.length] ?? "",
      attempts: 1,
    })),
  },
});
const decided = (accepted: boolean) =>
  aRecord({ event: "plan.decided", facts: { accepted, by: HOSTILE, level: "approval" } });
const RECORDS: readonly AuditRecord[] = [
  FINISHED,
  decided(true),
  decided(false),
  ...["PASS", "UNVERIFIED", "FAIL", null].map((evidence) =>
    aRecord({ event: "run.finished", facts: { evidence, effects: [] } }),
  ),
  ...["plan.held", "plan.stale", "run.started", "run.resumed", "run.paused", "run.stopped", "new.event"].map(
    (event) => aRecord({ event }),
  ),
  aRecord({ facts: null }),
  aRecord({ event: "run.finished", facts: { effects: [null, 3, "x", { op: HOSTILE }] } }),
];

// From the published schema, version 1.2.0 (events/base_event.json, events/iam/*.json, objects/*.json): what is required,
// and the values that an enumeration has.
const BASE = [
  "activity_id",
  "category_uid",
  "class_uid",
  "metadata",
  "severity_id",
  "time",
  "type_uid",
  "user",
];
const ENUMS = {
  3001: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99],
  3003: [0, 1, 2, 99],
  severity: [0, 1, 2, 3, 4, 5, 6, 99],
  status: [0, 1, 2, 99],
  userType: [0, 1, 2, 3, 99],
} as const;

type Event = Record<string, Json> & {
  readonly class_uid: 3001 | 3003;
  readonly activity_id: number;
  readonly metadata: { readonly product: Record<string, Json>; readonly version: string };
  readonly user: Record<string, Json>;
  readonly actor: { readonly user: Record<string, Json> };
};

const events = (record: AuditRecord, plan: Parameters<typeof securityEvents>[1]) =>
  securityEvents(record, plan).map((event) => ocsfEvent(event, "0.1.0") as unknown as Event);

describe("OCSF", () => {
  test.each([true, false])(
    "has every required field and only values of the schema, plan known: %s",
    (known) => {
      const all = RECORDS.flatMap((record) => events(record, known ? PLAN : null));
      expect(all.length).toBeGreaterThan(RECORDS.length + EFFECTS.length);
      for (const event of all) {
        expect(Object.keys(event)).toEqual(expect.arrayContaining(BASE));
        expect(event["category_uid"]).toBe(3);
        expect(ENUMS[event.class_uid]).toContain(event.activity_id);
        expect(event["type_uid"]).toBe(event.class_uid * 100 + event.activity_id);
        expect(ENUMS.severity).toContain(event["severity_id"]);
        expect(ENUMS.status).toContain(event["status_id"]);
        expect(Number.isInteger(event["time"])).toBe(true);
        expect(event.metadata).toMatchObject({
          version: "1.2.0",
          product: { vendor_name: expect.any(String), name: expect.any(String) },
        });
        // A user has at least one of account, name and uid; an actor at least one of what it consists of.
        for (const user of [event.user, event.actor.user]) {
          expect(user["uid"] ?? user["name"]).toMatch(/./);
          expect(ENUMS.userType).toContain(user["type_id"]);
        }
        // Of a session's class just one of privileges and group; an activity without a number has a name.
        if (event.class_uid === 3003) expect(event["privileges"]).toEqual([expect.any(String)]);
        if (event.activity_id === 99) expect(event["activity_name"]).toMatch(/./);
        if (event["status_id"] === 99) expect(event["status"]).toMatch(/./);
        expect(JSON.stringify(event)).not.toContain("\n");
      }
    },
  );

  test("tells what each effect does, to whom, and how it ended", () => {
    const [whole, ...each] = events(FINISHED, PLAN);
    expect(whole).toMatchObject({
      class_uid: 3003,
      activity_id: 99,
      activity_name: "run.finished",
      status_id: 2,
    });
    expect(each.map(({ class_uid, activity_id }) => [class_uid, activity_id])).toEqual(
      EFFECTS.map(([, classUid, activity]) => [classUid, activity]),
    );
    expect(each.slice(0, 5).map((event) => event["status_id"])).toEqual([1, 1, 2, 0, 0]);
    expect(each[0]?.user).toEqual({ uid: "m1", name: "jane", email_addr: "jane@example.com", type_id: 1 });
    expect(new Set(each.map(({ metadata }) => (metadata as unknown as { uid: string }).uid)).size).toBe(
      each.length,
    );
  });

  test("a yes gives a privilege, a no fails", () => {
    expect(events(decided(true), PLAN)).toMatchObject([{ class_uid: 3003, activity_id: 1, status_id: 1 }]);
    expect(events(decided(false), PLAN)).toMatchObject([{ class_uid: 3003, activity_id: 99, status_id: 2 }]);
  });
});

/** Reads a line as the format's own description says: seven fields that end with a bare pipe, then pairs. */
function readCef(line: string): { header: readonly string[]; pairs: Readonly<Record<string, string>> } {
  const field = String.raw`((?:\\.|[^\\|])*)\|`;
  const [whole = "", ...header] = new RegExp(`^${field.repeat(7)}`).exec(line) ?? [];
  const pairs: Record<string, string> = {};
  for (const [, key = "", value = ""] of line
    .slice(whole.length)
    .matchAll(/(\w+)=((?:\\.|[^\\=])*?)(?= \w+=|$)/g))
    pairs[key] = value.replace(/\\(.)/g, (_all, char: string) => ({ n: "\n", r: "\r" })[char] ?? char);
  return { header: header.map((each) => each.replace(/\\(.)/g, "$1")), pairs };
}

describe("CEF", () => {
  const lines = RECORDS.flatMap((record) => securityEvents(record, PLAN)).map((event) =>
    cefLine(event, "0.1|0"),
  );

  test("is one line an event, with eight fields whatever the names are", () => {
    for (const line of lines) {
      expect(line).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
      const { header, pairs } = readCef(line);
      expect(header.slice(0, 4)).toEqual(["CEF:0", "trello-identity-mcp", "trello-identity-mcp", "0.1|0"]);
      expect(header).toHaveLength(7);
      expect(Number(header[6])).toBeGreaterThanOrEqual(0);
      expect(Number(header[6])).toBeLessThanOrEqual(10);
      expect(pairs).toMatchObject({ cs1: "plan_1", cs2: "a".repeat(64), act: "remove_from_boards" });
      expect(pairs["end"]).toBeUndefined();
      expect(pairs["fake"]).toBeUndefined();
    }
  });

  test("keeps names as they are behind its escapes", () => {
    const [line = ""] = securityEvents(aRecord({ principal: "a=b\\c|d\ne" }), null).map((event) =>
      cefLine(event, "1"),
    );
    expect(readCef(line).pairs["suid"]).toBe("a=b\\c|d\ne");
    expect(line).toContain("suid=a\\=b\\\\c|d\\ne");
  });

  test.each([
    ["PASS", 1],
    ["UNVERIFIED", 3],
    ["INCOMPLETE", 5],
    ["FAIL", 8],
  ])("a run that ends with %s has severity %i", (evidence, severity) => {
    const [line = ""] = securityEvents(aRecord({ event: "run.finished", facts: { evidence } }), null).map(
      (event) => cefLine(event, "1"),
    );
    expect(readCef(line).header[6]).toBe(String(severity));
  });
});
