import { describe, expect, it } from "vitest";
import { dailyDue, daysLeft, reminderDue } from "../../src/domain/reminder.ts";

describe("the reminder of a review that is due on 2026-03-31", () => {
  const started = "2026-03-01T09:00:00.000Z";
  it.each([
    ["2026-03-01", null],
    ["2026-03-23", null],
    ["2026-03-24", 7],
    ["2026-03-26", 7],
    ["2026-03-28", 3],
    ["2026-03-29", 3],
    ["2026-03-30", 1],
    ["2026-03-31", 0],
    ["2026-04-01", -1],
    ["2026-04-07", -7],
    ["2026-04-08", null],
    ["2027-01-01", null],
  ])("is, on %s, %s", (day, step) => {
    for (const time of ["00:00:00.000Z", "23:59:59.999Z"])
      expect(reminderDue({ due: "2026-03-31", at: started }, `${day}T${time}`)).toBe(step);
  });

  it("skips the days before the review was started", () => {
    const at = "2026-03-29T12:00:00.000Z";
    expect(reminderDue({ due: "2026-03-31", at }, "2026-03-29T13:00:00.000Z")).toBeNull();
    expect(reminderDue({ due: "2026-03-31", at }, "2026-03-30T01:00:00.000Z")).toBe(1);
    expect(
      reminderDue({ due: "2026-03-31", at: "2026-03-31T08:00:00.000Z" }, "2026-03-31T09:00:00.000Z"),
    ).toBe(null);
  });

  it("does not exist without a due day", () => {
    expect(reminderDue({ at: started }, "2026-03-31T00:00:00.000Z")).toBeNull();
  });

  it("counts whole days over a change of month and of year", () => {
    expect(daysLeft("2027-01-02", "2026-12-30T23:59:00.000Z")).toBe(3);
  });
});

describe("a daily job at 06:30", () => {
  it.each([
    ["2026-03-10T06:29:59.999Z", null],
    ["2026-03-10T06:30:00.000Z", "2026-03-10"],
    ["2026-03-10T08:29:59.999Z", "2026-03-10"],
    ["2026-03-10T08:30:00.000Z", null],
    ["2026-03-11T00:00:00.000Z", null],
  ])("begins at %s for the day %s", (time, day) => {
    expect(dailyDue("06:30", Date.parse(time))).toBe(day);
  });

  it("may begin after midnight", () => {
    expect(dailyDue("23:30", Date.parse("2026-03-11T00:45:00.000Z"))).toBe("2026-03-10");
  });
});
