import type { Words } from './type';

export const migrate = {
} satisfies Words;
