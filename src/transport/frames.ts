/**
 * Corrects a client's message, so that the schema of the protocol accepts it. Some clients send `"arguments": null`, or
 * the arguments as a JSON text. Without the correction, the schema would refuse the message before the tool could
 * explain the mistake.
 */
export function readFrame(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(readFrame);
  if (!isObject(message) || message["method"] !== "tools/call" || !isObject(message["params"]))
    return message;
  const { arguments: given, ...params } = message["params"];
  if (given === null) return { ...message, params };
  if (typeof given !== "string") return message;
  const parsed = given.trim() === "" ? {} : parsedObject(given);
  return parsed === null ? message : { ...message, params: { ...params, arguments: parsed } };
}

/**
 * No message of the protocol has more than 64 levels of lists and objects. Code that visits every level can fail if
 * there are more.
 */
const DEEPEST = 64;

/**
 * Whether a message has too many levels of lists and objects. The check visits one level after the other, so it cannot
 * fail itself.
 */
export function isTooDeep(message: unknown): boolean {
  let level: unknown[] = [message];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value).filter(isContainer) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
