/**
 * A client's message in the form that the protocol requires. Some clients send `"arguments": null` for a tool without
 * arguments, or the arguments as JSON text. The protocol's schema would refuse both before a tool could explain the
 * mistake.
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
 * More levels than any message of the protocol has. Code that follows a value to every depth fails if there are too
 * many.
 */
const DEEPEST = 64;

/** Whether a message has more levels than are read. It looks level by level, so that depth cannot make it fail. */
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
