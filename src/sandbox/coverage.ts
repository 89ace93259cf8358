import { atlassianCoverage } from "./atlassian/coverage.ts";
import type { Coverage } from "./atlassian/coverage.ts";
import { trelloCoverage } from "./trello/coverage.ts";
import { oauthCoverage } from "./trello/oauth-coverage.ts";

/** Every identity operation of both upstreams and how far the sandbox emulates it; a test holds it to the routes. */
export const coverage: Readonly<Record<string, Coverage>> = {
  ...trelloCoverage,
  ...oauthCoverage,
  ...atlassianCoverage,
};
