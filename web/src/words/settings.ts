import type { Words } from './type';

export const settings = {
} satisfies Words;
