import { Transform } from "node:stream";

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Passes bytes on without the byte order mark that some shells put at the beginning of a stream (RFC 8259 section 8.1). */
export function withoutByteOrderMark(): Transform {
  let head: Buffer | null = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (head === null) return done(null, chunk);
      const seen = Buffer.concat([head, chunk]);
      // The mark may come in parts.
      if (seen.length < BOM.length && BOM.subarray(0, seen.length).equals(seen)) {
        head = seen;
        return done();
      }
      head = null;
      done(null, seen.subarray(0, BOM.length).equals(BOM) ? seen.subarray(BOM.length) : seen);
    },
    flush(done) {
      done(null, head);
    },
  });
}
