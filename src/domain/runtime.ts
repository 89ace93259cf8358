/** The clock. All code gets it as a parameter, so that tests can use another clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since any fixed moment. The value never goes back. */
  monotonic(): number;
  /** Rejects when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type Log = (
  level: "debug" | "info" | "warn" | "error",
  facts: Readonly<Record<string, unknown>>,
  message: string,
) => void;

/**
 * Counts what a running server does, for its operators. It gets names of tools and upstreams, but no data about people.
 */
export interface Meter {
  /** A tool call was answered. `outcome`: `ok` or the code of the error. */
  called(call: { readonly tool: string; readonly outcome: string; readonly ms: number }): void;
  /** A request to an upstream ended. `status`: the status of the reply, or the reason why there was no reply. */
  requested(request: { readonly upstream: string; readonly status: string; readonly ms: number }): void;
  readonly tracer: Tracer;
}

/** An ended request to an upstream. `operation`: method and path, as in the API description. */
export interface TracedRequest {
  readonly upstream: string;
  readonly operation: string;
  readonly status: string;
  /** The time at which the reply came, in milliseconds since 1970. */
  readonly endedAt: number;
  readonly ms: number;
}

/**
 * Makes traces: records of which requests a call sent. The trace may have been started by another program. Like
 * `Meter`, it gets no data about people.
 */
export interface Tracer {
  /**
   * Runs `work`, and records the tool call as a span (one step) of a trace. `parent`: the span of the caller, as in the
   * header `traceparent` (W3C Trace Context); null if there is none. `outcome` is called when the work has ended.
   */
  call<Value>(
    call: { readonly tool: string; readonly parent: string | null; readonly outcome: () => string },
    work: () => Promise<Value>,
  ): Promise<Value>;
  /**
   * Returns a function that records a request as a part of the present tool call. The function still knows the call
   * when the request is sent later, after waiting in a queue.
   */
  requester(): (request: TracedRequest) => void;
}

const noTracer: Tracer = { call: (_call, work) => work(), requester: () => () => {} };

/** Counts nothing. */
export const noMeter: Meter = { called: () => {}, requested: () => {}, tracer: noTracer };
