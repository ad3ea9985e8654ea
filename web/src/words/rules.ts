import type { Words } from './type';

export const rules = {
} satisfies Words;
