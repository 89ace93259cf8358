import { createDesk, type Presented } from "../../approvals/desk.ts";
import type { Room } from "../../approvals/service.ts";
import type { Config } from "../../config/config.ts";
import { toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { MembershipEvent } from "../../domain/membership-event.ts";
import type { Meter } from "../../domain/runtime.ts";
import { type Answering, createAnswering } from "../../server/answering.ts";
import type { Store } from "../../store/store.ts";
import { createNeededScope, type NeededScope } from "../../server/scopes.ts";
import { catalog, enabledTools } from "../../tools/catalog.ts";
import { VERSION } from "../version.ts";
import type { CommandIo } from "./command.ts";
import { approvalsText, deskDeps } from "./desk.ts";
import { createDuties, keepLooking } from "./duties.ts";
import { reviewsThatPlan } from "./review-removals.ts";
import { reviewersHere } from "./reviewers.ts";
import { clock, type Product, wire } from "./product.ts";
import { createNotices } from "./notices.ts";
import { createQuestionKeys } from "./question-keys.ts";
import { terminalRefusal } from "./terminal.ts";
import { checkNewBoards, checkWebhooks, tellLeaverAccess } from "./webhook-check.ts";

/** What a running server has loaded: the engine and everything that it uses, and the code that answers clients. */
export interface Loaded {
  readonly product: Product;
  readonly answering: Answering;
  /** Returns the scope that a signed-in person must have to send an MCP message. */
  readonly needed: NeededScope;
  /** The plans, runs and reviews that the approval pages show; null if the service has no pages. */
  readonly room: Room | null;
  /** Stops the approval pages. The engine and the store are closed separately, after everything that uses them. */
  close(): Promise<void>;
}

/** Loads everything that a tool call needs. */
export async function load(
  io: CommandIo,
  config: Config,
  {
    sandboxed,
    over,
    meter,
    stopping,
    store,
    refused,
    writeLog = (line) => io.stderr.write(line),
  }: {
    readonly sandboxed: boolean;
    readonly over: "stdio" | "http";
    readonly meter?: Meter | undefined;
    readonly stopping?: AbortSignal | undefined;
    readonly store?: Store | undefined;
    /**
     * Called if an upstream refuses the credentials. The function reads the files of the settings again, to find new
     * credentials.
     */
    readonly refused?: (() => Promise<void>) | undefined;
    readonly writeLog?: ((line: string) => void) | undefined;
  },
): Promise<Loaded> {
  const tools = enabledTools(catalog, config);
  const wired = await wire(config, { tools, meter, store, refused, writeLog });
  const pagesUrl = over === "http" ? (config.http.approver?.pagesUrl ?? null) : null;
  const notices = createNotices(config, wired.engine, { clock, log: wired.log, pagesUrl });
  const once = (key: string) => wired.store.facts.setOnce(key, true);
  const product = {
    ...wired,
    engine: notices.engine,
    heard(event: MembershipEvent) {
      void tellLeaverAccess(event, { runs: wired.store.runs, once, tell: notices.tell, log: wired.log });
      newBoard(event);
    },
  };
  const own = deskDeps(io, product, sandboxed);
  const reviews = reviewsThatPlan({ engine: product.engine, present, log: product.log });
  const deps = { ...own, pages: { ...own.pages, reviews } };
  const isService = over === "http" && config.http.authorization !== null;
  const service = isService
    ? (await import("./service.ts")).createService(product, deps)
    : { desk: createDesk(deps), room: null };
  const { desk } = service;
  async function present(plan: Plan): Promise<Presented> {
    notices.waiting(plan);
    // On one machine, people do not sign in, so an approval on the page proves no more than an approval at a terminal.
    // If this plan cannot be approved at a terminal, the page is not opened.
    const isClosed = !isService && terminalRefusal(plan) !== null;
    return isClosed ? { url: null, opened: false } : await desk.present(plan);
  }
  const answering = createAnswering({
    engine: product.engine,
    tools,
    weakest: config.confirmation,
    approvals: {
      present,
      start: desk.start,
      command: (plan) => approvalCommand(io.program, config, plan),
    },
    reviewPages: {
      reviewers: reviewersHere(deps.user, isService ? service.room !== null : null),
      present: desk.presentReview,
    },
    questionKeys: createQuestionKeys(product.store, clock.now),
    budgets: () => product.gateway.budgets(),
    version: VERSION,
    log: product.log,
    meter,
    stopping,
  });
  const stop = new AbortController();
  const schedules = over === "http" ? schedulesOf(config) : [];
  const { engine, log } = product;
  const hooks = { engine, store: product.store.webhooks, tell: notices.tell, present, now: clock.now, log };
  const receives =
    over === "http" &&
    Boolean(config.trello?.apiSecret) &&
    tools.some(({ name }) => name === "create_webhook");
  const newBoard = checkNewBoards(async () => {
    if (!receives || stop.signal.aborted) return;
    await checkWebhooks(hooks).catch((thrown: unknown) =>
      log("warn", { code: toAppError(thrown).code }, "the webhooks of a new board could not be made"),
    );
  });
  const duties = createDuties({
    checkWebhooks: receives ? () => checkWebhooks(hooks) : null,
    engine: product.engine,
    once,
    tell: notices.tell,
    present,
    schedules,
    pagesUrl,
    clock,
    log: product.log,
  });
  const isNeeded = receives || schedules.length > 0 || config.notify !== null;
  const looking = isNeeded ? keepLooking(duties, stop.signal) : undefined;
  const close = async () => {
    stop.abort();
    await looking;
    await desk.close();
    notices.close();
  };
  const needed = createNeededScope({ tools, engine: product.engine });
  return { product, answering, needed, room: service.room, close };
}

/**
 * The rosters for which the connections file has a time of day. The server makes a plan from each of these rosters
 * daily.
 */
function schedulesOf({ rosters }: Config): readonly { readonly name: string; readonly schedule: string }[] {
  return rosters.flatMap(({ name, schedule }) => (schedule === undefined ? [] : [{ name, schedule }]));
}

/** The command that approves a plan at a terminal; null if the plan cannot be approved there. */
function approvalCommand(program: string, config: Config, plan: Plan): string | null {
  return terminalRefusal(plan) ? null : approvalsText(program, config, "approve", plan.id);
}
