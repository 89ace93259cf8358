/** Below every database's limit of values in one statement, at ten values a row. */
const ROWS_AT_ONCE = 500;

/** The rows in their order, in portions that one statement can hold. */
export function* inBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}
