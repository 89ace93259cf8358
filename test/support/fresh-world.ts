import { messyWorld, seedWorld, type World, type WorldName } from "../../src/sandbox/index.ts";

type Company = Omit<World, "now">;
const built = new Map<WorldName, Company>();

/** The company of a world, on the real clock. A worker builds it once and copies it then, because a copy is far cheaper. */
export function freshWorld(name: WorldName = "clean"): World {
  const company = built.get(name) ?? build(name);
  built.set(name, company);
  return { now: Date.now, ...structuredClone(company) };
}

function build(name: WorldName): Company {
  const { now: _now, ...company } = name === "messy" ? messyWorld() : seedWorld();
  return company;
}
