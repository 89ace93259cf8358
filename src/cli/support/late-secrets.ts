import { createRedact, type Redact } from "../../gateway/http/redact.ts";

/** Writes log lines and hides in each line the secrets that the server read after its start. */
export interface LateSecrets {
  hide(secrets: readonly string[]): void;
  write(line: string): void;
}

export function createLateSecrets(write: (line: string) => void): LateSecrets {
  const late = new Set<string>();
  let redact: Redact = (text) => text;
  return {
    hide(secrets) {
      const before = late.size;
      for (const secret of secrets) late.add(secret);
      if (late.size > before) redact = createRedact([...late]);
    },
    write: (line) => write(redact(line)),
  };
}
