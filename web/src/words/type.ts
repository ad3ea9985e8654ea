import type { Text } from '../api';

/** Both languages of every word: a missing one does not compile. */
export type Words = Record<string, Text>;
