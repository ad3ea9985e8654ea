//! A merchant: drops an own workbook, explains headings nobody knows, mends three things, undoes
//! one, and downloads a workbook that differs in these cells alone.
import { bytesOf, checked, drop, expect, test, view } from './fixtures';
import type { Page } from '@playwright/test';
import { parts, workbook } from './xlsx';

const ledger = workbook('店铺', [
  ['店铺编号', '店铺名称', '店铺体系', '主体类型', '备注'],
  ['songhe', '松鹤茶业旗舰店', '微信小店', '企业', '王老板 & 李姐'],
  ['yunwu', '云雾山房专营店', '微信小店', '企业', ''],
  ['lanting', '兰亭文房专卖店', '微信小店', '企业', '不动这一格'],
]);
const unknown = '门店简称,客户代码,平台\n晴川陶坊旗舰店,A001,微信小店\n半夏花艺,A002,微信小店\n';

test('the whole story of a workbook', async ({ page, server }) => {
  test.setTimeout(180_000);
  await page.goto(server.url);
  await expect(page).toHaveURL(/#\/$/);
  await drop(page, [{ name: '台账.xlsx', bytes: ledger }]);
  await checked(page);
  await expect(page.getByRole('heading', { name: /个错误，提交前要改/ })).toBeVisible();

  // The first finding: fix it by its button.
  await page.getByRole('link', { name: '从第一个错误开始改' }).click();
  const detail = page.getByTestId('finding');
  await expect(detail.getByRole('heading', { name: /旗舰店|专营店|专卖店/ })).toBeVisible();
  await expect(page.locator('[role=gridcell].error').first()).toBeVisible();
  await detail.getByRole('button', { name: '改好它' }).click();
  await expect(page.getByText(/已改好：台账\.xlsx/)).toBeVisible();
  await checked(page);

  // The second: edit the cell, checked as one types.
  await view(page, 'findings?rule=naming/store-type-words&sel=first');
  const input = page.getByRole('textbox', { name: /^修改 / });
  await expect(input).toBeVisible();
  const was = await input.inputValue();
  await input.fill('兰亭旗舰店');
  await expect(page.getByText(/旧店铺类型用词/).last()).toBeVisible();
  await input.fill('晚风文房');
  await expect(page.getByText('改成这样就没有问题了')).toBeVisible();
  await page.getByRole('button', { name: '保存修改' }).click();
  await checked(page);
  expect(was).toMatch(/专营店|专卖店|旗舰店/);

  // The third: all that are left of the rule, after a look at the preview.
  await view(page, 'mend?rule=naming/store-type-words');
  await expect(page.getByRole('button', { name: '应用 1 处修改' })).toBeEnabled();
  await page.getByRole('button', { name: '应用 1 处修改' }).click();
  await checked(page);
  await view(page, 'findings?rule=naming/store-type-words');
  await expect(page.getByText('这个条件下没有问题')).toBeVisible();

  await view(page, 'files');
  await page.getByRole('link', { name: '台账.xlsx' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /^下载(改好的)?$/ }).click();
  const [before, after] = [parts(ledger), parts(await bytesOf(download))];
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [name, bytes] of before) if (!name.includes('sheet1')) expect(after.get(name)?.equals(bytes), name).toBe(true);
  const sheet = after.get('xl/worksheets/sheet1.xml')?.toString() ?? '';
  for (const text of ['王老板 &amp; 李姐', '不动这一格', 'songhe', '晚风文房']) expect(sheet).toContain(text);
  expect(sheet).not.toMatch(/旗舰店|专营店|专卖店/);

  // One step back, by itself.
  await view(page, 'mend');
  await page.getByRole('button', { name: '撤销' }).first().click();
  await checked(page);
  await view(page, 'findings?rule=naming/store-type-words');
  await expect(page.getByRole('status').filter({ hasText: /^1 个问题$/ })).toBeVisible();
});

test('headings that nobody knows are explained once', async ({ page, server }) => {
  await page.goto(server.url);
  await drop(page, [{ name: '自制表.csv', bytes: unknown }]);
  await checked(page);
  // Not understood is never "clean".
  await expect(page.getByRole('heading', { name: /没有发现问题/ })).toHaveCount(0);
  await page.getByRole('link', { name: /没看懂的文件/ }).click();
  await page.getByRole('link', { name: '对一下表头' }).click();
  await page.getByLabel('每一行是一个').selectOption({ label: '店铺' });
  await page.getByLabel(/^门店简称/).selectOption({ label: await label(page, '门店简称', /名称/) });
  await page.getByLabel(/^客户代码/).selectOption({ label: await label(page, '客户代码', /编号/) });
  await page.getByLabel(/^平台/).selectOption({ label: await label(page, '平台', /体系/) });
  await page.getByRole('button', { name: '保存并检查' }).click();
  await checked(page);
  await view(page, 'findings');
  await expect(page.getByText(/晴川陶坊旗舰店.*旧店铺类型用词/).first()).toBeVisible();
});

/** The label of the choice for a column that matches. */
async function label(page: Page, column: string, match: RegExp): Promise<string> {
  const all = await page.getByLabel(new RegExp(`^${column}`)).locator('option').allTextContents();
  return all.find((one) => match.test(one)) ?? '';
}
