import { createServer, type Server } from "node:http";
import { type AddressInfo, BlockList, isIP } from "node:net";
import {
  hostHeaderValidation,
  localhostOriginValidation,
  toNodeHandler,
  toWebRequest,
} from "@modelcontextprotocol/node";
import {
  createMcpHandler,
  INVALID_REQUEST,
  isJsonContentType,
  isLegacyRequest,
  localhostAllowedHostnames,
  type McpServerFactory,
  PARSE_ERROR,
} from "@modelcontextprotocol/server";
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from "express";
import { AppError } from "../domain/error.ts";
import type { Log } from "../domain/runtime.ts";
import { isTooDeep, readFrame } from "./frames.ts";
import { refuse } from "./refusal.ts";
import { createSessions, type SessionLimits } from "./sessions.ts";

export interface HttpDeps {
  readonly host: string;
  /** 0: the system chooses a port. */
  readonly port: number;
  readonly log: Log;
  /** Whether the server can work now, for `/readyz`. */
  ready(): Promise<boolean>;
  readonly sessions?: SessionLimits;
}

export interface RunningHttp {
  /** The address of MCP, for example `http://127.0.0.1:8723/mcp`. */
  readonly url: string;
  /** Ends every session, stream and socket. */
  close(): Promise<void>;
}

const MAX_BODY = "4mb";

/**
 * Serves MCP over Streamable HTTP at `/mcp` in both protocol eras, and `/healthz` and `/readyz`. CONFIG_INVALID if
 * the address is not loopback or cannot be used.
 */
export async function startHttp(factory: McpServerFactory, deps: HttpDeps): Promise<RunningHttp> {
  requireLoopback(deps.host);
  const { log } = deps;
  const onerror = (error: Error) => log("warn", { err: error }, "MCP request refused");
  const handler = createMcpHandler(factory, { legacy: "reject", onerror });
  const modern = toNodeHandler(handler, { onerror });
  const sessions = createSessions(
    factory,
    deps.sessions === undefined ? { log } : { log, limits: deps.sessions },
  );

  async function serve(request: Request, response: Response): Promise<void> {
    if (isTooDeep(request.body))
      return refuse(response, 400, "The message is nested too deeply.", INVALID_REQUEST);
    const body = readFrame(request.body);
    if (request.method === "POST" && !isJsonContentType(request.headers["content-type"])) {
      return refuse(response, 415, "Content-Type must be application/json.");
    }
    const legacy = await isLegacyRequest(await toWebRequest(request, body), body);
    await (legacy ? sessions.handle(request, response, body) : modern(request, response, body));
  }

  const app = createApp(deps);
  app.all("/mcp", express.json({ limit: MAX_BODY }), (request, response) => serve(request, response));
  app.use(errorHandler(log));

  const server = createServer(app);
  await listen(server, deps);
  return {
    url: `${origin(server)}/mcp`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await Promise.all([sessions.close(), handler.close()]);
      server.closeAllConnections();
      await closed;
    },
  };
}

function createApp(deps: HttpDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  // A web page in the person's browser must not reach a server on the person's machine. So requests from the page's
  // own origin are refused, and so are host names that resolve to loopback.
  const allowedHost = hostHeaderValidation([...localhostAllowedHostnames(), deps.host]);
  const allowedOrigin = localhostOriginValidation();
  app.use((request, response, next) => {
    if (allowedHost(request, response) && allowedOrigin(request, response)) next();
  });
  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.get("/readyz", async (_request, response) => {
    const ok = await deps.ready();
    response.status(ok ? 200 : 503).json({ status: ok ? "ready" : "not ready" });
  });
  return app;
}

/** What the reader of bodies throws (body-parser, http-errors). */
interface BodyError {
  readonly type?: string;
  readonly status?: number;
}

function errorHandler(log: Log): ErrorRequestHandler {
  // Express recognizes an error handler by its four parameters.
  return (error: BodyError, _request: Request, response: Response, _next: unknown) => {
    if (error.type === "entity.parse.failed") return refuse(response, 400, "Parse error", PARSE_ERROR);
    if (error.type === "entity.too.large") return refuse(response, 413, "The request is too large.");
    // The reader of bodies found another mistake by the client, for example an unknown encoding.
    if (error.type && error.status && error.status < 500)
      return refuse(response, error.status, "The body of the request cannot be read.", PARSE_ERROR);
    log("error", { err: error }, "an HTTP request failed");
    refuse(response, 500, "Something went wrong inside the server.");
  };
}

function listen(server: Server, { host, port }: HttpDeps): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new AppError(
          "CONFIG_INVALID",
          `Cannot listen on ${host} port ${port} (${cause.code ?? "unknown"}).`,
          {
            next: "Set IDENTITY_HTTP_HOST and IDENTITY_HTTP_PORT to a free loopback address.",
            cause,
          },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

function origin(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** CONFIG_INVALID if other machines could reach the address, because this server does not check who calls. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new AppError("CONFIG_INVALID", `IDENTITY_HTTP_HOST=${host} is not a loopback address.`, {
    next: "Use 127.0.0.1, ::1 or localhost. This server does not check who calls, so other machines must not reach it.",
  });
}

/** `localhost`, 127.0.0.0/8 or ::1. */
function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
