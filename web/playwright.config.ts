import { defineConfig } from '@playwright/test';

// The browser is the system's own: nothing is downloaded. DIANJIAN names the program under test.
export default defineConfig({
  testDir: 'tests',
  timeout: 90_000,
  workers: 1,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    launchOptions: { executablePath: process.env['DIANJIAN_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
    locale: 'zh-CN',
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
  },
});
