import type { Words } from './type';

export const mend = {
} satisfies Words;
