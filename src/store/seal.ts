import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { AppError } from "../domain/error.ts";

/** Encrypts texts for the store. */
export interface Seal {
  /**
   * Encrypts a text. `about` names the place in the store to which the text belongs. If the text is moved to another
   * place, it cannot be decrypted.
   */
  close(text: string, about: string): string;
  /** Decrypts a text. CONFIG_INVALID if the text was encrypted with another key or for another place. */
  open(sealed: string, about: string): string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with AES-256-GCM (NIST SP 800-38D). HKDF-SHA256 (RFC 5869) derives the key from the administrator's key. */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync("sha256", secret, "trello-identity-mcp", "stored sign-ins", 32));
  return {
    close(text, about) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(Buffer.from(about))
          .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const body = bytes.subarray(IV_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new AppError("CONFIG_INVALID", "The sign-in in the store was encrypted with another key.", {
          next: "Set IDENTITY_STORE_KEY to the value that it had when `login` ran, or restore the file store-key beside the store. If both are lost, run `login` again.",
          cause,
        });
      }
    },
  };
}
