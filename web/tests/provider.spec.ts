//! A provider: 1,500 shops in a folder, a plan, a name picked, approved, applied; the server is
//! killed in the middle, goes on where it stood, and is rolled back to the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base } from '@playwright/test';
import { Server, scratch } from './serve';

const FILES = 150;
const PER_FILE = 10;

function fleet(folder: string): void {
  for (let f = 0; f < FILES; f++) {
    const shops = Array.from({ length: PER_FILE }, (_, i) => {
      const n = f * PER_FILE + i;
      return [`kind: Shop`, `id: shop-${n}`, `system: channels-store`, `name: 晴川${n}号茶业旗舰店   # 不动这句`, `store_type: flagship`, `status: open_finished`, `subject: {type: enterprise, name: 晴川${n}茶业有限公司}`, `brand: {name: 晴川${n}号, grant: own, valid_until: 2030-12-31}`, `main_category: 茶`, `deposit: {paid: 5000, required: 5000}`].join('\n');
    });
    writeFileSync(join(folder, `fleet-${String(f).padStart(3, '0')}.yaml`), shops.join('\n---\n') + '\n');
  }
}
function digest(folder: string): string {
  const all = createHash('sha256');
  for (const name of readdirSync(folder).filter((one) => one.startsWith('fleet-')).sort()) all.update(name).update(readFileSync(join(folder, name)));
  return all.digest('hex');
}

base('plan, approve, apply, kill, resume, roll back', async ({ page }) => {
  base.setTimeout(300_000);
  const [folder, state] = [join(scratch(), 'fleet'), scratch()];
  mkdirSync(folder);
  fleet(folder);
  const before = digest(folder);
  let server = await Server.start([folder], state);
  try {
    await page.goto(server.url);
    // The address leads to the folder that was named.
    await expect(page).toHaveURL(/#\/p\//);
    const start = page.getByRole('button', { name: '开始检查' }).first();
    if (await start.isVisible()) await start.click();
    await expect(page.getByRole('button', { name: '重新检查' })).toBeVisible({ timeout: 60_000 });

    await page.getByRole('link', { name: '迁移', exact: true }).click();
    await page.getByLabel('一天最多几家').fill('100');
    await page.getByRole('button', { name: '做计划' }).click();
    await expect(page.getByText('可退的保证金')).toBeVisible({ timeout: 60_000 });

    // A name of one's own, checked as typed: refused, then taken.
    await page.getByRole('searchbox', { name: '搜索店铺' }).fill('晴川7号');
    await page.getByRole('grid', { name: '店铺' }).getByText('晴川7号茶业旗舰店').click();
    const own = page.getByRole('textbox', { name: '自己起一个' });
    await own.fill('晴川旗舰店');
    await expect(page.getByText(/旧店铺类型用词/).first()).toBeVisible();
    await own.fill('晴川七号茶室');
    await expect(page.getByText('可以用，店群里没有重名')).toBeVisible();
    await own.press('Enter');
    await expect(page.getByText('晴川七号茶室').first()).toBeVisible();
    await page.getByRole('button', { name: '同意', exact: true }).click();
    await expect(page.getByText('已同意').first()).toBeVisible();

    await page.getByRole('button', { name: '日历' }).click();
    await expect(page.getByRole('listitem', { name: /：100 家$/ }).first()).toBeVisible();
    await page.getByRole('spinbutton', { name: '一天最多几家' }).fill('300');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('listitem', { name: /：300 家$/ }).first()).toBeVisible({ timeout: 30_000 });

    await page.getByRole('button', { name: '执行', exact: true }).click();
    await page.getByRole('button', { name: '执行整个计划' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '执行' }).click();
    const address = page.url().split('#')[1] ?? '';
    await page.waitForTimeout(150);
    await server.kill();
    server = await Server.start([folder], state);
    await page.goto('about:blank');
    await page.goto(server.at(address));
    await expect(page.getByRole('status').filter({ hasText: /停下了|没有做完|已执行完/ })).toBeVisible();
    const resume = page.getByRole('button', { name: '接着做' });
    if (await resume.isVisible()) await resume.click();
    await expect(page.getByRole('status').filter({ hasText: '已执行完' })).toBeVisible({ timeout: 60_000 });
    expect(digest(folder)).not.toBe(before);
    expect(readFileSync(join(folder, 'fleet-000.yaml'), 'utf8')).toContain('晴川七号茶室   # 不动这句');

    await page.getByRole('button', { name: '核对结果' }).click();
    await expect(page.locator('.note.good')).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: '撤回' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click();
    await expect(page.getByRole('status').filter({ hasText: '已撤回' })).toBeVisible({ timeout: 60_000 });
    expect(digest(folder)).toBe(before);
  } finally {
    await server.stop();
  }
});
