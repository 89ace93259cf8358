import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { run } from "../../src/cli/http.ts";
import { clock } from "../../src/cli/support/product.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { MEMORY } from "../support/memory.ts";
import { collect } from "../support/spawned.ts";
import { call } from "../transport/authorization/guarded.ts";
import {
  PAGE_CLIENT,
  type PeopleProvider,
  startPeopleProvider,
} from "../transport/authorization/provider.ts";

/** One process of the service. */
export interface Replica {
  readonly origin: string;
  log(): string;
  /** Sends SIGHUP. */
  hangUp(): void;
  end(): Promise<void>;
}

/** The service as its people know it: one public address, behind which one of two processes answers. */
export interface ServiceHarness {
  readonly publicUrl: string;
  readonly sandbox: Sandbox;
  readonly provider: PeopleProvider;
  /** The store of both processes, opened once more. */
  readonly store: Store;
  readonly replicas: readonly [Replica, Replica];
  /** Which process answers now. */
  answering: 0 | 1;
  /** Calls a tool as this person, with a token of the issuer. */
  callTool(person: string, name: string, args: object): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export async function startService(options: {
  readonly policy?: string;
  readonly mayApprove?: readonly string[];
  readonly isPublic?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ServiceHarness> {
  const folder = await mkdtemp(join(MEMORY, "service-"));
  const sandbox = await startSandbox({ rateLimits: false });
  const proxy = createServer((asked, answer) => {
    const { origin } = harness.replicas[harness.answering];
    const passed = request(
      origin + (asked.url ?? ""),
      { method: asked.method, headers: asked.headers, agent: false },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
        got.pipe(answer);
      },
    );
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const publicUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const provider = await startPeopleProvider({
    redirectUri: `${publicUrl}/approvals/callback`,
    ...options,
  });
  const policyFile = join(folder, "policy.yaml");
  if (options.policy !== undefined) await writeFile(policyFile, options.policy);
  const env = {
    ...sandbox.env,
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    IDENTITY_PUBLIC_URL: publicUrl,
    IDENTITY_AUTH_ISSUER: provider.issuer,
    IDENTITY_APPROVER_CLIENT_ID: PAGE_CLIENT.id,
    ...(!options.isPublic && { IDENTITY_APPROVER_CLIENT_SECRET: PAGE_CLIENT.secret }),
    ...(options.policy !== undefined && { IDENTITY_POLICY_FILE: policyFile }),
    ...options.env,
  };
  const replicas = [await startReplica(env, folder), await startReplica(env, folder)] as const;
  const store = await openStore(env.IDENTITY_STORE_URL, {
    now: clock.now,
    monotonic: clock.monotonic,
    isDestructive: () => false,
    losersOf: () => [],
  });
  const harness: ServiceHarness = {
    publicUrl,
    sandbox,
    provider,
    store,
    replicas,
    answering: 0,
    async callTool(person, name, args) {
      const token = await provider.token({
        aud: `${publicUrl}/mcp`,
        sub: person,
        name: `${person} of IT`,
        email: `${person}@example.com`,
        scope: "identity:read identity:write identity:destructive",
      });
      const { body } = await call(`${publicUrl}/mcp`, token, name, args);
      const message = JSON.parse(body.replace(/^[^{]*/s, "").replace(/\n[^]*$/, "")) as {
        readonly result: { readonly structuredContent: Readonly<Record<string, unknown>> };
      };
      return message.result.structuredContent;
    },
    async close() {
      for (const replica of replicas) await replica.end();
      await store.close();
      await provider.close();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return harness;
}

export async function startReplica(env: Readonly<Record<string, string>>, folder: string): Promise<Replica> {
  const log = new PassThrough();
  const stderr = collect(log);
  const stop = new AbortController();
  let hangUp = () => {};
  const ended = run({
    args: [],
    env: { ...env, IDENTITY_HTTP_PORT: "0" },
    machine: { platform: process.platform, home: folder, folder },
    program: "trello-identity-mcp",
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: Object.assign(log, { isTTY: false }) as unknown as NodeJS.WriteStream,
    stop: stop.signal,
    onHangup: (heard) => (hangUp = heard),
  });
  const url = await Promise.race([
    ended.then(() => Promise.reject(new Error(`ended: ${stderr()}`))),
    new Promise<string>((resolve) => {
      log.on("data", () => {
        const found = /"url":"(http[^"]+)","msg":"listening"/.exec(stderr())?.[1];
        if (found !== undefined) resolve(found);
      });
    }),
  ]);
  return {
    origin: new URL(url).origin,
    log: stderr,
    hangUp: () => hangUp(),
    async end() {
      stop.abort();
      await ended;
    },
  };
}
