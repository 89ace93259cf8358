import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ExportResultCode, parseTraceParent } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { HttpConfig } from "../../config/http.ts";
import { readHeaders } from "../../config/formats.ts";
import type { Log, Tracer } from "../../domain/runtime.ts";
import { VERSION } from "../version.ts";

export interface Traces {
  readonly tracer: Tracer;
  /** Sends the spans that were not sent yet. This takes a few seconds at most. */
  close(): Promise<void>;
}

/**
 * How long (ms) a request to the collector may take, including repeats. The time is short, because a server that stops
 * must not wait long.
 */
const SEND_MS = 5_000;

/**
 * Sends a span (OpenTelemetry) for each tool call and each request to an upstream, by OTLP over HTTP. Spans contain
 * names of tools, routes and error codes, but no data of people. Their attributes have the names that OpenTelemetry
 * defines for MCP and HTTP.
 */
export function startTraces(
  { url, headers, serviceName }: NonNullable<HttpConfig["traces"]>,
  log: Log,
): Traces {
  const exporter = new OTLPTraceExporter({
    url,
    headers: readHeaders(headers?.reveal() ?? "") ?? {},
    timeoutMillis: SEND_MS,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName, "service.version": VERSION }),
    spanProcessors: [new BatchSpanProcessor(telling(exporter, log))],
  });
  const spans = provider.getTracer("trello-identity-mcp", VERSION);
  const calls = new AsyncLocalStorage<Context>();
  return {
    tracer: {
      async call({ tool, parent, outcome }, work) {
        const attributes = { "mcp.method.name": "tools/call", "gen_ai.tool.name": tool };
        const options = { kind: SpanKind.SERVER, attributes };
        const caller = contextOf(parent);
        const span = spans.startSpan(`tools/call ${tool}`, options, caller);
        try {
          return await calls.run(trace.setSpan(caller, span), work);
        } finally {
          const code = outcome();
          if (code !== "ok") span.setAttribute("error.type", code).setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        }
      },
      requester() {
        const within = calls.getStore() ?? ROOT_CONTEXT;
        return ({ upstream, operation, status, endedAt, ms }) => {
          const [method = "", route = ""] = operation.split(" ");
          const replied = /^\d+$/.test(status);
          const failed = !replied || Number(status) >= 400;
          const attributes = {
            "identity.upstream": upstream,
            "http.request.method": method,
            "url.template": route,
            ...(replied && { "http.response.status_code": Number(status) }),
            ...(failed && { "error.type": status }),
          };
          const options = { kind: SpanKind.CLIENT, attributes, startTime: new Date(endedAt - ms) };
          const span = spans.startSpan(operation, options, within);
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end(new Date(endedAt));
        };
      },
    },
    async close() {
      // A failure is logged already.
      await provider.shutdown().catch(() => {});
    },
  };
}

/**
 * The parent span that the caller names in `traceparent`. If the text is not in the form that W3C Trace Context
 * defines, it is ignored and a new trace begins.
 */
function contextOf(traceparent: string | null): Context {
  const place = traceparent === null ? null : parseTraceParent(traceparent);
  return place === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...place, isRemote: true });
}

/**
 * Logs when the collector of traces cannot be reached, and when it can be reached again. Each change is logged once,
 * because spans are sent every few seconds.
 */
function telling(exporter: OTLPTraceExporter, log: Log): SpanExporter {
  let isLost = false;
  return {
    export(batch, done) {
      exporter.export(batch, (result) => {
        const isFailed = result.code !== ExportResultCode.SUCCESS;
        if (isFailed && !isLost)
          log("warn", { reason: result.error?.message ?? "unknown" }, "traces cannot be sent and are lost");
        if (!isFailed && isLost) log("info", {}, "traces are sent again");
        isLost = isFailed;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
