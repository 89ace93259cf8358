import { AppError, toAppError } from "../domain/error.ts";
import { upstreamChecks } from "./checks.ts";
import { gatewayChecks } from "./gateway-checks.ts";
import type { Check } from "./checks.ts";
import { clock } from "./clock.ts";
import { print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { configure } from "./configure.ts";
import { readFlags } from "./flags.ts";
import { startSandboxed } from "./sandboxed.ts";
import { wire } from "./wire.ts";
import type { Product } from "./wire.ts";

/** Looks at the settings, the store and every upstream, one line each; 1 when something is broken. */
export const run: Command = async (io) => {
  const { values, settings } = readFlags(io.args, { sandbox: { type: "boolean" } });
  const sandboxed = values.sandbox ? await startSandboxed(io.env) : null;
  try {
    const env = sandboxed?.env ?? io.env;
    const config = await configure(
      { ...io, env },
      { IDENTITY_LOG_LEVEL: "error", ...settings },
      { trello: true },
    );
    report(
      io,
      "ok",
      "Settings",
      `confirmation ${config.confirmation}${config.readOnly ? ", read-only" : ""}`,
    );
    const product = await wire(config, { tools: [], writeLog: (line) => io.stderr.write(line) });
    try {
      return await examine(io, product);
    } finally {
      await product.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { problems } = thrown.details;
    const name = thrown.code === "STORE_FAILED" ? "Store" : "Settings";
    for (const found of Array.isArray(problems) ? problems : [sentence(thrown)])
      report(io, "FAIL", name, found);
    return 1;
  } finally {
    await sandboxed?.close();
  }
};

async function examine(io: CommandIo, { config, gateway, engine }: Product): Promise<number> {
  const waiting = (await engine.waiting()).length;
  report(io, "ok", "Store", `opens; ${waiting} plan${waiting === 1 ? "" : "s"} waiting for a decision`);
  const reads = gateway.reads({ priority: "interactive", signal: io.stop });
  let broken = 0;
  // One after the other, so that the first failure is told in the order in which it should be mended.
  // What the gateway knows comes last: it learns it from the other checks' replies.
  for (const check of [...upstreamChecks(config, reads, clock.now), ...gatewayChecks(gateway)])
    broken += await look(io, check);
  return broken === 0 ? 0 : 1;
}

async function look(io: CommandIo, check: Check): Promise<0 | 1> {
  try {
    report(io, "ok", check.name, await check.look());
    return 0;
  } catch (thrown) {
    report(io, "FAIL", check.name, sentence(toAppError(thrown)));
    return 1;
  }
}

function sentence(error: AppError): string {
  return `${error.code}: ${error.message} Next: ${error.next}`;
}

function report(io: CommandIo, mark: "ok" | "FAIL", name: string, found: string): void {
  print(io.stdout, `${mark.padEnd(5)}${name.padEnd(19)}${found}`);
}
