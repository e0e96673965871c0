import { execFileSync } from "node:child_process";
import { defineConfig } from "@playwright/test";
import { fixturePort, fixtureURL } from "./e2e/fixture/open";

function chromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name]).toString().trim();
    } catch {
      // not this one: try the next name
    }
  }
  throw new Error("The browser stories need Chromium: install it, or set CHROMIUM to its path.");
}

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: "test-results",
  // The editor alone, for what it shows and does by itself; stories start the real server themselves.
  webServer: {
    command: `npx vite --host 127.0.0.1 --port ${fixturePort} --strictPort`,
    url: fixtureURL,
    reuseExistingServer: false,
  },
  use: {
    viewport: { width: 1440, height: 1000 },
    locale: "en-GB",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
