/** How one attempt of a request ended. What happened upstream is only known for `reply` and `unsent`. */
export type Outcome =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      /** null where the connection was cut inside the body. */
      readonly text: string | null;
    }
  /** It never left: no connection, or one that failed before anything was written. */
  | { readonly kind: "unsent"; readonly cause: unknown }
  /** It may have arrived; no reply came. */
  | { readonly kind: "lost"; readonly cause: unknown }
  /** A reply larger than is read. */
  | { readonly kind: "oversized"; readonly status: number; readonly limitBytes: number };

/** Writes are retried only where they were provably not applied. */
export type Effect = "read" | "write";

/** The one value of a header, or null. */
export function header(outcome: Outcome, name: string): string | null {
  if (outcome.kind !== "reply") return null;
  const value = outcome.headers[name];
  if (typeof value === "string") return value;
  return value?.[0] ?? null;
}
