import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` serves the page from here and passes the API on to a server that runs besides.
const server = process.env["HORARIUM"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/dashboard/",
  plugins: [react()],
  build: {
    target: "es2022",
    // Everything comes from the same origin as a file: the policy forbids data: scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": { target: server } } },
});
