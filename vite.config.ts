/**
 * Build: a static page that works from any sub-path, offline after one visit, under a strict content security policy.
 *
 * The policy is set at build only: the development server needs inline scripts. `style-src` allows inline styles because the terminal
 * and the editor set them; scripts are files of ours, never text.
 */
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" }],
  };
}

/** Every browser that can run the lab reads woff2; the older format would only make the offline copy twice as large. */
function onlyWoff2(): Plugin {
  return {
    name: "only-woff2",
    enforce: "pre",
    transform: (code, id) =>
      /@fontsource.*\.css/.test(id) ? { code: code.replace(/,\s*url\([^)]*\.woff\)\s*format\(['"]woff['"]\)/g, ""), map: null } : undefined,
  };
}

export default defineConfig({
  base: "./",
  plugins: [
    onlyWoff2(),
    react(),
    contentSecurityPolicy(),
    VitePWA({
      registerType: "prompt",
      injectRegister: null,
      workbox: {
        globPatterns: ["**/*.{js,css,html,svg,png,woff2,webmanifest,json}"],
        maximumFileSizeToCacheInBytes: 8 << 20,
        navigateFallback: "index.html",
        cleanupOutdatedCaches: true,
      },
      manifest: {
        name: "Strata",
        short_name: "Strata",
        description: "Virtualization and orchestration as one stack, in the browser.",
        start_url: "./",
        scope: "./",
        display: "standalone",
        background_color: "#FCFBF9",
        theme_color: "#FCFBF9",
        icons: [
          { src: "icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
          { src: "icon-192.png", sizes: "192x192", type: "image/png", purpose: "any maskable" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any maskable" },
        ],
      },
    }),
  ],
  worker: { format: "es" },
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 900, assetsInlineLimit: 0, license: { fileName: "licenses.md" } },
  server: { host: "127.0.0.1" },
});
