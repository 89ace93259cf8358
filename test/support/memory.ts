import { existsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Where stores of tests lie. What a killed process wrote is the kernel's already, so a disk that is waited for would only cost time. */
export const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
