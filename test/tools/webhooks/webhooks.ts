import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import type { TestClient } from "../../support/client.ts";
import type { Way } from "../describe-tool.ts";

/** An address that Trello reaches: it answers 200 to everything, or what `status` says. */
export interface Reachable {
  status: number;
  readonly url: string;
  /** A client whose server says that it is at that address. */
  client(way: Way): Promise<TestClient>;
}

/** Opens the address before the tests of a tool, and closes it after them. */
export function reachable(): Reachable {
  const server = createServer((_request, response) => response.writeHead(address.status).end());
  const address = {
    status: 200,
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    client: (way: Way) =>
      way.other({
        IDENTITY_TOOLSETS: "directory,offboarding,reviews,webhooks",
        IDENTITY_PUBLIC_URL: address.url,
      }),
  };
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return address;
}

/** The webhooks that Trello has, as `kind idModel active`. */
export function existing(way: Way): readonly string[] {
  return [...way.world.trello.webhooks.values()].map(({ idModel, active }) => `${idModel} ${active}`);
}
