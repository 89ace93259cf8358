import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A load balancer that knows nothing of sessions: each request goes to the next server. */
export async function startRoundRobin(urls: readonly string[]) {
  const targets = [...urls];
  let turn = 0;
  const open = new Set<ServerResponse>();
  const server = createServer((incoming, answer) => {
    const target = targets[turn % targets.length] ?? "";
    turn += 1;
    open.add(answer);
    answer.on("close", () => open.delete(answer));
    const { host: _host, ...headers } = incoming.headers;
    const passed = request(target, { method: incoming.method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    /** Puts another server in the place of one. */
    replace(index: number, url: string): void {
      targets[index] = url;
    },
    /** Breaks every connection whose answer has not ended, as a proxy does that waited too long. */
    cut(): void {
      for (const answer of open) answer.destroy();
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
