/** What an answer or a line of the log must not have. Each finding is a sentence. */
export type Judge = (text: string) => readonly string[];

// What Node writes of a stack, and what the program's own files are called, also inside JSON.
const STACK =
  /(?:\\n|\n)\s+at\s.{1,300}?:\d+:\d+|node:internal|node_modules\/|chunk-[A-Z0-9]{8}|\.[cm]?[jt]s:\d+/;
/** Codes that say that this program, or the healthy upstream of the tests, failed. */
const FAILURES = /\b(?:INTERNAL|STORE_FAILED|UPSTREAM_CONTRACT|UPSTREAM_UNAVAILABLE|OUTCOME_UNKNOWN): /;
const INTERNAL_ERROR = -32_603;

/** `secrets`: what must never be seen. */
export function createJudge(secrets: readonly string[]): {
  readonly answer: Judge;
  readonly log: Judge;
} {
  function common(text: string): readonly string[] {
    return [
      ...secrets.filter((secret) => text.includes(secret)).map((secret) => `shows the secret ${secret}`),
      ...(STACK.test(text) ? ["shows a stack trace"] : []),
    ];
  }
  return {
    answer(text) {
      const message = JSON.parse(text) as {
        readonly error?: { readonly code: number; readonly message: string };
      };
      const failed = FAILURES.exec(text)?.[0];
      return [
        ...common(text),
        ...(failed === undefined ? [] : [`says ${failed}`]),
        // A refusal that names its code is no accident.
        ...(message.error?.code === INTERNAL_ERROR && !/^[A-Z_]+: /.test(message.error.message)
          ? ["is an internal error"]
          : []),
        ...("result" in message === "error" in message && !("method" in message) ? ["is no answer"] : []),
      ];
    },
    log(line) {
      if (line.trim() === "") return [];
      let level = "";
      try {
        ({ level } = JSON.parse(line) as { level: string });
      } catch {
        return [`the log has a line that is no JSON: ${line.slice(0, 1_000)}`];
      }
      return [...common(line), ...(level === "error" ? ["has an error"] : [])].map(
        (wrong) => `the log ${wrong}: ${line.slice(0, 1_000)}`,
      );
    },
  };
}
