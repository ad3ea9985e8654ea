import type { Text } from '../api';
import { both } from '../words';

const words = { Shop: 'kindShop', Product: 'kindProduct', LiveRoom: 'kindLiveRoom', Licence: 'kindLicence', Brand: 'kindBrand' } as const;

/** A kind of record in words; one that this page does not know keeps its own name. */
export function kindTitle(kind: string): Text {
  const word = words[kind as keyof typeof words];
  return word ? both(word) : { zh: kind, en: kind };
}
