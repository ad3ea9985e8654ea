import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// File names carry no hash: the server sends everything with `no-store`, and the committed
// `dist` then changes only where the page changes.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: { entryFileNames: 'app.js', chunkFileNames: '[name].js', assetFileNames: 'app[extname]' },
    },
  },
  server: { proxy: { '/api': process.env['DIANJIAN_URL'] ?? 'http://127.0.0.1:4170' } },
});
