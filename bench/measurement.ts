/** What one measurement has to say. */
export interface Measurement {
  readonly title: string;
  readonly lines: readonly string[];
  /** What has to hold and did not: counts and shares of a budget, never a time. */
  readonly broken: readonly string[];
}

/** The names of the promises that were not kept. */
export function brokenOf(promises: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(promises).flatMap(([promise, kept]) => (kept ? [] : [promise]));
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** How long something takes, in milliseconds, with what it resolves to. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** `412 ms / 100 ms = 4.1`. */
export function ratio(value: number, base: number, unit: string): string {
  return `${round(value)} ${unit} / ${round(base)} ${unit} = ${(value / base).toPrecision(3)}`;
}

function round(value: number): string {
  return String(value < 10 ? Number(value.toFixed(1)) : Math.round(value));
}
