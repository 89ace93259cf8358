// Deliberately plain: one @, a dot in the domain, nothing that a mail header or a URL would need quoted.
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

/** The email in lower case, or null where it is none (RFC 5321 lengths: 64 before the @, 254 in all). */
export function emailOf(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && email.indexOf("@") <= 64 && EMAIL.test(email) ? email : null;
}
