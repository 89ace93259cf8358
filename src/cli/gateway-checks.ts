import { AppError } from "../domain/error.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Check } from "./checks.ts";

/** Far more than a reply takes, and far less than a provider allows a signature's timestamp to be off. */
const TOLERATED_SKEW_MS = 60_000;

/** What the gateway itself knows after it has asked every upstream: the clock and the budgets. */
export function gatewayChecks(gateway: Pick<Gateway, "clockSkewMs" | "budgets">): readonly Check[] {
  return [
    {
      name: "Clock",
      async look() {
        const ahead = gateway.clockSkewMs();
        if (ahead === null) return "not compared: Trello has not answered";
        const off = `${Math.round(Math.abs(ahead) / 1_000)} s ${ahead < 0 ? "behind" : "ahead of"} Trello's`;
        if (Math.abs(ahead) <= TOLERATED_SKEW_MS)
          return Math.abs(ahead) < 2_000 ? "agrees with Trello's" : off;
        throw new AppError("CONFIG_INVALID", `This machine's clock is ${off}.`, {
          next: "Set it by a time server: OAuth 1.0 signatures, expiries and the audit's times depend on it.",
        });
      },
    },
    {
      name: "Rate budgets",
      async look() {
        const budgets = await gateway.budgets();
        return budgets
          .map(
            ({ id, limit, windowMs, remaining }) =>
              `${id.split(":")[0]} ${remaining} of ${limit} left in ${windowMs / 1_000} s`,
          )
          .join(", ");
      },
    },
  ];
}
