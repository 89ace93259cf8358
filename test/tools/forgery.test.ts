import { describe, expect, it, onTestFinished } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { startProduct } from "../support/product.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { countStored } from "./decisions.ts";
import { liftBudgets, WIDE_LIMITS, writesOf } from "./describe-tool.ts";
import { type RawCall, rawHttp, rawStdio } from "./raw-call.ts";
import { BOARDS, boardsWith, onBoard, WORKSPACES } from "./world.ts";

const { standard } = WORKSPACES;
const YES = { confirm: { action: "accept", content: { confirm: true } } };
const NO = { confirm: { action: "decline" } };
const remove = {
  name: "remove_from_boards",
  arguments: { workspace: standard.id, member: SEED.guest.username, boards: [BOARDS.guests.id] },
};

/** Another payload under the old signature. */
function altered(state: string): string {
  const [version, body = "", signature] = state.split(".");
  const payload = Buffer.from(body, "base64url")
    .toString("utf8")
    .replace(/plan_[0-9a-f]/, "plan_z");
  return [version, Buffer.from(payload).toString("base64url"), signature].join(".");
}

describe.each(EVERY_WAY ? (["stdio", "http"] as const) : (["http"] as const))(
  "answers that nobody asked for, to the real program over %s",
  (transport) => {
    async function start() {
      const product = await startProduct({ env: WIDE_LIMITS, sandbox: { rateLimits: false } });
      onTestFinished(() => product.close());
      await liftBudgets(product);
      const another = async () => (transport === "stdio" ? rawStdio(product.env) : rawHttp(product.env));
      return { product, call: await another(), another };
    }
    async function asked(call: RawCall, request = remove): Promise<string> {
      const { result } = await call(request);
      expect(result).toMatchObject({
        resultType: "input_required",
        inputRequests: { confirm: expect.anything() },
      });
      return result?.requestState ?? "";
    }

    it("execute nothing: unsolicited, forged, altered, cut, for other arguments, for another tool, by a mute client", async () => {
      const { product, call } = await start();
      const unasked = await call({ ...remove, inputResponses: YES });
      expect(unasked.result).toMatchObject({ resultType: "input_required" });

      const state = await asked(call);
      for (const requestState of ["yes", "v1.e30.AAAA", altered(state), state.slice(0, -5), `${state}x`]) {
        const answer = await call({ ...remove, requestState, inputResponses: YES });
        expect(answer.error, requestState).toMatchObject({ code: -32602 });
      }

      const others = [
        { ...remove, arguments: { ...remove.arguments, member: SEED.billableGuest.username } },
        { ...remove, arguments: { workspace: standard.id, member: SEED.guest.username } },
        { name: "remove_from_workspace", arguments: { workspace: standard.id, member: SEED.guest.username } },
        { name: "remove_from_workspace", arguments: { workspace: standard.id, member: SEED.leaver.id } },
      ];
      for (const other of others) {
        const { result } = await call({ ...other, requestState: state, inputResponses: YES });
        expect(result, other.name).toMatchObject({ resultType: "input_required" });
      }
      const mute = await call({ ...remove, requestState: state, inputResponses: YES }, {});
      expect(mute.result?.structuredContent).toMatchObject({ status: "awaiting_confirmation" });
      for (const inputResponses of [
        {},
        { confirm: true },
        { confirm: { confirm: true } },
        { other: YES.confirm },
      ]) {
        const { result } = await call({ ...remove, requestState: state, inputResponses });
        expect(result).toMatchObject({ resultType: "input_required" });
      }

      expect(writesOf(product)).toEqual([]);
      expect(countStored(product).runs).toBe(0);
    });

    it("count once when they were asked for, and not for the same state again", async () => {
      const { product, call } = await start();
      const answer = { ...remove, requestState: await asked(call), inputResponses: YES };
      const together = await Promise.all([call(answer), call(answer), call(answer)]);
      const statuses = together.map(({ result }) => result?.structuredContent?.["status"]);
      expect(statuses.filter((status) => status === "applied")).toHaveLength(1);
      expect(onBoard(product.sandbox.world, BOARDS.guests.id, SEED.guest.id)).toBeUndefined();

      // The guest is back, as everything was when the person said yes; the old yes is used up all the same.
      const row = { id: "f".repeat(24), idMember: SEED.guest.id, memberType: "normal" as const };
      product.sandbox.world.trello.boards
        .get(BOARDS.guests.id)
        ?.memberships.push({ ...row, unconfirmed: false, deactivated: false });
      const replay = await call(answer);
      expect(replay.result).toMatchObject({
        isError: true,
        structuredContent: { error: { code: "CONFLICT" } },
      });
      expect(writesOf(product)).toHaveLength(1);
    });

    it("cannot turn a no into a yes, in another process of the store either, nor carry over to another store", async () => {
      const { product, call, another } = await start();
      const requestState = await asked(call);
      const stranger = await (await start()).call({ ...remove, requestState, inputResponses: YES });
      expect(stranger.error).toMatchObject({ code: -32602 });
      await call({ ...remove, requestState, inputResponses: NO });
      for (const process of [call, await another()]) {
        const after = await process({ ...remove, requestState, inputResponses: YES });
        expect(after.result).toMatchObject({
          isError: true,
          structuredContent: { error: { code: "CONFIRMATION_DECLINED" } },
        });
      }
      expect(boardsWith(product.sandbox.world, standard.id, SEED.guest.id)).toHaveLength(1);
      expect(writesOf(product)).toEqual([]);
    });
  },
);
