// What the SDK costs by itself: a server with as many tools as ours, each of which takes a text and gives it back.
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const TOOLS = 37;

serveStdio(() => {
  const server = new McpServer({ name: "bare", version: "1.0.0" });
  for (let number = 1; number <= TOOLS; number += 1) {
    server.registerTool(
      `tool_${number}`,
      {
        title: `Tool ${number}`,
        description: "Gives a text back.",
        inputSchema: z.object({ text: z.string() }),
      },
      ({ text }) => ({ content: [{ type: "text", text }] }),
    );
  }
  return server;
});
