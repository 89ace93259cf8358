import type { AppError } from "../domain/error.ts";

/** Out for the moment, so that it is worth asking again. A reply of the wrong shape may be a passing one too, such as a proxy's page. */
export function mayAnswerLater({ code, retry }: AppError): boolean {
  return retry === "later" || code === "UPSTREAM_CONTRACT";
}
