import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const root = import.meta.dirname;

/**
 * Every page folder brings its own script and style: `<folder>/<folder>.ts`, `<folder>/<folder>.css`,
 * `<folder>/page.ts`, `<folder>/page.css`; `shared` brings `base.css` and `layout.ts`.
 * The manifest names them by these paths, and server/web finds the built files in it.
 */
function entries(): string[] {
  const found: string[] = [];
  for (const dir of readdirSync(root, { withFileTypes: true })) {
    if (!dir.isDirectory() || ["node_modules", "dist", "e2e", "test-results", "playwright-report"].includes(dir.name)) continue;
    const names = dir.name === "shared" ? ["layout.ts", "base.css"] : [`${dir.name}.ts`, `${dir.name}.css`, "page.ts", "page.css"];
    for (const name of names) if (existsSync(join(root, dir.name, name))) found.push(`${dir.name}/${name}`);
  }
  return found;
}

/** Removes what the last build left, and nothing else: dist/README is kept in git. */
function sweep(): Plugin {
  return {
    name: "sweep",
    apply: "build",
    buildStart() {
      for (const part of ["assets", ".vite"]) rmSync(join(root, "dist", part), { recursive: true, force: true });
    },
  };
}

export default defineConfig({
  root,
  base: "/static/",
  publicDir: false,
  plugins: [sweep()],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    manifest: true,
    target: "es2022",
    // The content security policy allows neither data: fonts nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(entries().map((path) => [path.replace(/[/.]/g, "-"), join(root, path)])),
      output: {
        entryFileNames: (chunk) => `assets/${basename(chunk.name).replace(/-ts$/, "")}-[hash].js`,
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
