import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest files, longest first: begun last, one of them would be waited for by all other workers. */
const LONGEST = [
  "tools/contract",
  "crash/kill",
  "server/product",
  "cli/support/terminal",
  "tools/credentials",
  "cli/approvals",
  "cli/doctor",
  "faults/schedules",
  "tools/directory/get-member-access",
  "cli/commands",
  "gateway/http/gate",
  "tools/offboarding/restore-member",
  "cli/closed-output",
  "tools/scale",
  "tools/offboarding/offboard-member",
  "tools/directory/list-workspace-members",
  "crash/stopped-clients",
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
