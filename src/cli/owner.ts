import { hostname } from "node:os";

/** Names this process in leases: `host:pid:random`. */
export function createOwner(random: string): string {
  return `${hostname()}:${process.pid}:${random}`;
}

/**
 * Whether the process behind another owner's name is certainly gone: it ran on this machine and its process id is free,
 * or is this very process, which is not it. Of another machine nothing is certain; its lease has to lapse.
 */
export function isGone(owner: string, self: string): boolean {
  const [host, pid] = owner.split(":");
  const number = Number(pid);
  if (owner === self || host !== hostname() || !Number.isInteger(number) || number <= 0) return false;
  if (number === process.pid) return true;
  try {
    // Signal 0 asks whether the process exists and sends nothing.
    process.kill(number, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
}
