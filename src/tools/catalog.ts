/** Every tool, found by its place in the folders beside this file. */
export { catalog } from "./catalog.gen.ts";
