import type { Server } from "node:http";
import { type AddressInfo, BlockList, isIP } from "node:net";
import { AppError } from "../domain/error.ts";

/**
 * Starts to listen, and resolves when the server listens. CONFIG_INVALID if the address cannot be used. With port 0,
 * the operating system chooses the port.
 */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new AppError(
          "CONFIG_INVALID",
          `Cannot listen on ${host} port ${port} (${cause.code ?? "unknown"}).`,
          {
            next: "Set IDENTITY_HTTP_HOST and IDENTITY_HTTP_PORT to a free address of this machine.",
            cause,
          },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

/** The URL on which a server listens, for example `http://127.0.0.1:8723`. */
export function originOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** CONFIG_INVALID if other machines could reach the address, because this server does not know who calls. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new AppError("CONFIG_INVALID", `IDENTITY_HTTP_HOST=${host} is not a loopback address.`, {
    next: "Use 127.0.0.1, ::1 or localhost, or set IDENTITY_AUTH_ISSUER. Without an issuer this server does not know who calls, so other machines must not reach it.",
  });
}

/**
 * CONFIG_INVALID if other machines can reach the server and its public URL is not set. The URL is never taken from a
 * request.
 */
export function requirePublicUrl(host: string, publicUrl: string | null): void {
  if (publicUrl !== null || isLoopback(host)) return;
  throw new AppError(
    "CONFIG_INVALID",
    `IDENTITY_PUBLIC_URL is missing, and IDENTITY_HTTP_HOST=${host} needs it.`,
    {
      next: "Set IDENTITY_PUBLIC_URL to the address for clients, without /mcp, for example https://identity.example.com.",
    },
  );
}

/** `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
