import type { LinkedEmail } from "../domain/planning.ts";
import type { IdentityLinks } from "../store/store.ts";

/** Every email that was ever linked to a member, each once, the newest first. */
export async function linkedEmails(
  idMember: string,
  links: Pick<IdentityLinks, "byEmail" | "byMember">,
): Promise<readonly LinkedEmail[]> {
  const sources = new Map<string, string>();
  for (const { email, source } of await links.byMember(idMember)) {
    if (!sources.has(email)) sources.set(email, source);
  }
  const found: LinkedEmail[] = [];
  for (const [email, source] of sources) {
    const owners = (await links.byEmail(email)).flatMap((link) => link.idMember ?? []);
    found.push({ email, source, disputed: owners.some((owner) => owner !== idMember) });
  }
  return found;
}
