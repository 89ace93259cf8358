import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest files, longest first: begun last, one of them would be waited for by all other workers. */
const LONGEST = [
  "server/product",
  "tools/contract",
  "crash/kill",
  "tools/scale",
  "cli/closed-output",
  "server/evidence",
  "faults/schedules",
  "crash/stopped-clients",
  "tools/scim/large-directory",
  "cli/demo",
  "engine/plan/impersonation",
  "engine/plan/spellings",
  "contract/trello-requests",
  "contract/credentials",
  "engine/run/lost-answers",
  "engine/run/promises",
  "engine/run/last-admin-race",
  "tools/scim/operations",
  "cli/approval-page",
  "approvals/attacks",
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
