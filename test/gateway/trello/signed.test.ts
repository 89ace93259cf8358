/** With a token secret every request is signed, and a provider that checks signatures lets nothing else through. */
import { expect, onTestFinished, test } from "vitest";
import type { GatewayOptions } from "../../../src/gateway/create.ts";
import type { Gateway, Pass } from "../../../src/gateway/gateway.ts";
import { SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { startWire, type WireRequest } from "../../contract/wire.ts";
import { failure } from "../../support/failure.ts";
import { gatewayTo, realClock } from "../harness.ts";

const PASS: Pass = { priority: "interactive" };
const { standard } = SEED.workspaces;

/** A signing gateway, with a relay in front of the sandbox that keeps what was really sent. */
async function start(secrets: { apiSecret?: string; tokenSecret?: string } = {}) {
  const time = { sandboxAhead: 0 };
  const sandbox = await startSandbox({ now: () => Date.now() + time.sandboxAhead });
  onTestFinished(() => sandbox.close());
  const { origin, pathname } = new URL(sandbox.trelloUrl);
  const wire = await startWire(origin);
  const trello: GatewayOptions["trello"] = {
    baseUrl: `${wire.url}${pathname}`,
    apiKey: SEED.app.key,
    apiToken: SEED.tokens.full,
    apiSecret: secrets.apiSecret ?? SEED.app.secret,
    tokenSecret: secrets.tokenSecret ?? SEED.tokenSecret,
  };
  const { gateway, log } = await gatewayTo(sandbox.env, { trello, clock: realClock });
  onTestFinished(() => gateway.close());
  /** Sends once more what was sent, changed as told, to the same address. */
  const resend = async (sent: WireRequest, change: Partial<WireRequest> = {}) => {
    const { method, target, body, headers } = { ...sent, ...change };
    const { authorization = "", "content-type": type = "" } = headers;
    const response = await fetch(new URL(target, wire.url), {
      method,
      headers: { authorization, ...(type && { "content-type": type }) },
      ...(body && { body }),
    });
    return { status: response.status, text: await response.text() };
  };
  return { sandbox, gateway, wire, log, time, resend };
}

async function everyKind(gateway: Gateway): Promise<void> {
  const { trello } = gateway.reads(PASS);
  await trello.me();
  await trello.token();
  // Names with what signing goes wrong on: spaces, plus signs, commas, accents.
  await trello.searchMembers("Tomás + Chloé, 100% & more");
  await trello.workspaceSnapshots([standard.name, SEED.workspaces.premium.id]);
  const writes = gateway.writes(PASS).trello;
  await writes.inviteWorkspaceMember(standard.id, "new+one@example.com", "Ünal + Sons (new)", "normal");
  await writes.setBoardMember(SEED.boards.guests.id, SEED.successor.id, "normal", false);
  await writes.removeWorkspaceMember(standard.id, SEED.leaver.id);
}

test("every kind of request is signed, with a nonce of its own, and accepted", async () => {
  const { gateway, wire, sandbox } = await start();
  await everyKind(gateway);
  expect(sandbox.requests.map(({ status }) => status)).toEqual(wire.sent.map(() => 200));
  const headers = wire.sent.map((sent) => sent.headers["authorization"] ?? "");
  expect(headers.length).toBeGreaterThan(5);
  for (const header of headers) expect(header).toMatch(/oauth_signature_method="HMAC-SHA1"/);
  const nonces = headers.map((header) => /oauth_nonce="(\w+)"/.exec(header)?.[1]);
  expect(new Set(nonces).size).toBe(headers.length);
});

test("none of them can be sent a second time by who saw it", async () => {
  const { gateway, wire, resend } = await start();
  await everyKind(gateway);
  // What is sent again comes by the same relay.
  const seen = wire.sent.slice();
  for (const sent of seen) {
    expect(await resend(sent)).toEqual({ status: 401, text: "nonce already used" });
  }
});

test("nor altered: another person, another method, another parameter, another time", async () => {
  const { gateway, wire, sandbox, resend } = await start();
  await gateway.writes(PASS).trello.removeBoardMember(SEED.boards.guests.id, SEED.guest.id);
  const sent = wire.sent[0] as WireRequest;
  expect(sent.method).toBe("DELETE");
  const header = sent.headers["authorization"] ?? "";
  const later = header.replace(
    /oauth_timestamp="(\d+)"/,
    (_all, at) => `oauth_timestamp="${Number(at) + 1}"`,
  );
  expect(later).not.toBe(header);
  const changes: Partial<WireRequest>[] = [
    { target: sent.target.replace(SEED.guest.id, SEED.deputy.id) },
    { method: "GET" },
    { target: `${sent.target}${sent.target.includes("?") ? "&" : "?"}more=1` },
    { headers: { ...sent.headers, authorization: later } },
    { headers: { ...sent.headers, authorization: header.replace(/oauth_nonce="\w/, 'oauth_nonce="Z') } },
  ];
  const before = JSON.stringify([...sandbox.world.trello.boards.values()]);
  for (const change of changes) {
    expect(await resend(sent, change)).toEqual({ status: 401, text: "invalid signature" });
  }
  expect(JSON.stringify([...sandbox.world.trello.boards.values()])).toBe(before);
});

test("a stale one is refused, and the gateway says to look at the clock", async () => {
  const { gateway, time } = await start();
  const { trello } = gateway.reads(PASS);
  await trello.me();
  expect(Math.abs(gateway.clockOffsetMs() ?? Infinity)).toBeLessThan(5_000);
  time.sandboxAhead = 301_000;
  const error = await failure(trello.token());
  expect(error).toMatchObject({ code: "UNAUTHENTICATED", details: { reason: "signature_refused" } });
  expect(error.next).toContain("clock");
  // Refused replies carry the time too.
  const clockOffset = gateway.clockOffsetMs() ?? 0;
  expect([clockOffset < -290_000, clockOffset > -312_000]).toEqual([true, true]);
});

test.each([{ apiSecret: "another-secret-1" }, { tokenSecret: "another-secret-2" }])(
  "a wrong secret is told as such, and is in no error or log: %j",
  async (secrets) => {
    const { gateway, log } = await start(secrets);
    const error = await failure(gateway.reads(PASS).trello.me());
    expect(error).toMatchObject({ code: "UNAUTHENTICATED", details: { reason: "signature_refused" } });
    expect(error.next).toContain("TRELLO_TOKEN_SECRET");
    expect(JSON.stringify([error, error.message, log])).not.toContain("another-secret");
  },
);
