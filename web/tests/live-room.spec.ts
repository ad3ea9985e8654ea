//! A live room: a script, pictures and a clip become its material by a click; what is wrong is
//! underlined in the script and boxed in the picture.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator } from '@playwright/test';
import { checked, drop, expect, test, view } from './fixtures';

const script = '# 春茶专场\n\n今天这款明前龙井，只要 199。\n想要更低价的，加我微信：chun_cha88，备注直播。\n';
const backdropFile = fileURLToPath(new URL('../../samples/live-rooms/images/backdrop.jpg', import.meta.url));
const backdrop = readFileSync(backdropFile);
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** The middle of a box, as shares of the picture's sides. */
async function centre(box: Locator): Promise<{ x: number; y: number }> {
  return box.evaluate((rect) => {
    const view = (rect.closest('svg') as SVGSVGElement).viewBox.baseVal;
    const of = (name: string) => Number(rect.getAttribute(name));
    return { x: (of('x') + of('width') / 2) / view.width, y: (of('y') + of('height') / 2) / view.height };
  });
}

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
  const place = await centre(box);
  expect(place.x).toBeGreaterThan(0.72);
  expect(place.x).toBeLessThan(0.98);
  expect(place.y).toBeGreaterThan(0.78);
  expect(place.y).toBeLessThan(0.98);
});

/** A clip that is white for two seconds and then shows the picture for two. */
function clip(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'clip-'));
  const file = join(folder, 'clip.mp4');
  const white = ['-f', 'lavfi', '-i', 'color=white:s=540x960:d=2:r=25'];
  const shown = ['-loop', '1', '-t', '2', '-r', '25', '-i', backdropFile];
  const joined = ['-filter_complex', '[1]setsar=1[b];[0]setsar=1[a];[a][b]concat=n=2', '-pix_fmt', 'yuv420p'];
  try {
    execFileSync('ffmpeg', ['-v', 'error', ...white, ...shown, ...joined, file]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a clip is shown at the moment of its code, with a box around it', async ({ page, server }) => {
  test.skip(!hasFfmpeg, 'ffmpeg is not installed');
  await page.goto(server.url);
  await drop(page, [{ name: '回放.mp4', bytes: clip() }]);
  await checked(page);
  await page.getByRole('group', { name: /回放\.mp4/ }).getByRole('button', { name: '直播间' }).click();
  await expect(page.getByRole('group', { name: /回放\.mp4/ })).toHaveCount(0, { timeout: 30_000 });
  await checked(page);

  await view(page, 'findings?rule=live/codes');
  await page.getByRole('grid', { name: '问题列表' }).getByText(/二维码/).first().click({ timeout: 30_000 });
  const box = page.locator('svg rect').first();
  await expect(box).toBeVisible({ timeout: 30_000 });
  const place = await centre(box);
  expect(place.x).toBeGreaterThan(0.72);
  expect(place.x).toBeLessThan(0.98);
  expect(place.y).toBeGreaterThan(0.78);
  expect(place.y).toBeLessThan(0.98);
  // The frame itself is that of the moment: where the box is, it is not white.
  const dark = await page.locator('.frame img').evaluate(async (image: HTMLImageElement, at) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const drawn = canvas.getContext('2d') as CanvasRenderingContext2D;
    drawn.drawImage(image, 0, 0);
    const side = Math.round(image.naturalWidth / 20);
    const { data } = drawn.getImageData(at.x * image.naturalWidth, at.y * image.naturalHeight, side, side);
    return Math.min(...data.filter((_, i) => i % 4 < 3));
  }, place);
  expect(dark).toBeLessThan(80);
  await expect(page.getByRole('group', { name: '有问题的画面' }).getByRole('button').first()).toHaveText(/0:0[23]/);
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
