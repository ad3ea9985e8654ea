import type { FileHead, FileState, Form, Role } from '../api';
import type { Word } from '../words';

export const roles: { role: Role; word: Word; forms: Form[] }[] = [
  { role: 'live', word: 'roleLive', forms: ['script', 'captions', 'picture', 'video', 'other'] },
  { role: 'cover', word: 'roleCover', forms: ['picture'] },
  { role: 'homepage', word: 'roleHomepage', forms: ['picture'] },
  { role: 'product', word: 'roleProduct', forms: ['picture'] },
];
export const material: Form[] = ['script', 'captions', 'picture', 'video'];

/** Material that nothing uses yet, so no rule of a place looked at it. */
export function needsRole(file: FileHead): boolean {
  return material.includes(file.form) && file.role === null && file.state !== 'checked' && file.state !== null;
}
export const states: Record<FileState, { word: Word; tone: string }> = {
  checked: { word: 'stateChecked', tone: 'good' },
  'nothing-to-check': { word: 'stateNothing', tone: '' },
  'not-understood': { word: 'stateNotUnderstood', tone: 'warning' },
  'not-readable': { word: 'stateNotReadable', tone: 'error' },
};
export const forms: Record<Form, Word> = {
  table: 'formTable', records: 'formRecords', script: 'formScript', captions: 'formCaptions', picture: 'formPicture', video: 'formVideo', other: 'formOther',
};
/** A table that was not understood is one whose headings have to be explained. */
export function unknownHeadings(file: FileHead): boolean {
  return file.headings === 'unknown' || (file.form === 'table' && file.state === 'not-understood');
}
