/** Changed names between two readings: with and without the event that Trello may send. */
import { describe, expect, test } from "vitest";
import { eventOf, type MembershipEvent } from "../../src/domain/membership-event.ts";
import type { MembershipSnapshot } from "../../src/domain/membership.ts";
import { joinFeed, NEAR_MS } from "../../src/reviews/feed.ts";

const T = Date.UTC(2026, 0, 15, 9);
const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();

/** A reading of one workspace with one person. */
const reading = (at: number, label: string, idMember = "zoe"): MembershipSnapshot => ({
  id: `moment ${at}`,
  at: iso(at),
  principal: "admin",
  labels: { [idMember]: label },
  places: [
    {
      kind: "workspace",
      id: "w",
      name: "Workspace",
      idOrganization: "w",
      closed: false,
      people: { [idMember]: { role: "normal", status: "active" } },
    },
  ],
});

let last = 0;
function renamed(at: number, old?: object): MembershipEvent {
  last += 1;
  const event = eventOf({
    id: last.toString(16).padStart(24, "0"),
    type: "updateMember",
    date: iso(at),
    idMemberCreator: "zoe",
    memberCreator: { id: "zoe", fullName: "Zoë Now", username: "now" },
    data: { ...(old && { old }) },
  });
  if (!event) throw new Error("no event");
  return event;
}

const told = (was: string, is: string, events: readonly MembershipEvent[], until = T + HOUR) =>
  joinFeed(reading(T, was), reading(until, is), events).map((change) => [
    change.kind,
    change.person?.label,
    change.was,
    change.at ?? change.between,
  ]);

const A = "Ann A (@ann)";
const B = "Ann B (@ann)";
const bounds = { from: iso(T), until: iso(T + HOUR) };

describe("a person with another name", () => {
  test.each<[string, string, string, readonly MembershipEvent[], readonly unknown[][]]>([
    ["nothing changed", A, A, [], []],
    ["no event came", A, B, [], [["member_renamed", B, A, bounds]]],
    [
      "the event tells time and author",
      A,
      B,
      [renamed(T + 60_000, { fullName: "Ann A" })],
      [["member_renamed", B, "Ann A", iso(T + 60_000)]],
    ],
    ["the event tells no old name", A, B, [renamed(T + 60_000)], [["member_renamed", B, A, iso(T + 60_000)]]],
    [
      "an event without old values and without a difference may be another part",
      A,
      A,
      [renamed(T + 60_000)],
      [],
    ],
    [
      "another name and back",
      A,
      A,
      [renamed(T + 200_000, { fullName: "Ann A" }), renamed(T + 300_000, { fullName: "Ann C" })],
      [
        ["member_renamed", A, "Ann A", iso(T + 200_000)],
        ["member_renamed", A, "Ann C", iso(T + 300_000)],
      ],
    ],
    [
      "the initials alone show in no reading",
      A,
      A,
      [renamed(T + 60_000, { initials: "AA" })],
      [["member_renamed", A, "initials AA", iso(T + 60_000)]],
    ],
    [
      "the initials do not tell why the name differs",
      A,
      B,
      [renamed(T + 60_000, { initials: "AA" })],
      [
        ["member_renamed", B, "initials AA", iso(T + 60_000)],
        ["member_renamed", B, A, bounds],
      ],
    ],
    [
      "the username",
      A,
      "Ann A (@ann2)",
      [renamed(T + 60_000, { username: "ann" })],
      [["member_renamed", "Ann A (@ann2)", "@ann", iso(T + 60_000)]],
    ],
    ["a name that one reading does not tell", "zoe", A, [], []],
    ["a name that the other does not tell", A, "zoe", [], []],
  ])("%s", (_what, was, is, events, expected) => {
    expect(told(was, is, events)).toEqual(expected);
  });

  test.each([-NEAR_MS + 1, -1, 1, NEAR_MS - 1])(
    "an event %s ms beside a reading is told once, whichever side shows it",
    (beside) => {
      const event = renamed(T + HOUR + beside, { fullName: "Ann A" });
      for (const middle of [A, B]) {
        const first = joinFeed(reading(T, A), reading(T + HOUR, middle), [event]);
        const second = joinFeed(reading(T + HOUR, middle), reading(T + 2 * HOUR, B), [event]);
        expect([...first, ...second].map(({ at }) => at)).toEqual([event.at]);
        expect(first).toHaveLength(middle === B ? 1 : 0);
      }
    },
  );

  test("a person whom no compared place has is not told", () => {
    const event = renamed(T + 1, { fullName: "Ann A" });
    const changes = joinFeed(reading(T, A), reading(T + HOUR, A, "other"), [event]);
    expect(changes.map(({ kind }) => kind).toSorted()).toEqual(["added", "removed"]);
  });
});

describe("an action about a profile", () => {
  test.each([
    [{ fullName: "Zoë\u202e Old" }, { name: "Zoë Old" }],
    [{ name: "Old" }, { name: "Old" }],
    [
      { username: "old", initials: "ZO" },
      { username: "old", initials: "ZO" },
    ],
    [undefined, undefined],
    [null, undefined],
    ["odd", undefined],
  ])("%j was %j before", (old, expected) => {
    const action = { id: "a".repeat(24), type: "updateMember", date: iso(T), idMemberCreator: "zoe" };
    const event = eventOf({ ...action, data: { old } });
    expect(event).toMatchObject({
      kind: "member_renamed",
      idMember: "zoe",
      place: { kind: "member", id: "zoe" },
    });
    expect(event?.old).toEqual(expected);
  });

  test.each([{ bio: "old" }, { avatarSource: "none" }, { prefs: {} }, {}])(
    "%j is not about the name",
    (old) => {
      const action = { id: "a".repeat(24), type: "updateMember", date: iso(T), idMemberCreator: "zoe" };
      expect(eventOf({ ...action, data: { old } })).toBeNull();
    },
  );

  test("it is about the person in it, whoever's token did it", () => {
    const action = { id: "a".repeat(24), type: "updateMember", date: iso(T), idMemberCreator: "admin" };
    const data = { member: { id: "zoe", name: "Zoë" }, old: { fullName: "Z" } };
    expect(eventOf({ ...action, data })).toMatchObject({ idMember: "zoe", by: { idMember: "admin" } });
  });
});
