// Bundles what hatch_build.py names, on standard input, as JSON:
// {scripts: [{in, out}], styles: [{in, out}]}.
import { readFileSync } from "node:fs"
import { build } from "esbuild"

const { scripts, styles } = JSON.parse(readFileSync(0, "utf8"))

// Attune speaks JSON over WebSocket only, and answers by plain forms where there is none. The other
// transports and whatever is binary would be a third of the bundle and never run. A test tells when
// a new version of the library no longer has these files.
const parts = {
  "engine.io-client/build/esm/transports/index.js":
    'import { WS } from "./websocket.js"; export const transports = { websocket: WS }',
  "engine.io-client/build/esm/transports/polling-fetch.js": "export const Fetch = null",
  "engine.io-client/build/esm/transports/polling-xhr.js": "export const XHR = null",
  "engine.io-client/build/esm/transports/webtransport.js": "export const WT = null",
  "engine.io-client/build/esm/contrib/parseuri.js": `
    export const parse = source => {
      const { protocol, hostname, port, pathname, search } = new URL(source)
      const host = hostname.replace(/[[\\]]/g, "")
      return { source, protocol: protocol.slice(0, -1), host, port, path: pathname, query: search.slice(1) }
    }`,
  "engine.io-parser/build/esm/encodePacket.browser.js": `
    import { PACKET_TYPES } from "./commons.js"
    export const encodePacket = ({ type, data }, _, done) => done(PACKET_TYPES[type] + (data || ""))
    export const encodePacketToBinary = null`,
  "engine.io-parser/build/esm/decodePacket.browser.js": `
    import { ERROR_PACKET, PACKET_TYPES_REVERSE } from "./commons.js"
    export const decodePacket = packet => {
      const type = typeof packet === "string" && PACKET_TYPES_REVERSE[packet[0]]
      return type ? { type, data: packet.slice(1) || undefined } : ERROR_PACKET
    }`,
  "socket.io-parser/build/esm/is-binary.js":
    "export const isBinary = () => false; export const hasBinary = isBinary",
  "socket.io-parser/build/esm/binary.js":
    "export const deconstructPacket = null; export const reconstructPacket = null",
}
const textOverWebsocket = {
  name: "text-over-websocket",
  setup({ onLoad }) {
    for (const [path, contents] of Object.entries(parts))
      onLoad({ filter: new RegExp(`/node_modules/${path.replaceAll(".", "\\.")}$`) }, () => ({ contents }))
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
      plugins: [textOverWebsocket],
    })
  // Nesting stays as written: taking it apart would need :is(), which changes what wins.
  for (const { in: entry, out } of styles)
    await build({ ...shared, target: "esnext", entryPoints: [entry], outfile: out })
} catch {
  process.exit(1) // esbuild has said why
}
