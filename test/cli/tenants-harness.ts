import { createServer, request } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { clock } from "../../src/cli/support/product.ts";
import { openStore, type ServiceStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { type Replica, startReplica } from "../approvals/service-harness.ts";
import { MEMORY } from "../support/memory.ts";
import { type Answer, post } from "../transport/authorization/guarded.ts";
import {
  PAGE_CLIENT,
  type PeopleProvider,
  startPeopleProvider,
} from "../transport/authorization/provider.ts";

export const TENANTS = ["acme", "globex"] as const;
export type TenantName = (typeof TENANTS)[number];

/** The value of the claim `org` by tenant. */
const ORG: Readonly<Record<TenantName, string>> = { acme: "acme", globex: "0b1c-globex" };

type Structured = Readonly<Record<string, unknown>>;

/** One service for two tenants, each with a Trello and an Atlassian of its own. Everything of globex is called so. */
export interface TenantHarness {
  readonly publicUrl: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly replica: Replica;
  readonly provider: PeopleProvider;
  readonly sandboxes: Readonly<Record<TenantName, Sandbox>>;
  /** The store of the service, and those of the tenants, opened once more. */
  readonly service: ServiceStore;
  readonly stores: Readonly<Record<TenantName, Store>>;
  token(claims: Structured): Promise<string>;
  /** A message of a person of a tenant; another claim may be given. */
  send(tenant: TenantName, method: string, params?: Structured, claims?: Structured): Promise<Answer>;
  /** What a tool answers to a person of a tenant, with the whole text. */
  call(
    tenant: TenantName,
    name: string,
    args: Structured,
    claims?: Structured,
  ): Promise<{ readonly structured: Structured; readonly text: string }>;
  close(): Promise<void>;
}

/** `more`: further lines of a tenant in the connections file. The Trello token of a tenant is in the file `NAME-token`. */
export async function startTenants(
  more: Readonly<Record<TenantName, string | ((sandbox: Sandbox) => string)>>,
): Promise<TenantHarness> {
  const folder = await mkdtemp(join(MEMORY, "tenants-"));
  const sandboxes = {
    acme: await startSandbox({ rateLimits: false }),
    globex: await startSandbox({ rateLimits: false }),
  };
  callEverything("Globex", sandboxes.globex);
  const secrets: Record<string, string> = {};
  const file = ["tenants:"];
  for (const name of TENANTS) {
    file.push(`  ${name}:`, `    claim: ${ORG[name]}`);
    for (const [setting, value] of Object.entries(sandboxes[name].env)) {
      const key = setting.toLowerCase();
      if (/auth_base/.test(key)) continue;
      if (!/key|token|secret/.test(key)) file.push(`    ${key}: ${value}`);
      else if (key === "trello_api_token") {
        await writeFile(join(folder, `${name}-token`), value);
        file.push(`    ${key}: file:${name}-token`);
      } else {
        secrets[`${name}_${setting}`.toUpperCase().replace(/^/, "T_")] = value;
        file.push(`    ${key}: env:T_${`${name}_${setting}`.toUpperCase()}`);
      }
    }
    const own = more[name];
    const lines = typeof own === "string" ? own : own(sandboxes[name]);
    file.push(...lines.split("\n").map((line) => `    ${line}`));
  }
  const connections = join(folder, "connections.yaml");
  await writeFile(connections, file.join("\n"));
  const proxy = createServer((asked, answer) => {
    const options = { method: asked.method, headers: asked.headers, agent: false };
    const passed = request(harness.replica.origin + (asked.url ?? ""), options, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const publicUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const provider = await startPeopleProvider({
    redirectUri: `${publicUrl}/approvals/callback`,
    mayApprove: ["eva", "gustav", "nadia"],
    tenants: { claim: "org", of: { eva: ORG.acme, gustav: ORG.globex, nadia: "initech" } },
  });
  const env = {
    ...secrets,
    ...sandboxes.acme.connections.env,
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    IDENTITY_PUBLIC_URL: publicUrl,
    IDENTITY_AUTH_ISSUER: provider.issuer,
    IDENTITY_APPROVER_CLIENT_ID: PAGE_CLIENT.id,
    IDENTITY_APPROVER_CLIENT_SECRET: PAGE_CLIENT.secret,
    IDENTITY_TENANT_CLAIM: "org",
    IDENTITY_CONNECTIONS_FILE: connections,
    IDENTITY_TOOLSETS: "directory,membership,offboarding,scim,enterprise,reviews,webhooks",
    IDENTITY_METRICS_TOKEN: "metrics-token-of-the-test",
  };
  const replica = await startReplica(env, folder);
  const service = await openStore(env.IDENTITY_STORE_URL, {
    now: clock.now,
    monotonic: clock.monotonic,
    isDestructive: () => false,
    losersOf: () => [],
  });
  const stores = { acme: await service.tenant("acme"), globex: await service.tenant("globex") };
  const token = (claims: Structured) =>
    provider.token({
      aud: `${publicUrl}/mcp`,
      sub: "ada",
      name: "ada of IT",
      email: "ada@example.com",
      scope: "identity:read identity:write identity:destructive",
      ...claims,
    });
  const send: TenantHarness["send"] = async (tenant, method, params = {}, claims = {}) =>
    await post(`${publicUrl}/mcp`, await token({ org: ORG[tenant], ...claims }), method, params);
  const harness: TenantHarness = {
    publicUrl,
    env,
    folder,
    replica,
    provider,
    sandboxes,
    service,
    stores,
    token,
    send,
    async call(tenant, name, args, claims) {
      const { body } = await send(tenant, "tools/call", { name, arguments: args }, claims);
      const { result } = resultOf(body);
      return { structured: (result?.["structuredContent"] ?? {}) as Structured, text: body };
    },
    async close() {
      await replica.end();
      for (const store of Object.values(stores)) await store.close();
      await service.close();
      await provider.close();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      for (const sandbox of Object.values(sandboxes)) await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return harness;
}

/** The message of an answer, sent as JSON or as an event. */
export function resultOf(body: string): { readonly result?: Structured; readonly error?: Structured } {
  return JSON.parse(body.replace(/^[^{]*/s, "").replace(/\n[^]*$/, "")) as { result?: Structured };
}

/** Puts a word before every name of a sandbox. */
function callEverything(word: string, { world }: Sandbox): void {
  const { workspaces, boards, members } = world.trello;
  for (const each of workspaces.values()) each.displayName = `${word} ${each.displayName}`;
  for (const each of boards.values()) each.name = `${word} ${each.name}`;
  for (const each of members.values()) each.fullName = `${word} ${each.fullName}`;
}
