//! What a value of a facet is called.
import type { FacetName, FacetValue } from '../api';
import { say, t, type Word } from '../words';
import { session } from './project.svelte';

const fixed = ['error', 'warning', 'info', 'high', 'medium', 'low', 'safe', 'unsafe', 'manual'];

export function facetLabel(name: FacetName, value: FacetValue): string {
  if (name === 'new') return value.value === 'true' ? t('isNew') : t('isOld');
  if (name === 'fixable' && !fixed.includes(value.value)) return t('notFixable');
  if (fixed.includes(value.value)) return t(value.value as Word);
  if (name === 'rule') return say(value.title ?? session.ruleTitles.get(value.value)) || value.value;
  return say(value.title) || value.path || value.name || value.value;
}
