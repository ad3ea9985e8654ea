//! Sizes and places of a sheet's cells.
import type { Column, SheetRow } from '../api';

export const ROW = 28;
export const NUMBERS = 52;

/** How wide a text draws, in pixels, near enough: Chinese takes two columns. */
function drawn(text: string): number {
  let width = 0;
  for (const char of text.slice(0, 60)) width += char > '\u2e7f' ? 14 : 8;
  return width;
}
export function widths(columns: Column[], rows: SheetRow[]): number[] {
  return columns.map((column, i) => {
    const texts = [column.heading ?? '', ...rows.slice(0, 40).map((row) => row.cells[i] ?? '')];
    return Math.max(72, Math.min(280, 24 + Math.max(...texts.map(drawn))));
  });
}
/** `AB12` → column letters and row. */
export function cellRef(cell: string | null): { letter: string; row: number } | null {
  const match = /^([A-Z]+)(\d+)$/.exec(cell ?? '');
  return match ? { letter: match[1] ?? '', row: Number(match[2]) } : null;
}
