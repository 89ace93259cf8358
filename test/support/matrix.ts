import { afterEach, describe } from "vitest";
import type { ClientOptions, TestClient } from "./client.ts";
import { type Access, type ProductOptions, startProduct, type TestProduct } from "./product.ts";

/** Every way in that the product promises: both transports, both eras, the current SDK and the one deployed hosts speak. */
export const CLIENTS: readonly (Access & { readonly name: string })[] = (["stdio", "http"] as const).flatMap(
  (transport) => [
    { name: `v2 client, 2026 era, ${transport}`, sdk: "v2" as const, era: "modern" as const, transport },
    { name: `v2 client, handshake era, ${transport}`, sdk: "v2" as const, era: "legacy" as const, transport },
    { name: `1.x client, ${transport}`, sdk: "v1" as const, era: "legacy" as const, transport },
  ],
);

export interface Connected {
  readonly client: TestClient;
  readonly product: TestProduct;
}

export type Connect = (options?: ClientOptions & ProductOptions) => Promise<Connected>;

/**
 * The same tests through every client of the matrix. `connect` starts a fresh sandbox and store, and the real program behind
 * a client of that kind; all of it ends after each test.
 */
export function describeClients(
  name: string,
  tests: (connect: Connect, access: Access) => void,
  clients: readonly (Access & { readonly name: string })[] = CLIENTS,
): void {
  describe.each(clients)(`${name}: $name`, (access) => {
    const products: TestProduct[] = [];
    afterEach(async () => {
      await Promise.all(products.splice(0).map((product) => product.close()));
    });
    tests(async ({ env, sandbox, ...clientOptions } = {}) => {
      const product = await startProduct({ ...(env && { env }), ...(sandbox && { sandbox }) });
      products.push(product);
      return { product, client: await product.connect(access, clientOptions) };
    }, access);
  });
}

/** A person who says yes to every question. */
export const sayYes = () => ({ action: "accept" as const, content: { confirm: true } });
