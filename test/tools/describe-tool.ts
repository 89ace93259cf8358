import { fileURLToPath } from "node:url";
import Database from "libsql";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import type { World } from "../../src/sandbox/index.ts";
import { openLedger } from "../../src/store/ledger.ts";
import type { CallOptions, ElicitReply, Question, TestClient, ToolReply } from "../support/client.ts";
import { CLIENTS, sayYes } from "../support/matrix.ts";
import { type Access, type ProductOptions, startProduct, type TestProduct } from "../support/product.ts";
import { decideAtTerminal, forgetEmails } from "./decisions.ts";
import { reseed } from "./world.ts";
import { EVERY_WAY, IN_FULL } from "../support/suites.ts";

/** The person at the client: how they answer, and what they were asked in this test. */
export interface Person {
  answer: (question: Question) => ElicitReply;
  readonly questions: Question[];
}

/** One way in to the product; before each test its sandbox holds the company of its world again, and no email is known. */
export interface Way {
  readonly access: Access;
  readonly product: TestProduct;
  readonly world: World;
  readonly person: Person;
  /** Calls a tool through a client whose person answers as `person` says; yes unless a test says otherwise. */
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolReply>;
  /** A client of the same kind that declares no elicitation. */
  mute(): Promise<TestClient>;
  /** A client of the same kind whose server has other settings; the empty text takes one away. */
  other(env: Readonly<Record<string, string>>): Promise<TestClient>;
  /** Upstream requests in this test that could have changed something, as `METHOD /path`. */
  writes(): readonly string[];
  /** An email that no other test has used; the runs in the store outlive a test. */
  newEmail(name: string): string;
}

export interface WayOptions extends ProductOptions {
  /** The clients of `npm run test:every-way`; left out, those of the current SDK in each era over each transport. */
  readonly clients?: readonly (Access & { readonly name: string })[];
  /** Whether `npm test` needs the built program as well, and takes the first of those clients. */
  readonly spawned?: boolean;
  /** Whether the same person decides outside of the client on what needs approval, and the plan is applied then. */
  readonly approves?: boolean;
}

const EACH_ERA_AND_TRANSPORT = CLIENTS.filter(({ sdk }) => sdk === "v2");

/** One client a transport, of either era. */
export const ONE_A_TRANSPORT = EACH_ERA_AND_TRANSPORT.filter(
  ({ era, transport }) => (era === "modern") === (transport === "stdio"),
);

const IN_PROCESS = (["modern", "legacy"] as const).map((era) => ({
  name: `v2 client, ${era === "modern" ? "2026" : "handshake"} era, in process`,
  sdk: "v2" as const,
  era,
  transport: "memory" as const,
}));

/**
 * What one tool is tested through. What a tool does depends on neither transport nor process, so `npm test` takes a server in
 * this process, half of the tools in each era; server/product.test.ts has the main job through every client of the built program.
 * `npm run test:every-way` takes the built program for every tool.
 */
function waysOf(name: string, options: WayOptions): readonly (Access & { readonly name: string })[] {
  const { clients = EACH_ERA_AND_TRANSPORT, spawned = false } = options;
  if (EVERY_WAY || (spawned && IN_FULL)) return clients;
  if (spawned) return clients.slice(0, 1);
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return IN_PROCESS.filter((_way, index) => index === sum % IN_PROCESS.length);
}

/** A policy under which the limits of a day are out of reach. */
export const WIDE_LIMITS = {
  IDENTITY_POLICY_FILE: fileURLToPath(new URL("wide-limits.yaml", import.meta.url)),
};

/** The same tests through each way in; over HTTP the ways share one server process, as clients do. */
export function describeTool(name: string, tests: (way: Way) => void, options: WayOptions = {}): void {
  const { clients: _clients, spawned: _spawned, approves = false, ...setup } = options;
  const servers = new Map<string, Promise<TestProduct>>();
  let emails = 0;

  const start = async (): Promise<TestProduct> => {
    const product = await startProduct({
      env: { ...WIDE_LIMITS, ...setup.env },
      sandbox: { rateLimits: false, ...setup.sandbox },
    });
    await liftBudgets(product);
    return product;
  };

  describe(name, () => {
    afterAll(async () => {
      const products = await Promise.all(servers.values());
      await Promise.all(products.map((product) => product.close()));
    });

    describe.each(waysOf(name, options))("$name", (access) => {
      const clientsHere = new Map<string, Promise<TestClient>>();
      const person: Person = { answer: sayYes, questions: [] };
      let product: TestProduct;
      const once = (key: string, env: Readonly<Record<string, string>> | null, asks: boolean) => {
        const connected =
          clientsHere.get(key) ?? product.connect(access, { ...(env && { env }), ...(asks && { elicit }) });
        clientsHere.set(key, connected);
        return connected;
      };
      const elicit = (question: Question): ElicitReply => {
        person.questions.push(question);
        return person.answer(question);
      };
      beforeAll(async () => {
        const key = access.transport === "stdio" ? JSON.stringify(access) : access.transport;
        const starting = servers.get(key) ?? start();
        servers.set(key, starting);
        product = await starting;
      });
      beforeEach(() => {
        const world = setup.sandbox?.world;
        if (typeof world !== "object") reseed(product.sandbox.world, world);
        forgetEmails(product);
        product.sandbox.resetRequests();
        person.answer = sayYes;
        person.questions.length = 0;
      });
      tests({
        access,
        person,
        get product() {
          return product;
        },
        get world() {
          return product.sandbox.world;
        },
        async call(tool, args, calling) {
          const client = await once("asks", null, true);
          const reply = await client.call(tool, args, calling);
          if (!approves || reply.structured["status"] !== "awaiting_confirmation") return reply;
          const planId = reply.structured["planId"];
          const { action } = elicit({ message: reply.text, requestedSchema: { properties: {} } });
          await decideAtTerminal(product, planId, action === "accept");
          return client.call("apply_plan", { planId }, calling);
        },
        mute: () => once("mute", null, false),
        other: (env) => once(JSON.stringify(env), env, true),
        writes: () => writesOf(product),
        newEmail(local) {
          emails += 1;
          return `${local}.${emails}@partner.example.org`;
        },
      });
    });
  });
}

/** Every request to the sandbox that was not a read. */
export function writesOf({ sandbox }: Pick<TestProduct, "sandbox">): readonly string[] {
  return sandbox.requests
    .filter(
      ({ method, operation }) =>
        method !== "GET" && !operation?.endsWith("search") && !operation?.endsWith("for-email"),
    )
    .map(({ method, path }) => `${method} ${path}`);
}

/**
 * Makes the product's own rate budgets never full: they are kept in a file beside the store, and what is written there is
 * forgotten at once. Otherwise the calls of a test would wait for those of the test before.
 */
export async function liftBudgets({ env }: Pick<TestProduct, "env">): Promise<void> {
  const path = `${(env["IDENTITY_STORE_URL"] ?? "").replace(/^sqlite:/, "")}-budget`;
  (await openLedger(path, () => performance.now())).close();
  const file = new Database(path);
  file.exec("CREATE TRIGGER never_full AFTER INSERT ON starts BEGIN DELETE FROM starts; END");
  file.close();
}

/** What a failed call tells. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The error of a failed call. */
export function errorOf(reply: ToolReply): ToldError {
  if (!reply.isError) throw new Error(`the call did not fail: ${reply.text}`);
  return reply.structured["error"] as ToldError;
}
