import type { Text } from '../api';

const titles: Record<string, Text> = {
  Shop: { zh: '店铺', en: 'Shops' },
  Product: { zh: '商品', en: 'Products' },
  LiveRoom: { zh: '直播间', en: 'Live rooms' },
  Licence: { zh: '营业执照', en: 'Licences' },
  Brand: { zh: '品牌', en: 'Brands' },
};

/** A kind of record in words; one that this page does not know keeps its own name. */
export function kindTitle(kind: string): Text {
  return titles[kind] ?? { zh: kind, en: kind };
}
