import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './compress.ts';

/** Three entries, one build. The server fills in the marks of the pages: `%nonce%`, `%form-token%`. */
export default defineConfig({
  plugins: [react(), compressAssets()],
  resolve: { conditions: ['@chartgate/source', 'module', 'browser', 'production', 'import'] },
  base: '/',
  html: { cspNonce: '%nonce%' },
  build: {
    target: 'es2023',
    assetsDir: 'web-assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['console.html', 'playground.html', 'portal.html'] },
  },
});
