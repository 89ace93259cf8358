export interface Room {
  /** The rooms that it may import, besides itself. */
  readonly uses: readonly string[];
  /** The rooms of which it may import types only. */
  readonly types?: readonly string[];
}

/** Which room may import which. `test/imports.test.ts` holds src/ to it, `test/architecture.test.ts` the drawing. */
export const ROOMS: Readonly<Record<string, Room>> = {
  domain: { uses: [] },
  sandbox: { uses: [] },
  config: { uses: ["domain"] },
  policy: { uses: ["domain"] },
  report: { uses: ["domain"] },
  gateway: { uses: ["domain"] },
  store: { uses: ["domain"] },
  people: { uses: ["domain"] },
  effects: { uses: ["domain", "people"] },
  planning: { uses: ["domain", "people", "effects"] },
  rosters: { uses: ["domain", "people", "planning"] },
  reviews: { uses: ["domain", "people"] },
  engine: { uses: ["domain", "people", "policy", "effects"], types: ["store", "gateway"] },
  approvals: { uses: ["domain", "report"] },
  tools: { uses: ["domain", "people", "effects", "planning", "rosters", "reviews", "report"] },
  server: { uses: ["domain", "engine", "tools", "report", "approvals"] },
  transport: { uses: ["domain", "server", "approvals"] },
  cli: {
    uses: [
      "domain",
      "sandbox",
      "config",
      "policy",
      "report",
      "gateway",
      "store",
      "people",
      "effects",
      "planning",
      "rosters",
      "engine",
      "tools",
      "approvals",
      "server",
      "transport",
    ],
  },
  "main.ts": { uses: ["cli"] },
};
