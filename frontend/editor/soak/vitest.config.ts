import { defineConfig } from "vitest/config";

/** The soak runs by itself: make test-go starts it for a short while, make long for an hour. */
export default defineConfig({
  test: { include: ["editor/soak/*.soak.ts"], environment: "jsdom", testTimeout: 2 * 3_600_000, silent: false },
});
