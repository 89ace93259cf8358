import type { Config } from "../../config/config.ts";
import { type Log, type Meter, noMeter } from "../../domain/runtime.ts";
import { createServiceMetrics, type ServiceMetrics } from "./metrics.ts";
import type { Traces } from "./traces.ts";

/** Counts and traces what a service does, for the people who operate it. */
export interface Meters {
  readonly metrics: ServiceMetrics;
  /**
   * Makes the meter that counts for the whole service, or for one tenant if the service has tenants. `log` gets the
   * errors that occur when traces are sent to the collector.
   */
  meterOf(config: Config, log: Log): Promise<Meter>;
  close(): Promise<void>;
}

export function createMeters(options: { readonly tenants: boolean }): Meters {
  const metrics = createServiceMetrics(options);
  let traces: Promise<Traces> | undefined;
  return {
    metrics,
    async meterOf({ tenant, http }, log) {
      const meter = { ...noMeter, ...metrics.meterOf(tenant) };
      const wanted = http.traces;
      if (wanted === null) return meter;
      traces ??= import("./traces.ts").then(({ startTraces }) => startTraces(wanted, log));
      return { ...meter, tracer: (await traces).tracer };
    },
    async close() {
      await (await traces)?.close();
    },
  };
}
