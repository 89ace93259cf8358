import { createHash } from "node:crypto";

/** What the first record of the chain names as the record before it. */
export const GENESIS = "0".repeat(64);

/** SHA-256 over the hash of the record before and the canonical JSON of this one, hexadecimal. */
export function chainHash(previous: string, body: string): string {
  return createHash("sha256").update(previous).update(body).digest("hex");
}

interface Link {
  readonly seq: number;
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}

/** Where a chain has been followed to. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Follows the chain from `end` over `records`: the new end, or the number of the first record that does not fit. */
export function follow(end: ChainEnd, records: readonly Link[]): ChainEnd | { readonly broken: number } {
  let { seq, hash } = end;
  for (const record of records) {
    const fits =
      record.seq === seq + 1 && record.previous === hash && record.hash === chainHash(hash, record.body);
    // A gap is named by the record that is missing, anything else by the record itself.
    if (!fits) return { broken: Math.min(seq + 1, record.seq) };
    ({ seq, hash } = record);
  }
  return { seq, hash };
}
