import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Meter } from "../../domain/runtime.ts";
import type { Product } from "./product.ts";
import type { NotTaken } from "./rotation.ts";

/** The metrics of a service, in the form of Prometheus. */
export interface ServiceMetrics {
  /**
   * Counts what the whole service does, or what one tenant of the service does. `tenant`: null on a service without
   * tenants.
   */
  meterOf(tenant: string | null): Omit<Meter, "tracer">;
  /** All counters as text, together with the present state of the stores and the rate budgets. */
  read(
    products: readonly Pick<Product, "config" | "store" | "engine" | "gateway">[],
    sessions: number,
    notTaken?: readonly NotTaken[],
  ): Promise<{ readonly type: string; readonly body: string }>;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Starts counting calls and requests. All names begin with `identity_`, except those of the process itself. On a
 * service with tenants, each figure has the label `tenant`.
 */
export function createServiceMetrics({ tenants = false } = {}): ServiceMetrics {
  const own = tenants ? ["tenant"] : [];
  const labelOf = (tenant: string | null) => (tenant === null ? {} : { tenant });
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: "identity_tool_calls_total",
    help: "Tool calls by tool and outcome: ok, or the code of the error.",
    labelNames: ["tool", "outcome", ...own],
    registers,
  });
  const callSeconds = new Histogram({
    name: "identity_tool_call_seconds",
    help: "How long tool calls took. The time includes waits for an upstream, a person or a run.",
    labelNames: ["tool", ...own],
    buckets: SECONDS,
    registers,
  });
  const requests = new Counter({
    name: "identity_upstream_requests_total",
    help: "Requests to Trello and Atlassian by the status of the reply, or by the reason if there was no reply. 429 means too many requests.",
    labelNames: ["upstream", "status", ...own],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "identity_upstream_request_seconds",
    help: "How long requests to Trello and Atlassian took, without the wait for the rate budget.",
    labelNames: ["upstream", ...own],
    buckets: SECONDS,
    registers,
  });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });
  const budgets = gauge("identity_rate_budget_free", "Requests that a rate budget still allows now.", [
    "budget",
    ...own,
  ]);
  const runs = gauge("identity_runs", "Runs in the store by state.", ["state", ...own]);
  const plans = gauge("identity_plans_waiting", "Plans that wait for a person.", own);
  const open = gauge("identity_sessions", "Connected clients older than 2026-07-28.");
  const refused = gauge(
    "identity_new_credentials_not_used",
    "1 for each connection whose new credentials in the files are not used; the log says why.",
    ["upstream", ...own],
  );

  async function readProduct({
    config: { tenant },
    store,
    engine,
    gateway,
  }: Parameters<ServiceMetrics["read"]>[0][number]): Promise<void> {
    const [counts, waiting, left] = await Promise.all([
      store.runs.counts(),
      engine.waiting(),
      gateway.budgets(),
    ]);
    const label = labelOf(tenant);
    for (const [state, count] of Object.entries(counts)) runs.set({ state, ...label }, count);
    plans.set(label, waiting.length);
    for (const { id, remaining } of left) budgets.set({ budget: id, ...label }, remaining);
  }

  return {
    meterOf(tenant) {
      const label = labelOf(tenant);
      return {
        called({ tool, outcome, ms }) {
          calls.inc({ tool, outcome, ...label });
          callSeconds.observe({ tool, ...label }, ms / 1000);
        },
        requested({ upstream, status, ms }) {
          requests.inc({ upstream, status, ...label });
          requestSeconds.observe({ upstream, ...label }, ms / 1000);
        },
      };
    },
    async read(products, sessions, notTaken = []) {
      runs.reset();
      refused.reset();
      for (const { tenant, upstream } of notTaken) refused.set({ upstream, ...labelOf(tenant) }, 1);
      // The stores are read one after the other, so that reading the metrics does not use all connections to the
      // database.
      for (const product of products) await readProduct(product);
      open.set(sessions);
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}
