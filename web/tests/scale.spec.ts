//! 100,000 findings: the first are shown within a second of the first event, scrolling keeps its
//! frames, and the page stays light. Set DIANJIAN_SCALE=1 to run it.
import { checked, drop, expect, test, view } from './fixtures';

test.skip(!process.env['DIANJIAN_SCALE'], 'set DIANJIAN_SCALE=1');

test('a hundred thousand findings scroll', async ({ page, server }) => {
  test.setTimeout(300_000);
  const lines = Array.from({ length: 100_000 }, (_, n) => JSON.stringify({ kind: 'Shop', id: `s${n}`, system: 'weixin-store', name: `晴川${n}旗舰店` }));
  await page.goto(server.url);
  await drop(page, [{ name: 'shops.ndjson', bytes: lines.join('\n') + '\n' }]);
  await checked(page);
  await view(page, 'findings');
  const list = page.getByRole('grid', { name: '问题列表' });
  await expect(list.locator('[role=row]').first()).toBeVisible({ timeout: 60_000 });
  const frames = await list.evaluate(async (box) => {
    const out: number[] = [];
    let last = performance.now();
    for (let i = 0; i < 240; i++) {
      box.scrollTop += 900;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      out.push(now - last);
      last = now;
    }
    return out.sort((a, b) => a - b);
  });
  expect(frames[120]).toBeLessThan(20);
  expect(await list.locator('[role=row]').count()).toBeLessThan(60);
  const heap = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
  expect(heap).toBeLessThan(300 << 20);
});
