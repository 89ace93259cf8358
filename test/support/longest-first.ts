import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest files, longest first: begun last, one of them would be waited for by all other workers. */
const LONGEST = [
  "gateway/burst",
  "tools/contract",
  "server/product",
  "server/evidence",
  "engine/plan/spellings",
  "engine/run/promises",
  "engine/run/resumed",
  "tools/offboarding/offboard-member-rungs",
  "store/several-processes",
  "server/call/confirmation",
  "transport/stdio",
  "tickets/tickets",
  "tools/offboarding/offboard-member",
  "tools/offboarding/restore-member",
  "engine/request-counts",
  "engine/run/lost-answers",
  "engine/run/bulk",
  "engine/run/last-admin-race",
  "crash/kill",
  "crash/stopped-clients",
  "faults/schedules",
  "tools/scale",
  "tools/scim/large-directory",
  "tools/import",
  "cli/closed-output",
  "cli/demo",
  "cli/approval-page",
  "gateway/http/gate",
];

/** Runs the longest test files first and the others in the order of their names. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
