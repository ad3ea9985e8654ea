//! A live room: a script, pictures and a clip become its material by a click; what is wrong is
//! underlined in the script and boxed in the picture.
import { readFileSync } from 'node:fs';
import { checked, drop, expect, test, view } from './fixtures';

const script = '# 春茶专场\n\n今天这款明前龙井，只要 199。\n想要更低价的，加我微信：chun_cha88，备注直播。\n';
const backdrop = readFileSync(new URL('../../samples/live-rooms/images/backdrop.jpg', import.meta.url));

test('a script and a picture', async ({ page, server }) => {
  await page.goto(server.url);
  await drop(page, [{ name: '话术.md', bytes: script }, { name: '背景.jpg', bytes: backdrop }]);
  await checked(page);

  await page.getByRole('group', { name: /话术\.md/ }).getByRole('button', { name: '直播间' }).click();
  await expect(page.getByRole('group', { name: /话术\.md/ })).toHaveCount(0, { timeout: 30_000 });
  await page.getByRole('group', { name: /背景\.jpg/ }).getByRole('button', { name: '直播间' }).click();
  await expect(page.getByRole('group', { name: /背景\.jpg/ })).toHaveCount(0, { timeout: 30_000 });
  await checked(page);

  await view(page, 'findings?rule=live/contacts');
  await page.getByRole('grid', { name: '问题列表' }).getByText(/加我微信：chun_cha88/).click({ timeout: 30_000 });
  const mark = page.locator('mark.chosen');
  await expect(mark).toContainText('加我微信：chun_cha88');
  await expect(page.locator('[data-line="4"]')).toHaveClass(/at/);

  // The code of the sample stands at the right foot of the picture.
  await view(page, 'files');
  await page.getByRole('link', { name: '背景.jpg' }).click();
  const box = page.locator('svg rect').first();
  await expect(box).toBeVisible();
  const place = await box.evaluate((rect) => {
    const view = (rect.closest('svg') as SVGSVGElement).viewBox.baseVal;
    const of = (name: string) => Number(rect.getAttribute(name));
    return { x: (of('x') + of('width') / 2) / view.width, y: (of('y') + of('height') / 2) / view.height };
  });
  expect(place.x).toBeGreaterThan(0.72);
  expect(place.x).toBeLessThan(0.98);
  expect(place.y).toBeGreaterThan(0.78);
  expect(place.y).toBeLessThan(0.98);
});

test('a pasted line becomes a script', async ({ page, server }) => {
  await page.goto(server.url);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', '加我微信 chun_cha88 更便宜');
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  });
  await checked(page);
  await view(page, 'files');
  await expect(page.getByRole('link', { name: /粘贴的文字/ }).first()).toBeVisible();
});

test('cells pasted from a sheet become a table, not a picture of it', async ({ page, server }) => {
  await page.goto(server.url);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', '店铺编号\t店铺名称\t店铺体系\nsonghe\t松鹤茶业旗舰店\t微信小店\n');
    data.items.add(new File([new Uint8Array([137, 80, 78, 71])], 'image.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  });
  await checked(page);
  await expect(page.getByRole('heading', { name: /1 个错误，提交前要改/ })).toBeVisible();
});
