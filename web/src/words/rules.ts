import type { Words } from './type';

export const rules = {
  rulesTitle: { zh: '规则', en: 'Rules' },
  rulesText: { zh: '每条规则都写着依据、生效日期和例子。', en: 'Each rule carries its evidence, dates and examples.' },
  rulesSearch: { zh: '搜索规则，例如：保证金、二维码、旗舰店', en: 'Search rules, e.g. deposit, QR code, 旗舰店' },
  rulesCount: { zh: '{n} 条规则', en: '{n} {n|rule|rules}' },
  allGroups: { zh: '全部分组', en: 'All groups' },
  allLevels: { zh: '全部级别', en: 'All severities' },
  inForceOn: { zh: '看哪一天的规则', en: 'Rules of the day' },
  notInForce: { zh: '这天不生效', en: 'Not in force' },
  fromDate: { zh: '{date} 起', en: 'from {date}' },
  params: { zh: '可以调的参数', en: 'Parameters' },
  examples: { zh: '例子', en: 'Examples' },
  exampleFails: { zh: '不合规', en: 'Fails' },
  examplePasses: { zh: '合规', en: 'Passes' },
  whatIf: { zh: '到那天会怎样', en: 'What changes on that day' },
  whatIfText: { zh: '用选定那天的规则，重新检查一个项目', en: 'Checks a project again under the rules of the chosen day' },
  whatIfProject: { zh: '项目', en: 'Project' },
  whatIfRun: { zh: '按这天检查', en: 'Check as of this day' },
  today: { zh: '今天', en: 'Today' },
} satisfies Words;
