/** A sandbox that closes with its test, and a client that hides nothing of the replies. */
import { onTestFinished } from "vitest";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/index.ts";
import { freshWorld } from "../support/fresh-world.ts";

export const START = Date.UTC(2026, 0, 15, 9);

/** A clock that stands still until it is moved. */
export function createClock(): { (): number; advance(ms: number): void } {
  let at = START;
  const clock = () => at;
  return Object.assign(clock, {
    advance(ms: number) {
      at += ms;
    },
  });
}

export async function open(options: SandboxOptions = {}): Promise<Sandbox> {
  const { world = "clean", ...others } = options;
  const sandbox = await startSandbox({
    now: () => START,
    ...others,
    world: typeof world === "string" && !others.now ? freshWorld(world, START) : world,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: unknown;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

export function authorization(token: string, key: string = SEED.app.key): string {
  return `OAuth oauth_consumer_key="${key}", oauth_token="${token}"`;
}

/** Calls Trello with one of the seed's tokens. */
export function trello(sandbox: Sandbox, token: string = SEED.tokens.full): Call {
  return async (method, path, body) => {
    const response = await fetch(`${sandbox.trelloUrl}${path}`, {
      method,
      headers: {
        authorization: authorization(token),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The rows of a reply, as objects. */
export function rows(answer: Answer): Record<string, unknown>[] {
  return answer.json as Record<string, unknown>[];
}

/** On how many boards a person is, in the world itself. */
export function boardsWith(sandbox: Sandbox, idMember: string, idOrganization?: string): number {
  return [...sandbox.world.trello.boards.values()].filter(
    (board) =>
      (idOrganization === undefined || board.idOrganization === idOrganization) &&
      board.memberships.some((row) => row.idMember === idMember),
  ).length;
}

/** Whether a person has a row in a workspace, in the world itself. */
export function isInWorkspace(sandbox: Sandbox, idMember: string, idOrganization: string): boolean {
  const workspace = sandbox.world.trello.workspaces.get(idOrganization);
  return workspace?.memberships.some((row) => row.idMember === idMember) ?? false;
}
