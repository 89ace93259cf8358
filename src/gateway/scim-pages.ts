import type { ScimGroupPage, ScimPage } from "../domain/reads.ts";

/** Atlassian answers no more at once (support knowledge base, SCIM user limits). */
const LARGEST_PAGE = 100;

/** The query of a list request (RFC 7644 section 3.4.2); a filter's value is a JSON string. */
export function scimQuery({ filter, startIndex, count }: ScimPage | ScimGroupPage): Record<string, string> {
  return {
    ...(filter ? { filter: `${filter.attribute} eq ${JSON.stringify(filter.value)}` } : {}),
    ...(startIndex === undefined ? {} : { startIndex: String(Math.max(1, startIndex)) }),
    ...(count === undefined ? {} : { count: String(Math.min(LARGEST_PAGE, Math.max(1, count))) }),
  };
}

interface List<Row> {
  readonly totalResults: number;
  readonly Resources: readonly Row[];
}

/**
 * Every row of a list, a page at a time (RFC 7644 section 3.4.2.4). The next page begins where the last one ended,
 * however many rows it had, because a server may give fewer than it was asked for.
 */
export async function* scimPages<Row>(
  ask: (range: { readonly startIndex: number; readonly count: number }) => Promise<List<Row>>,
  from = 1,
): AsyncGenerator<readonly Row[]> {
  for (let startIndex = from; ; ) {
    const { totalResults, Resources } = await ask({ startIndex, count: LARGEST_PAGE });
    if (Resources.length === 0) return;
    yield Resources;
    startIndex += Resources.length;
    if (startIndex > totalResults) return;
  }
}
