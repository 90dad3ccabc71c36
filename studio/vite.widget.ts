import { defineConfig, mergeConfig } from "vite";
import page from "./vite.config";

// The same components as one module for notebooks, beside the Python class that keeps its state.
export default mergeConfig(
  page,
  defineConfig({
    publicDir: false,
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      rolldownOptions: { output: { banner: "// Licences of the libraries in here: unpatch/pages/studio/static/licences.txt" } },
      outDir: "../src/unpatch/pages/notebook/static",
      lib: { entry: "src/widget.tsx", formats: ["es"], fileName: () => "widget.js" },
      minify: true,
    },
  }),
);
