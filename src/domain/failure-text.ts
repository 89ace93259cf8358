import type { AppError } from "./error.ts";

/** A final failure as the journal keeps it: `CODE: sentence Next: what to do`. */
export function failureText({ code, message, next }: AppError): string {
  return `${code}: ${message} Next: ${next}`;
}

/** What went wrong, and what to do about it where the text says that. */
export function readFailure(text: string): { readonly reason: string; readonly next: string | null } {
  const [, reason = text, next = null] = /^(.*?) Next: (.*)$/s.exec(text) ?? [];
  return { reason, next };
}
