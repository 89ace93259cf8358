import { BlockList, isIP } from "node:net";
import { AppError } from "../domain/error.ts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Refuses, with CONFIG_INVALID, to listen where other machines could reach a server that does not know who calls. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new AppError("CONFIG_INVALID", `IDENTITY_HTTP_HOST=${host} is not a loopback address.`, {
    next: "Use 127.0.0.1, ::1 or localhost: without authorization this server must not be reachable from other machines.",
  });
}

/** `localhost`, 127.0.0.0/8 or ::1. */
function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
