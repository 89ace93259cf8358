// The accepted form of an email: a name without quotes (dot-atom, RFC 5321 section 4.1.2), one @, and a domain with a
// dot.
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})+$`);

/**
 * The email in lower case; null if the text is not an email. An email has at most 64 characters before the @ and 254 in
 * all (RFC 5321).
 */
export function emailOf(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && email.indexOf("@") <= 64 && EMAIL.test(email) ? email : null;
}

/**
 * An email in the form in which emails are compared: in lower case, with the domain in ASCII. Dots and parts with a
 * plus sign stay in the name, because they can make it another mailbox. null if the text is not an email, for example
 * because there is a space in it.
 */
export function comparableEmail(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "" || /\s/.test(trimmed)) return null;
  return emailOf(trimmed) ?? plainEmailFor(trimmed);
}

/**
 * Corrects a text that is almost an email: full-width characters become normal characters, and an international domain
 * gets its `xn--` form. null if the corrected text is not an email either, or if nothing had to be corrected.
 */
export function plainEmailFor(text: string): string | null {
  const plain = text
    .normalize("NFKC")
    .replaceAll("。", ".")
    .replace(/[\s\p{Cf}]/gu, "")
    .toLowerCase();
  const at = plain.lastIndexOf("@");
  if (at < 1) return null;
  const ascii = asciiDomain(plain.slice(at + 1));
  const email = ascii === null ? null : emailOf(`${plain.slice(0, at)}@${ascii}`);
  return email === emailOf(text) ? null : email;
}

function asciiDomain(domain: string): string | null {
  if (/[/:@?#%\\\s]/.test(domain)) return null;
  const url = `http://${domain}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}
