//! Three small samples, made up. They are data to check, not words of the page, so they stay Chinese.
import type { IconName } from '../ui/Icon.svelte';
import type { Word } from '../words';

interface Sample {
  word: Word;
  about: Word;
  icon: IconName;
  files: { path: string; text: string }[];
}

const shops = `店铺编号,店铺名称,店铺体系,主体类型,统一社会信用代码,已缴保证金(元),主营类目
songhe,松鹤茶业旗舰店,微信小店,企业,91000000MA0YN0011J,5000,茶
qingxi,清溪陶坊,微信小店,个体工商户,9.2E+17,2000,家居
yunwu,云雾官方专营店,微信小店,企业,91000000MA0QH002X4,2000,茶
lanting,兰亭文房,微信小店,企业,91000000MA0HY0067N,2000,
songhe,松鹤茶具,微信小店,企业,91000000MA0YN0011J,5000,家居
mantang,满堂花艺,视频号小店,企业,91000000MA0HY0076N,2000,鲜花
`;

const live = `# 春茶专场

家人们晚上好，今天这款明前龙井是全网最低价。
喝了能降血压，睡得也香。
想要更低价的，加我薇信：chun_cha8，备注“直播”。
打不开链接的打电话，幺三八零零幺三八零零零。
放心拍，坏了包赔。
`;

const fleet = `kind: Shop
id: hehe
system: channels-store
name: 禾禾茶业旗舰店
store_type: flagship
status: open_finished
subject: {type: enterprise, name: 杭州禾禾茶业有限公司, licence: 91000000MA0QH002X4}
brand: {name: 禾禾, grant: own, valid_until: 2028-12-31}
main_category: 茶
deposit: {paid: 5000, required: 5000}
---
kind: Shop
id: hehe-wine
system: channels-store
name: 禾禾酒水专营店
store_type: franchise
status: open_finished
subject: {type: enterprise, name: 杭州禾禾茶业有限公司, licence: 91000000MA0QH002X4}
brands: [{name: 禾禾, grant: own}, {name: 雾里, grant: second}]
main_category: 酒
deposit: {paid: 2000, required: 5000}
---
kind: Shop
id: hehe-mini
system: mini-store
name: 禾禾小铺
subject: {type: enterprise, name: 杭州禾禾茶业有限公司, licence: 91000000MA0QH002X4}
pending_orders: 3
`;

export const samples: Sample[] = [
  { word: 'sampleShops', about: 'sampleShopsText', icon: 'file', files: [{ path: '店铺清单.csv', text: shops }] },
  { word: 'sampleLive', about: 'sampleLiveText', icon: 'play', files: [{ path: '春茶专场.md', text: live }] },
  { word: 'sampleFleet', about: 'sampleFleetText', icon: 'folder', files: [{ path: '店群.yaml', text: fleet }] },
];
