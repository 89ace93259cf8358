/** Removes secrets from a text. */
export type Redact = (text: string) => string;

const MASK = "[redacted]";

/**
 * Makes a function that hides secrets in a text: as they are, and as they look in a URL, a form or base64. It also
 * hides the text after words such as "token=". A secret of fewer than 8 characters is hidden only after such words.
 */
export function createRedact(secrets: readonly (string | null | undefined)[]): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (!secret || secret.length < 8) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
    forms.add(new URLSearchParams({ s: secret }).toString().slice(2));
    forms.add(Buffer.from(secret).toString("base64"));
  }
  // Longer secrets are replaced first. Otherwise a short secret that is part of a long one would leave the rest
  // visible.
  const known = [...forms].sort((a, b) => b.length - a.length).map(escape);
  const pattern = known.length > 0 ? new RegExp(known.join("|"), "g") : null;
  return (text) => {
    const masked = pattern ? text.replace(pattern, MASK) : text;
    return masked.replace(ANNOUNCED, (_all, word: string) => `${word}${MASK}`);
  };
}

/** The facts of a log line with all secrets hidden, at any depth. */
export function redactFacts(
  redact: Redact,
  facts: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, redactFact(redact, fact)]));
}

function redactFact(redact: Redact, fact: unknown): unknown {
  if (typeof fact === "string") return redact(fact);
  if (fact instanceof Error) return redact(`${fact.name}: ${fact.message}`);
  if (Array.isArray(fact)) return fact.map((each) => redactFact(redact, each));
  if (typeof fact === "object" && fact !== null) return redactFacts(redact, fact as Record<string, unknown>);
  return fact;
}

const ANNOUNCED =
  /((?:\bBearer\s+|\boauth_(?:token|consumer_key|signature)="?|[?&](?:key|token)=))(?!\[redacted\])[^\s"'&,]+/gi;

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
