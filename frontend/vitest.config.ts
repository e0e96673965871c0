import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["*/**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", "e2e/**"],
    environment: "node",
    testTimeout: 10_000,
  },
});
