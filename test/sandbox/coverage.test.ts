import { describe, expect, test } from "vitest";
import { coverage, routes } from "../../src/sandbox/routes.ts";

describe("the coverage table", () => {
  const names = routes.map((route) => route.name);

  test("lists exactly the routes as supported or partial", () => {
    const covered = Object.keys(coverage).filter((name) => coverage[name] !== "absent");
    expect(covered.toSorted()).toEqual(names.toSorted());
    expect(names.length).toBeGreaterThan(60);
  });

  test("no route is registered twice", () => {
    expect(new Set(names).size).toBe(names.length);
  });
});
