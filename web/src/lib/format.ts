//! Numbers, sizes, dates and money in the language of the page.
import { lang } from './lang.svelte';

const locale = () => (lang.now === 'zh' ? 'zh-CN' : 'en-GB');

export function number(n: number): string {
  return n.toLocaleString(locale());
}
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const unit = n < 1 << 20 ? 'KB' : n < 1 << 30 ? 'MB' : 'GB';
  const value = n / (unit === 'KB' ? 1024 : unit === 'MB' ? 1 << 20 : 1 << 30);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
/** Yuan from cents, as the plan counts. */
export function money(cents: number | null): string {
  if (cents === null) return '—';
  return (cents / 100).toLocaleString(locale(), { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol', minimumFractionDigits: 0 });
}
export function day(date: string): string {
  const [y, m, d] = date.slice(0, 10).split('-').map(Number);
  if (!y || !m || !d) return date;
  return new Date(y, m - 1, d).toLocaleDateString(locale(), { year: 'numeric', month: 'short', day: 'numeric' });
}
export function time(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  return date.toLocaleString(locale(), { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}
export function seconds(s: number): string {
  const whole = Math.floor(s);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
/** `YYYY-MM-DD` some days later, without the time zone of this computer. */
export function later(date: string, days: number): string {
  return new Date(Date.parse(date + 'T00:00:00Z') + days * 86_400_000).toISOString().slice(0, 10);
}
