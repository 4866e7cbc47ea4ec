// Bundles what hatch_build.py names, on standard input, as JSON:
// {scripts: [{in, out}], styles: [{in, out}]}.
import { readFileSync } from "node:fs"
import { build } from "esbuild"

const { scripts, styles } = JSON.parse(readFileSync(0, "utf8"))

// Attune speaks over WebSocket only, and answers by plain forms where there is none: the other
// transports would be a third of the bundle and never run.
const websocketOnly = {
  name: "websocket-only",
  setup({ onLoad }) {
    onLoad({ filter: /engine\.io-client\/build\/esm\/transports\/index\.js$/ }, () => ({
      contents: 'import { WS } from "./websocket.js"; export const transports = { websocket: WS }',
    }))
  },
}

const browsers = ["chrome111", "edge111", "firefox115", "safari16.4"]
const shared = { minify: true, target: browsers, charset: "utf8", legalComments: "none" }

try {
  for (const { in: entry, out } of scripts)
    await build({
      ...shared,
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      format: "esm",
      platform: "browser",
      plugins: [websocketOnly],
    })
  // Nesting stays as written: taking it apart would need :is(), which changes what wins.
  for (const { in: entry, out } of styles)
    await build({ ...shared, target: "esnext", entryPoints: [entry], outfile: out })
} catch {
  process.exit(1) // esbuild has said why
}
