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

type Values = Record<string, string | number>;

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (all, key: string, one?: string, more?: string) => {
    const value = values[key];
    if (value === undefined) return all;
    if (one === undefined || more === undefined) return String(value);
    return String(value) === '1' ? one : more;
  });
}

/** A word of the page: `{n}` in it is replaced by the value, `{n|file|files}` by what goes with one or with more. */
export function t(word: Word, values: Values = {}): string {
  return filled(say(table[word]), values);
}
/** The same in both languages, for what outlives a switch of the language. */
export function both(word: Word, values: Values = {}): Text {
  return { zh: filled(table[word].zh, values), en: filled(table[word].en, values) };
}
