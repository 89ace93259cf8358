import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { toAppError } from "../domain/error.ts";
import type { Log } from "../domain/runtime.ts";

/** Runs what answers no tool call: its failure is a protocol error in the words of a tool result, and nothing of a defect. */
export async function refusing<T>(log: Log, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    const error = toAppError(thrown);
    const { code, message, next, cause } = error;
    if (code === "INTERNAL") log("error", { code, err: cause ?? error }, "a request failed");
    else log("info", { code }, "a request was refused or failed");
    const kind = code === "INPUT_INVALID" ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(kind, `${code}: ${message} Next: ${next}`);
  }
}
