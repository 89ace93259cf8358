import { request } from "node:http";
import { createDesk, type Desk, type DeskDeps } from "../../src/approvals/desk.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { StackOptions, Stack } from "../support/stack.ts";
import { startStack } from "../support/stack.ts";

/** An answer as a plain HTTP client sees it, without following redirects. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** A desk over a real engine and the sandbox, with a browser that only remembers addresses. */
export interface DeskHarness {
  readonly stack: Stack;
  readonly desk: Desk;
  /** Addresses that the browser was started with, oldest first. */
  readonly opened: readonly string[];
  readonly logged: readonly string[];
  /** Proposes, stores and presents a plan; answers it and the address that an agent is told. */
  wait(
    tool: string,
    args: Readonly<Record<string, string>>,
  ): Promise<{ readonly plan: Plan; readonly url: string }>;
  close(): Promise<void>;
}

export async function startDesk(
  options: StackOptions & { readonly desk?: Partial<DeskDeps>; readonly nowMs?: () => number } = {},
): Promise<DeskHarness> {
  const stack = await startStack({
    windowMs: 50,
    ...options,
    sandbox: { rateLimits: false, ...options.sandbox },
  });
  const opened: string[] = [];
  const logged: string[] = [];
  const desk = createDesk({
    pages: {
      plan: (id) => stack.store.plans.get(id),
      waiting: () => stack.engine.waiting(),
      run: (id) => stack.store.runs.get(id),
      runs: (limit) => stack.store.runs.list({ limit }),
      decide: (planId, word) => stack.engine.decide(planId, word),
      withdraw: (planId, word) => stack.engine.withdraw(planId, word),
      reviews: stack.engine.signOffs,
      stop: (runId, word) => stack.engine.stop(runId, word),
      now: options.nowMs ?? stack.deps.clock.now,
      sandbox: true,
    },
    apply: (planId, signal) => stack.engine.apply(planId, { ...stack.caller, signal }),
    user: "it-admin",
    openCommand: (planId) => `trello-identity-mcp approvals open ${planId}`,
    openBrowser: async (address) => {
      opened.push(address);
      return true;
    },
    mostOpened: 1000,
    openRequests: { find: async () => null, answer: async () => {} },
    log: (level, facts, message) => logged.push(JSON.stringify({ level, facts, message })),
    ...options.desk,
  });
  return {
    stack,
    desk,
    opened,
    logged,
    async wait(tool, args) {
      const plan = await stack.engine.propose(tool, args, stack.caller);
      await stack.engine.storePlan(plan);
      const { url } = await desk.present(plan);
      return { plan, url: url ?? "" };
    },
    async close() {
      await desk.close();
      await stack.close();
    },
  };
}

/** One HTTP request with exactly these headers: `fetch` would not let a test choose Host and Origin. */
export function send(
  address: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const asked = request(address, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

/** A browser without a screen: one session, its cookie sent below its path only. */
export interface Visitor {
  readonly origin: string;
  readonly cookie: string;
  /** The header that set it. */
  readonly setCookie: string;
  /** Path of the page that the ticket led to. */
  readonly landed: string;
  get(path: string): Promise<Answer>;
  /** Sends the form with this action as a page of this server would, with other values and headers if given. */
  submit(
    form: Form,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Visits the one-time address as a browser would. */
export async function visit(address: string): Promise<Visitor> {
  const first = await send(address);
  const [set = ""] = [first.headers["set-cookie"] ?? []].flat();
  const cookie = set.split(";")[0] ?? "";
  const { origin } = new URL(address);
  return {
    origin,
    cookie,
    setCookie: set,
    landed: String(first.headers["location"]),
    get: (path) => send(origin + path, { headers: { cookie } }),
    submit: ({ action, fields: own }, fields = {}, headers = {}) =>
      send(origin + action, {
        method: "POST",
        headers: { cookie, origin, "content-type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams({ ...own, ...fields }).toString(),
      }),
  };
}

export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The POST forms of a page, by the last part of their action. */
export function formsIn(html: string): Readonly<Record<string, Form>> {
  const forms = [...html.matchAll(/<form method="post" action="([^"]+)"[^>]*>(.*?)<\/form>/gs)];
  return Object.fromEntries(
    forms.map(([, action = "", inner = ""]) => [
      action.split("/").at(-1),
      {
        action,
        fields: Object.fromEntries(
          [...inner.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
            ([, name, value]) => [name, value],
          ),
        ),
      },
    ]),
  );
}
