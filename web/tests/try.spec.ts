//! The box of the first page: a verdict while one types, and none of half-typed pinyin.
import { expect, test } from './fixtures';

test('a shop name is judged as one types', async ({ page, server }) => {
  await page.goto(server.url);
  const input = page.getByRole('textbox', { name: '店名' });
  await input.pressSequentially('云山官方旗舰店', { delay: 20 });
  await expect(page.locator('mark.error')).toHaveText('旗舰店');
  await expect(page.getByText(/旧店铺类型用词/).first()).toBeVisible();
  await input.fill('云山茶业');
  await expect(page.getByText(/没有发现问题/)).toBeVisible();
});

test('a live line and a title have rules of their own', async ({ page, server }) => {
  await page.goto(server.url);
  await page.getByText('直播话术').click();
  await page.getByRole('textbox', { name: '直播话术' }).fill('想要更低价的，加我微信：chun_cha88');
  await expect(page.locator('mark.error').first()).toContainText('微信');
});

test('nothing is asked while an input method composes', async ({ page, server }) => {
  await page.goto(server.url);
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/check')) asked++;
  });
  const input = page.getByRole('textbox', { name: '店名' });
  await input.focus();
  const client = await page.context().newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'qi jian', selectionStart: 7, selectionEnd: 7 });
  await page.waitForTimeout(400);
  expect(asked).toBe(0);
  await client.send('Input.insertText', { text: '旗舰店' });
  await expect(page.locator('mark.error')).toHaveText('旗舰店');
});
