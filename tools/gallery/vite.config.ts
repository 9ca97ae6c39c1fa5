/** A page with the stage's pictures and fixture worlds, for looking at them while drawing. Not part of the product. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { host: "127.0.0.1", port: 5199 },
  cacheDir: "../../node_modules/.vite-gallery",
});
