import type { ReadTx, Tx } from "./schema.ts";

/** What the queries need of a dialect: transactions that fail as AppError STORE_FAILED. `work` awaits queries only. */
export interface Database {
  /** One consistent view over all queries of `work`. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** All of `work` or nothing, as if no other writer ran meanwhile, durable when it resolves. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
