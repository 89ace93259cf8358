import { messyWorld, seedWorld, type World, type WorldName } from "../../src/sandbox/index.ts";

type Company = Omit<World, "now">;
const built = new Map<string, Company>();

/**
 * The company of a world, on the real clock or on one that stands still. A worker builds it once and copies it then,
 * because a copy is far cheaper.
 */
export function freshWorld(name: WorldName = "clean", standsAt: number | null = null): World {
  const now = standsAt === null ? Date.now : () => standsAt;
  const key = `${name} ${standsAt}`;
  const company = built.get(key) ?? build(name, now);
  built.set(key, company);
  return { now, ...copyOf(company) };
}

function build(name: WorldName, now: () => number): Company {
  const { now: _now, ...company } = name === "messy" ? messyWorld({ now }) : seedWorld({ now });
  return company;
}

/** `structuredClone` takes eight times as long: it writes everything out and reads it again. */
function copyOf<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, copyOf(each)])) as T;
  if (value instanceof Set) return new Set(value) as T;
  if (Array.isArray(value)) return value.map((each) => copyOf(each as unknown)) as T;
  const copy = { ...value } as Record<string, unknown>;
  for (const key in copy) {
    const each = copy[key];
    if (typeof each === "object") copy[key] = copyOf(each);
  }
  return copy as T;
}
