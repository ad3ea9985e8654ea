//! A server for each file of tests, and a page that fails on any violation of its policy.
import { readFileSync } from 'node:fs';
import { test as base, expect, type Download, type Page } from '@playwright/test';
import { Server } from './serve';

export interface Given {
  name: string;
  bytes: Buffer | string;
}

export const test = base.extend<{ quiet: void }, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  quiet: [
    async ({ page }, use) => {
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|ERR_BLOCKED/.test(message.text())) wrong.push(message.text());
      });
      await use();
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

/** Drops files on the page, as from the desktop. */
export async function drop(page: Page, files: Given[]): Promise<void> {
  const plain = files.map(({ name, bytes }) => ({ name, data: Buffer.from(bytes).toString('base64') }));
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, data: text } of given) {
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, plain);
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

/** Waits until the check of the open project is over. */
export async function checked(page: Page): Promise<void> {
  await page.waitForURL(/#\/p\/\w+/);
  await expect(page.getByRole('button', { name: /重新检查|Check again/ })).toBeVisible({ timeout: 60_000 });
}
export function projectId(page: Page): string {
  return /#\/p\/(\w+)/.exec(page.url())?.[1] ?? '';
}
export async function bytesOf(download: Promise<Download>): Promise<Buffer> {
  return readFileSync(await (await download).path());
}
/** Goes to a view of the open project. */
export async function view(page: Page, hash: string): Promise<void> {
  const id = projectId(page);
  await page.evaluate((to) => {
    location.hash = to;
  }, `#/p/${id}/${hash}`);
}
