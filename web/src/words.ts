//! Every string of the page. A word that lacks a language, or a view that asks for an unknown
//! word, does not compile.
import type { Text } from './api';
import { lang } from './lib/lang.svelte';
import { common } from './words/common';
import { files } from './words/files';
import { findings } from './words/findings';
import { first } from './words/first';
import { mend } from './words/mend';
import { migrate } from './words/migrate';
import { project } from './words/project';
import { rules } from './words/rules';
import { settings } from './words/settings';

const table = {
  ...common,
  ...first,
  ...project,
  ...findings,
  ...files,
  ...mend,
  ...migrate,
  ...rules,
  ...settings,
};
export type Word = keyof typeof table;

/** A text of the server in the language of the page. */
export function say(text: Text | string | null | undefined): string {
  if (!text) return '';
  if (typeof text === 'string') return text;
  return text[lang.now] || text.zh || text.en;
}

/** A word of the page; `{name}` in it is replaced by `with.name`. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return say(table[word]).replace(/\{(\w+)\}/g, (all, key: string) => String(values[key] ?? all));
}
