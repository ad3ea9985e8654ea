//! What holds for every view: addresses, keys, languages, colours, narrow windows, no faults of axe.
import AxeBuilder from '@axe-core/playwright';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checked, drop, expect, projectId, test, view } from './fixtures';
import { scratch, Server } from './serve';

const shops = ['店铺编号,店铺名称,店铺体系,主体类型', ...Array.from({ length: 30 }, (_, i) => `s${i},晴川${i}号旗舰店,微信小店,企业`)].join('\n') + '\n';
const views = ['', 'findings?sel=first', 'findings?by=rule', 'files', 'mend?rule=naming/store-type-words', 'migrate', 'settings'];

test.beforeEach(async ({ page, server }) => {
  await page.goto(server.url);
  await drop(page, [{ name: '店铺.csv', bytes: shops }]);
  await checked(page);
});

test('the token leaves the address and deep links open', async ({ page, server }) => {
  expect(page.url()).not.toContain('token');
  const id = projectId(page);
  await page.goto('about:blank');
  await page.goto(server.at(`/p/${id}/findings?severity=error`));
  await expect(page.getByRole('status').filter({ hasText: /个问题/ })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`#/p/${id}/findings\\?severity=error$`));
});

test('without the token nothing is shown, and the address lets one in', async ({ browser, server }) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.origin);
  await page.getByRole('textbox').fill(server.url);
  await page.getByRole('button').click();
  await expect(page.locator('textarea')).toBeVisible();
});

test('back and forward go through filters and views', async ({ page }) => {
  await view(page, 'findings');
  await page.getByLabel('错误', { exact: false }).first().check();
  await expect(page).toHaveURL(/severity=error/);
  await page.goBack();
  await expect(page).not.toHaveURL(/severity=error/);
  await page.goForward();
  await expect(page).toHaveURL(/severity=error/);
});

test('by keyboard alone: from the list to a mended cell', async ({ page }) => {
  await view(page, 'findings');
  const list = page.getByRole('grid', { name: '问题列表' });
  await list.focus();
  await page.keyboard.press('ArrowDown');
  await expect(list.locator('[aria-selected=true]')).toHaveAttribute('aria-rowindex', '1');
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await expect(page).toHaveURL(/sel=\d+/);
  const first = page.url();
  await page.keyboard.press('F8');
  await expect(page).not.toHaveURL(first);
  await page.keyboard.press('Shift+F8');
  await expect(page).toHaveURL(first);
  const sheet = page.getByRole('grid', { name: '店铺.csv' });
  // The cell of the finding is chosen once its rows are there.
  const input = page.getByRole('textbox', { name: /^修改 / });
  await expect(input).toBeVisible();
  await sheet.focus();
  await page.keyboard.press('Enter');
  await expect(input).toBeFocused();
  await input.fill('晴川茶室');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/已改好/)).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 1024, 390]) {
    test(`${scheme} at ${width}: no faults of axe, nothing wider than the window`, async ({ page }) => {
      test.setTimeout(180_000);
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      for (const lang of ['zh', 'en']) {
        for (const hash of views) {
          await view(page, hash);
          await page.waitForTimeout(500);
          const faults = (await new AxeBuilder({ page }).analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
          expect(faults.map(({ id, nodes }) => `${hash} ${id} ${nodes[0]?.html ?? ''}`)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), hash).toBeLessThanOrEqual(0);
        }
        if (lang === 'zh') await page.getByRole('button', { name: 'Switch to English' }).click();
      }
    });
  }
}

test('a folder that is named at the start is checked without a click', async ({ page }) => {
  const folder = scratch();
  writeFileSync(join(folder, '店铺.csv'), shops);
  const server = await Server.start([folder]);
  try {
    await page.goto(server.url);
    await checked(page);
    await view(page, 'findings');
    await expect(page.getByRole('status').filter({ hasText: /\d+ 个问题/ })).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: /^0 个问题/ })).toHaveCount(0);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});
