import {
  type CompleteRequestParams,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import { clean } from "../domain/text.ts";
import type { Engine } from "../engine/engine.ts";
import { type Completed, PROMPT_ARGUMENTS } from "./prompts.ts";

/** The most values in one answer, as `completion/complete` defines it. */
const MOST = 100;

/**
 * Suggests values for an argument of a prompt while a person types: names that this process has already read. No
 * request is sent. Arguments of resource templates are ids and get no suggestions. An unknown prompt gets the error
 * "invalid params" (-32602).
 */
export function complete(
  { ref, argument, context }: CompleteRequestParams,
  engine: Pick<Engine, "seenNames">,
): CompleteResult {
  if (ref.type !== "ref/prompt") return answer([]);
  const prompt = PROMPT_ARGUMENTS.get(ref.name);
  if (!prompt) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `There is no prompt ${clean(ref.name, 60)}. Use a name from prompts/list.`,
    );
  }
  const completed = prompt.get(argument.name);
  if (completed === undefined) return answer([]);
  return answer(valuesOf(completed, argument.value, context?.arguments ?? {}, engine));
}

function valuesOf(
  { kind, isList = false, choices = [] }: Completed,
  typed: string,
  others: Readonly<Record<string, string>>,
  { seenNames }: Pick<Engine, "seenNames">,
): readonly string[] {
  if (kind === undefined) return choices.filter((choice) => choice.startsWith(typed.trim().toLowerCase()));
  // If the argument is a list, only its last entry is completed. The entries before it stay.
  const cut = isList ? typed.lastIndexOf(",") + 1 : 0;
  const before = cut === 0 ? "" : `${typed.slice(0, cut)} `;
  return seenNames(kind, typed.slice(cut), others["workspace"]).map((name) => before + name);
}

function answer(values: readonly string[]): CompleteResult {
  const shown = values.slice(0, MOST);
  return { completion: { values: shown, total: values.length, hasMore: values.length > MOST } };
}
